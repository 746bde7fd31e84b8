"""A contact rule is a row: whom it covers, when it is in force, what it tests and how strictly it answers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property

from cases.contact.measures import read_measure
from cases.contact.measures.measure import Measure, Parameters
from cases.contact.question import Channel, DebtorClass, Direction, Question
from cases.contact.zones import Place, local_days


class Verdict(StrEnum):
    """How strictly a rule answers. ``rank`` orders them; the strictest of all that match wins."""

    ALLOW = "ALLOW"
    """Nothing stands against it."""
    REASON = "REASON"
    """Only for a role that may override, with a written reason that is kept."""
    REQUIRE = "REQUIRE"
    """Something must be present first: an opt-out line, a template, a consent, a notice."""
    HOLD = "HOLD"
    """Stopped until a named event releases it."""
    BLOCK = "BLOCK"
    """Not allowed, and nobody can override it."""

    @property
    def rank(self) -> int:
        """0 for ALLOW up to 4 for BLOCK."""
        return _RANKS[self]


_RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """The strictest of ``verdicts``; ALLOW when there are none."""
    return max(verdicts, key=_RANKS.__getitem__, default=Verdict.ALLOW)


class RuleKind(StrEnum):
    """What a row is for."""

    VERDICT = "verdict"
    """Answers the question."""
    COUNTING = "counting"
    """Says which past contacts a counting limit leaves out."""
    CLOCK = "clock"
    """Sets a date from another one."""
    RETENTION = "retention"
    """How long evidence is kept."""
    TASK = "task"
    """Work that comes back on its own."""


ANYWHERE = "*"

# No place's date is more than a day from another's: two days on, a rule without an end is in force everywhere.
_A_ZONE_APART = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """One row of a pack. Empty sets mean "all".

    ``jurisdiction`` is ``*``, a country (``US``) or a country and its region (``US-NY``). ``parameters`` is plain data
    whose ``test`` names the measure that reads the rest. ``effective_from`` and ``effective_to`` are days at the
    debtor's place, both included. ``text`` is an English msgid. ``source`` says where the rule comes from, and
    whether that was checked.
    """

    id: str
    kind: RuleKind
    jurisdiction: str
    debtor_classes: frozenset[DebtorClass]
    channels: frozenset[Channel]
    parameters: Parameters = field(hash=False)
    verdict: Verdict
    effective_from: date
    source: str
    text: str
    effective_to: date | None = None
    debt_classes: frozenset[str] = frozenset()
    directions: frozenset[Direction] = frozenset({Direction.OUTBOUND})

    @cached_property
    def measure(self) -> Measure:
        """The rule's parameters, read and checked; raises ``ValueError`` when they make no sense."""
        return read_measure(self.parameters)

    def covers(self, question: Question) -> bool:
        """Whether the row speaks about this debtor, debt, channel and direction, whatever the day."""
        return (
            question.direction in self.directions
            and (not self.channels or question.channel in self.channels)
            and (not self.debtor_classes or question.debtor_class in self.debtor_classes)
            and (not self.debt_classes or question.debt_class in self.debt_classes)
            and (self.jurisdiction == ANYWHERE or any(place.lies_in(self.jurisdiction) for place in question.places))
        )

    def in_force(self, at: datetime, places: Iterable[Place]) -> bool:
        """Whether the day it is then, at one of the debtor's places, is among the rule's days."""
        if self.effective_to is None and at.date() > self.effective_from + _A_ZONE_APART:
            return True
        return any(
            self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)
            for day in local_days(at, places)
        )

    def ends(self, places: Iterable[Place]) -> datetime | None:
        """The moment at which the rule's last day is over at all the debtor's places; None when it has no last day."""
        if self.effective_to is None:
            return None
        morning = datetime.combine(self.effective_to + timedelta(days=1), time())
        mornings = (morning.replace(tzinfo=place.clock).astimezone(UTC) for place in places)
        return max(mornings, default=morning.replace(tzinfo=UTC))
