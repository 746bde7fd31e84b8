"""What one may speak about, and what must be there first."""

from dataclasses import dataclass
from datetime import datetime

from cases.contact.measures.measure import Explanation, Measure, Parameters, words
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
