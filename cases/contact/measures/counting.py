"""How many contacts in how many days, by the debtor's own days."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar

from cases.contact.measures.measure import Explanation, Measure, Parameters, Plain, listed, number, word, words
from cases.contact.question import Channel, Consent, Direction, Outcome, PastContact, Question
from cases.contact.wording import Days, Moment, Shape
from cases.contact.zones import Place, local_days
from portal.pages.text import Text, say

_DAY = timedelta(days=1)
_PER = frozenset({"debtor", "person", "case", "person_and_case"})


@dataclass(frozen=True, slots=True)
class Frequency(Measure):
    """At most ``most`` contacts in ``days`` consecutive days, today included, as each of the debtor's places counts them.

    What counts is said by channel, direction and outcome; an empty set means all. ``per`` is whose contacts are
    counted together. A past contact whose outcome isn't known yet counts.
    """

    timed: ClassVar[bool] = True
    most: int
    days: int
    channels: frozenset[Channel]
    directions: frozenset[Direction]
    outcomes: frozenset[Outcome]
    per: str

    def counts(self, contact: PastContact, question: Question) -> bool:
        """Whether a past contact is among those counted for this question."""
        same_person = "person" not in self.per or contact.person_id == (question.person.id if question.person else "")
        return (
            same_person
            and ("case" not in self.per or contact.case_id == question.case_id)
            and (not self.channels or contact.channel in self.channels)
            and (not self.directions or contact.direction in self.directions)
            and (not self.outcomes or contact.outcome is None or contact.outcome in self.outcomes)
        )

    def stops(self, question: Question, at: datetime) -> bool:
        return self.counted(question, at) >= self.most

    def releases(self, question: Question, at: datetime) -> datetime | None:
        return max((self._released(question, at, place) for place in _places(question)), default=at)

    def _released(self, question: Question, at: datetime, place: Place) -> datetime:
        """The start of the day on which, at one place, enough of the counted contacts have left the days counted."""
        recent = self._recent(question, at, place)
        if len(recent) < self.most:
            return at
        return _midnight(place, recent[-self.most] + timedelta(days=self.days))

    def _recent(self, question: Question, at: datetime, place: Place) -> list[date]:
        """The days of the counted contacts that still count, oldest first."""
        first = at.astimezone(place.clock).date() - (self.days - 1) * _DAY
        earliest = at - (self.days + 1) * _DAY  # spares the old ones a look at the debtor's clock
        days = [
            contact.at.astimezone(place.clock).date()
            for contact in question.history
            if contact.at > earliest and self.counts(contact, question)
        ]
        return sorted(day for day in days if day >= first)

    def counted(self, question: Question, at: datetime) -> int:
        """How many contacts count at ``at``, by the place that counts most."""
        return max(len(self._recent(question, at, place)) for place in _places(question))

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        place = max(_places(question), key=lambda each: len(self._recent(question, at, each)))
        recent = self._recent(question, at, place)
        if self.days == 1 and recent:
            return self._explain_day(question, place, recent)
        if not recent:
            return Explanation(self._none_yet())
        params = {"count": len(recent), "most": self.most, "days": self.days, "on": Days(tuple(sorted(set(recent))))}
        fact = (
            say("%(count)s of %(most)s calls in %(days)s days (%(on)s)", **params)
            if self._calls_only()
            else say("%(count)s of %(most)s contacts in %(days)s days (%(on)s)", **params)
        )
        return Explanation(fact, say("Enough calls in these %(days)s days", days=self.days) if self._calls_only()
                           else say("Enough contacts in these %(days)s days", days=self.days))  # fmt: skip

    def _explain_day(self, question: Question, place: Place, recent: list[date]) -> Explanation:
        latest = max(contact.at for contact in question.history if self.counts(contact, question))
        params = {"count": len(recent), "most": self.most, "at": Moment(latest, place.zone, Shape.TIME)}
        if self._calls_only():
            return Explanation(say("%(count)s of %(most)s calls today, the last at %(at)s", **params),
                               say("Called today already"))  # fmt: skip
        return Explanation(say("%(count)s of %(most)s contacts today, the last at %(at)s", **params),
                           say("Contacted today already"))  # fmt: skip

    def _none_yet(self) -> Text:
        if self.days == 1:
            return say("No call today") if self._calls_only() else say("No contact today")
        if self._calls_only():
            return say("No call in %(days)s days", days=self.days)
        return say("No contact in %(days)s days", days=self.days)

    def _calls_only(self) -> bool:
        return self.channels == {Channel.CALL}


@dataclass(frozen=True, slots=True)
class Frequencies(Measure):
    """Several limits in one rule: at most one call a day and three in seven days."""

    timed: ClassVar[bool] = True
    limits: tuple[Frequency, ...]

    @classmethod
    def read(cls, parameters: Parameters) -> "Frequencies":
        """From ``limits`` (each ``most`` in ``days``), ``channels``, ``directions``, ``outcomes`` counted, and ``per``."""
        limits = tuple(_read_limit(limit, parameters) for limit in listed(parameters, "limits"))
        if not limits:
            raise ValueError("name at least one limit")
        return cls(limits)

    def stops(self, question: Question, at: datetime) -> bool:
        return any(limit.stops(question, at) for limit in self.limits)

    def releases(self, question: Question, at: datetime) -> datetime | None:
        moments = [limit.releases(question, at) for limit in self.limits]
        return max(moment for moment in moments if moment is not None)

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        if stops:
            last = max(
                (limit for limit in self.limits if limit.stops(question, at)),
                key=lambda limit: limit.releases(question, at) or at,
            )
            return last.explain(question, at, stops=True)
        longest = max(self.limits, key=lambda limit: limit.days)
        fact = longest.explain(question, at, stops=False).fact
        shortest = min(self.limits, key=lambda limit: limit.days)
        if shortest.days == longest.days or not longest.counted(question, at):
            return Explanation(fact)
        return Explanation(
            say("%(today)s; %(lately)s", today=shortest.explain(question, at, stops=False).fact, lately=fact)
        )


def _read_limit(limit: Plain, parameters: Parameters) -> Frequency:
    if not isinstance(limit, Mapping):
        raise ValueError("a limit says how many contacts in how many days")
    read = Frequency(
        most=number(limit, "most"),
        days=number(limit, "days"),
        channels=frozenset(Channel(name) for name in words(parameters, "channels")),
        directions=frozenset(Direction(name) for name in words(parameters, "directions")),
        outcomes=frozenset(Outcome(name) for name in words(parameters, "outcomes")),
        per=word(parameters, "per"),
    )
    if read.most < 1 or read.days < 1 or read.per not in _PER:
        raise ValueError("at least one contact in at least one day, per debtor, person, case or person_and_case")
    return read


@dataclass(frozen=True, slots=True)
class Uncounted(Measure):
    """Which past contacts a counting limit leaves out: by outcome, or within ``consent_days`` of direct consent.

    The day the consent is received is day 1; a conversation with the person meant ends it.
    """

    rules: frozenset[str]
    outcomes: frozenset[Outcome]
    consent_days: int

    @classmethod
    def read(cls, parameters: Parameters) -> "Uncounted":
        """From ``rules`` (their ids), ``outcomes`` and ``consent_days``."""
        return cls(
            rules=frozenset(words(parameters, "rules")),
            outcomes=frozenset(Outcome(name) for name in words(parameters, "outcomes")),
            consent_days=number(parameters, "consent_days"),
        )

    def reduce(self, question: Question) -> Question:
        """The question with a history that lacks what isn't counted."""
        history = tuple(contact for contact in question.history if not self._leaves_out(contact, question))
        return question if len(history) == len(question.history) else replace(question, history=history)

    def _leaves_out(self, contact: PastContact, question: Question) -> bool:
        return contact.outcome in self.outcomes or any(
            self._consented(contact, consent, question) for consent in question.consents
        )

    def _consented(self, contact: PastContact, consent: Consent, question: Question) -> bool:
        if contact.at < consent.at or (consent.channels and contact.channel not in consent.channels):
            return False
        given, made = local_days(consent.at, question.places), local_days(contact.at, question.places)
        if max(made) >= min(given) + timedelta(days=self.consent_days):
            return False
        return not any(
            consent.at <= other.at < contact.at and other.outcome in {Outcome.RIGHT_PARTY, Outcome.REFUSED}
            for other in question.history
        )

    def stops(self, question: Question, at: datetime) -> bool:
        return False

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        raise TypeError("a counting row is not an answer")


_ANYWHERE = (Place("UTC"),)


def _places(question: Question) -> tuple[Place, ...]:
    return question.places or _ANYWHERE


def _midnight(place: Place, day: date) -> datetime:
    """When a day begins. Where the clocks leap over midnight, the moment of the leap."""
    return datetime.combine(day, time(), tzinfo=place.clock).astimezone(UTC)
