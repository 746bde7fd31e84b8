"""Simple interest by days. Pure: the same answer for the same history, however it came about.

A day bears interest on what was open at the end of the day before, at the rate of that day. What falls due, is paid or
rises on a day counts from the next day on; interest to a day has that day in it. So interest adds up over any split of the
time, and payments of one day may be taken in any order.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

from cases.invoices.rules import lower
from portal.ledger.tables import Component
from portal.money import round_half_up

_DAY: Final = timedelta(days=1)
_EXACT: Final = Context(prec=100)
"""A quotient that is no half is on the right side of it within so many digits, and one that is a half is exact."""


@dataclass(frozen=True, slots=True)
class Level:
    """What is open of a sum from the end of a day on, in minor units."""

    on: date
    minor: int


@dataclass(frozen=True, slots=True)
class Period:
    """A rate from a day on, until the next period.

    The rate is for ``day_count`` days: 365 or 360 for one a year, 1 for one a day. None: nothing is borne, or nothing known.
    """

    since: date
    rate: Decimal | None
    day_count: int = 365
    source: str = ""
    """Where it comes from: the code of a table, or ``agreed``; empty where nothing is borne."""
    is_last_known: bool = False
    """Its table says nothing of these days; it is the last rate before them."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """A sum and the rates it bears: both in the order of days. Before the first level nothing is open."""

    component: Component
    levels: Sequence[Level]
    periods: Sequence[Period]


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that bear nothing, both ends among them; without an end it lasts."""

    since: date
    through: date | None
    why: str = "frozen"
    """frozen; rests, by an extension or standstill; or plan: what was agreed with the debtor takes the place of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days of one sum and one rate, both ends among them, with what they bear."""

    since: date
    through: date
    component: Component
    minor: int
    rate: Decimal | None
    day_count: int
    source: str
    is_last_known: bool = False
    paused: str = ""

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.through - self.since).days + 1

    @property
    def exact(self) -> Fraction:
        """Its interest in minor units, unrounded."""
        if self.rate is None or self.paused:
            return Fraction(0)
        return Fraction(self.minor * self.days) * Fraction(self.rate) / self.day_count

    @property
    def rounded_minor(self) -> int:
        """Its interest as it is shown; what is owed is rounded once for all of them."""
        return rounded(self.exact)


def rounded(exact: Fraction) -> int:
    """Whole minor units, half up."""
    return round_half_up(_EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator)))


def total(stretches: Sequence[Stretch]) -> int:
    """What they bear together, in minor units: summed exactly, and rounded once."""
    return rounded(sum((stretch.exact for stretch in stretches), Fraction(0)))


def accrue(bearings: Sequence[Bearing], pauses: Sequence[Pause], through: date) -> list[Stretch]:
    """What sums bear to a day, in stretches of days on which nothing changes; those without an open sum are left out."""
    edges = sorted({edge for edge in _edges(bearings, pauses, through) if edge <= through} | {through + _DAY})
    found: list[Stretch] = []
    for since, following in pairwise(edges):
        paused = next((pause.why for pause in pauses if _pauses(pause, since)), "")
        for stretch in _of_days(bearings, since, following - _DAY, paused):
            _append(found, stretch)
    return sorted(found, key=lambda stretch: (stretch.since, stretch.component, stretch.source))


def _edges(bearings: Sequence[Bearing], pauses: Sequence[Pause], through: date) -> Iterator[date]:
    """The days on which something may change; ``date.min`` only says that it was always so."""
    for bearing in bearings:
        for level in bearing.levels:
            yield level.on + _DAY
        first = bearing.levels[0].on + _DAY if bearing.levels else through
        yield from (max(period.since, first) for period in bearing.periods)
    for pause in pauses:
        yield pause.since
        if pause.through is not None:
            yield pause.through + _DAY


def _pauses(pause: Pause, day: date) -> bool:
    return pause.since <= day and (pause.through is None or day <= pause.through)


def _of_days(bearings: Sequence[Bearing], since: date, through: date, paused: str) -> Iterator[Stretch]:
    """The sums of days on which nothing changes, those of one rate together."""
    sums: dict[tuple[Component, Period], int] = defaultdict(int)
    for bearing in bearings:
        minor = next((level.minor for level in reversed(bearing.levels) if level.on < since), 0)
        period = next((each for each in reversed(bearing.periods) if each.since <= since), None)
        if minor > 0 and period is not None and period.source:
            sums[bearing.component, replace(period, since=date.min)] += minor
    for (component, period), minor in sums.items():
        yield Stretch(
            since=since, through=through, component=component, minor=minor, rate=period.rate,
            day_count=period.day_count, source=period.source, is_last_known=period.is_last_known, paused=paused,
        )  # fmt: skip


def _append(found: list[Stretch], stretch: Stretch) -> None:
    """Add a stretch, to the one before it where only the days differ."""
    for place, before in enumerate(found):
        if replace(before, through=stretch.through) == replace(stretch, since=before.since) and (
            before.through + _DAY == stretch.since
        ):
            found[place] = replace(before, through=stretch.through)
            return
    found.append(stretch)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the principal that falls due by itself: an invoice, in minor units."""

    due_on: date
    minor: int
    off: tuple[tuple[date, int], ...] = ()
    """What named it and came off it, each from the end of a day on: credits, and what payments reached it with. Below nought
    where that went back."""

    def left_on(self, day: date) -> int:
        """What of it these leave open at the end of a day."""
        return max(0, self.minor - sum(minor for on, minor in self.off if on <= day))


def due_parts(open_: Sequence[Level], parts: Sequence[Part], rest_on: date) -> list[tuple[date, list[Level]]]:
    """What of the open principal is due, in parts by the day on which each fell due, as their invoices stood on each day:
    what names none of them comes off the oldest (`cases.invoices.rules`).

    ``rest_on`` is the day from which on what no part explains bears interest. Each part's levels begin on its day.
    """
    ordered = sorted(parts, key=lambda each: each.due_on)
    stood = [lower([part.left_on(level.on) for part in ordered], level.minor) for level in open_]
    found = [(rest_on, [Level(level.on, rest) for level, (_, rest) in zip(open_, stood, strict=True)])]
    for place, part in enumerate(ordered):
        found.append(
            (part.due_on, [Level(level.on, opens[place]) for level, (opens, _) in zip(open_, stood, strict=True)])
        )
    due = [(on, _from(levels, on)) for on, levels in found]
    return [(on, levels) for on, levels in due if any(level.minor for level in levels)]


def _from(levels: Sequence[Level], on: date) -> list[Level]:
    """The same levels from a day on, nothing open before it."""
    at = next((level.minor for level in reversed(levels) if level.on <= on), 0)
    return [Level(on, at), *(level for level in levels if level.on > on)]


def in_turn(spans: Sequence[tuple[date, Sequence[Period]]]) -> list[Period]:
    """The rates of terms that follow each other, each from its day on until the next; both in the order of days."""
    found: list[Period] = []
    for place, (since, periods) in enumerate(spans):
        until = spans[place + 1][0] if place + 1 < len(spans) else date.max
        for number, period in enumerate(periods):
            ends = periods[number + 1].since if number + 1 < len(periods) else date.max
            begins = max(period.since, since)
            if begins < min(ends, until):
                found.append(replace(period, since=begins))
    return found
