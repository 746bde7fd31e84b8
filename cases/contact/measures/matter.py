"""What one may speak about, and what must be there first."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from cases.contact.measures.measure import Explanation, Measure, Parameters, word, words
from cases.contact.question import Purpose, Question
from cases.contact.wording import Day, Sum
from portal.pages.text import N_, Text, say


@dataclass(frozen=True, slots=True)
class Disputed(Measure):
    """An open dispute holds collection contact about the disputed part. The rest of the claim may be spoken about."""

    def stops(self, question: Question, at: datetime) -> bool:
        if not question.disputes or question.purpose != Purpose.COLLECTION:
            return False
        return question.about_disputed or undisputed_minor(question) <= 0

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        if not question.disputes:
            return Explanation(say("No open dispute"))
        since = Day(min(dispute.since for dispute in question.disputes))
        if stops:
            return Explanation(
                say("Disputed since %(since)s: stopped until the dispute is answered", since=since),
                say("On hold until the dispute is answered"),
            )
        if question.purpose != Purpose.COLLECTION:
            return Explanation(say("Disputed since %(since)s; this contact does not collect", since=since))
        rest = Sum(undisputed_minor(question), question.currency)
        return Explanation(say("A part is disputed since %(since)s: speak about %(rest)s only", since=since, rest=rest))


@dataclass(frozen=True, slots=True)
class Recalled(Measure):
    """A case that its client asks back is left alone, whatever a contact would be for, until that is answered."""

    def stops(self, question: Question, at: datetime) -> bool:
        return question.recall_asked_on is not None

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        if question.recall_asked_on is None:
            return Explanation(say("No recall pending"))
        since = Day(question.recall_asked_on)
        return Explanation(
            say("Recall pending since %(since)s: stopped until it is answered", since=since),
            say("On hold: the client asks this case back"),
        )


@dataclass(frozen=True, slots=True)
class Kept(Measure):
    """While an agreement to pay is kept nobody asks for payment; one that is late may be spoken about."""

    def stops(self, question: Question, at: datetime) -> bool:
        return question.agreement == "plan_running" and question.purpose == Purpose.COLLECTION

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        if stops:
            return Explanation(
                say("An agreement to pay is kept: nobody asks for payment"),
                say("On hold while the agreement to pay is kept"),
            )
        if question.agreement == "plan_running":
            return Explanation(say("An agreement to pay is kept; this contact does not collect"))
        if question.agreement == "plan_in_grace":
            return Explanation(say("A payment of the plan is late: speak about the plan"))
        return Explanation(say("No agreement to pay is kept"))


@dataclass(frozen=True, slots=True)
class Resting(Measure):
    """Until a rest ends nobody asks for payment, whether it was agreed or (``by_law``) ordered."""

    timed = True
    by_law: bool

    @classmethod
    def read(cls, parameters: Parameters) -> "Resting":
        """From ``by``: ``agreement`` or ``law``."""
        by = word(parameters, "by")
        if by not in ("agreement", "law"):
            raise ValueError("a rest is by agreement or by law")
        return cls(by == "law")

    def stops(self, question: Question, at: datetime) -> bool:
        return self._rests(question) and question.purpose == Purpose.COLLECTION and at < self._ends(question)

    def releases(self, question: Question, at: datetime) -> datetime | None:
        return self._ends(question)

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        if question.rest is None or not self._rests(question):
            return Explanation(say("No stay") if self.by_law else say("No extension or standstill"))
        until = Day(question.rest.until)
        if not stops and at < self._ends(question):
            return Explanation(say("Left alone through %(until)s; this contact does not collect", until=until))
        if not stops:
            return Explanation(say("Was left alone through %(until)s", until=until))
        if self.by_law:
            return Explanation(
                say("Stayed by a court or an insolvency through %(until)s", until=until),
                say("Nobody may ask for payment through %(until)s", until=until),
            )
        return Explanation(
            say("Left alone through %(until)s, as was agreed", until=until),
            say("On hold through %(until)s, as was agreed", until=until),
        )

    def _rests(self, question: Question) -> bool:
        return question.rest is not None and question.rest.by_law is self.by_law

    def _ends(self, question: Question) -> datetime:
        """The midnight after its last day, at the last of the debtor's places to have it."""
        assert question.rest is not None
        midnight = datetime.combine(question.rest.until + timedelta(days=1), time())
        moments = [midnight.replace(tzinfo=place.clock).astimezone(UTC) for place in question.places]
        return max(moments, default=midnight.replace(tzinfo=UTC))


def undisputed_minor(question: Question) -> int:
    """What is owed and not disputed, in minor units; 0 when the whole claim is disputed."""
    if any(dispute.amount_minor is None for dispute in question.disputes):
        return 0
    return max(0, question.balance_minor - sum(dispute.amount_minor or 0 for dispute in question.disputes))


_ARTEFACTS = {
    "opt_out_line": N_("opt-out line"),
    "validation_notice": N_("validation notice"),
    "template": N_("approved template"),
    "consent": N_("consent"),
}


@dataclass(frozen=True, slots=True)
class Artefacts(Measure):
    """Something that must be present before the contact is made."""

    wanted: frozenset[str]

    @classmethod
    def read(cls, parameters: Parameters) -> "Artefacts":
        """From ``artefacts``: the names of what must be present."""
        wanted = frozenset(words(parameters, "artefacts"))
        if not wanted:
            raise ValueError("name at least one artefact")
        return cls(wanted)

    @property
    def needs(self) -> frozenset[str]:
        return self.wanted

    def stops(self, question: Question, at: datetime) -> bool:
        return not self.wanted <= question.artefacts

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        if not stops:
            return Explanation(say("Present: %(what)s", what=_named(min(self.wanted))))
        missing = _named(min(self.wanted - question.artefacts))
        return Explanation(say("Missing: %(what)s", what=missing), say("Missing: %(what)s", what=missing))


def _named(artefact: str) -> Text:
    return Text(_ARTEFACTS.get(artefact, artefact), {})
