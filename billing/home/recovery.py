"""Recovery as a client reads it: what was placed, what came back, and how fast each month's placements came back.

Pure rules over sums that the database made. Amounts are minor units of the currency each sum names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

MONTHS: Final = 12
"""Months of placement that the stair-step shows, the running one among them."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What was placed in one month (``month`` is its first day) in one currency, and what of it is still open."""

    currency: str
    month: date
    cases: int
    placed_minor: int
    open_cases: int
    open_minor: int
    corrected_minor: int = 0
    """By how much the claims were corrected since; mostly below nought."""
    recalled_minor: int = 0
    """What of it the client took back unpaid."""


@dataclass(frozen=True, slots=True)
class Received:
    """What came in ``month`` on cases placed in ``placed_month``, less what went back, and the fees on it."""

    currency: str
    placed_month: date
    month: date
    amount_minor: int
    fee_minor: int
    week_minor: int
    """Of the amount, what came since Monday."""


@dataclass(frozen=True, slots=True)
class Promised:
    """Promises in one state: how many, and what is still to come of them."""

    currency: str
    status: str
    promises: int
    outstanding_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The strip of figures, all in one currency."""

    cases: int
    placed_minor: int
    open_cases: int
    open_minor: int
    recovered_minor: int
    week_minor: int
    fees_minor: int
    promises: int
    promised_minor: int
    kept: int
    judged: int
    """Promises whose day has passed."""
    corrected_minor: int = 0
    recalled_minor: int = 0

    @property
    def net_minor(self) -> int:
        """Recovered less fees, before VAT."""
        return self.recovered_minor - self.fees_minor

    def of_placed(self, minor: int) -> Decimal:
        """An amount as a rate of what was placed."""
        return Decimal(minor) / self.placed_minor if self.placed_minor else Decimal(0)

    @property
    def fee_rate(self) -> Decimal:
        """Fees as a rate of what was recovered."""
        return Decimal(self.fees_minor) / self.recovered_minor if self.recovered_minor else Decimal(0)

    @property
    def kept_rate(self) -> Decimal | None:
        """Promises kept in full, of those whose day has passed; none before the first."""
        return Decimal(self.kept) / self.judged if self.judged else None


def figures(placed: Iterable[Placed], received: Iterable[Received], promised: Iterable[Promised]) -> Figures:
    """Add up. Everything given must be in one currency."""
    placed, received, promised = list(placed), list(received), list(promised)
    waiting = [sum_ for sum_ in promised if sum_.status == "open"]
    return Figures(
        cases=sum(month.cases for month in placed),
        placed_minor=sum(month.placed_minor for month in placed),
        open_cases=sum(month.open_cases for month in placed),
        open_minor=sum(month.open_minor for month in placed),
        recovered_minor=sum(month.amount_minor for month in received),
        week_minor=sum(month.week_minor for month in received),
        fees_minor=sum(month.fee_minor for month in received),
        promises=sum(sum_.promises for sum_ in waiting),
        promised_minor=sum(sum_.outstanding_minor for sum_ in waiting),
        kept=sum(sum_.promises for sum_ in promised if sum_.status == "kept"),
        corrected_minor=sum(month.corrected_minor for month in placed),
        recalled_minor=sum(month.recalled_minor for month in placed),
        judged=sum(sum_.promises for sum_ in promised if sum_.status in ("kept", "partly_kept", "broken")),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the stair-step: the cases placed in one month. ``percents[k]`` of the amount placed was back ``k``
    calendar months after it; the last of them is of the month that still runs."""

    month: date | None
    """None in the line of all months."""
    cases: int
    placed_minor: int
    back_minor: int
    percents: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class StairStep:
    """The lines of the last twelve months of placement, oldest first, and the line of them all."""

    steps: tuple[Step, ...]
    total: Step | None


def stair_step(placed: Sequence[Placed], received: Sequence[Received], today: date, *, net: bool = False) -> StairStep:
    """How much of each month's placements was back after how many months; with ``net`` less the fees.

    Month 0 is the month of placement itself; money that came before it counts there. In the line of all months a
    column takes only the months of placement that are that old, so that young ones do not pull it down.
    """
    now = _number(today)
    cohorts: dict[int, list[Placed]] = {}
    for part in placed:
        if now - MONTHS < _number(part.month) <= now:
            cohorts.setdefault(_number(part.month), []).append(part)
    back = {number: _cumulative(number, received, now, net=net) for number in cohorts}
    sums = {number: sum(part.placed_minor for part in parts) for number, parts in cohorts.items()}
    steps = tuple(
        Step(
            _first(number),
            sum(part.cases for part in cohorts[number]),
            sums[number],
            back[number][-1],
            tuple(_percent(minor, sums[number]) for minor in back[number]),
        )
        for number in sorted(cohorts)
    )
    return StairStep(steps, _all(steps, sums, back) if steps else None)


def _all(steps: Sequence[Step], sums: dict[int, int], back: dict[int, list[int]]) -> Step:
    percents = []
    for age in range(max(len(row) for row in back.values())):
        old_enough = [number for number, row in back.items() if len(row) > age]
        percents.append(_percent(sum(back[n][age] for n in old_enough), sum(sums[n] for n in old_enough)))
    return Step(
        None,
        sum(step.cases for step in steps),
        sum(step.placed_minor for step in steps),
        sum(step.back_minor for step in steps),
        tuple(percents),
    )


def _cumulative(number: int, received: Iterable[Received], now: int, *, net: bool) -> list[int]:
    by_age = [0] * (now - number + 1)
    for part in received:
        if _number(part.placed_month) == number:
            age = min(max(_number(part.month) - number, 0), len(by_age) - 1)
            by_age[age] += part.amount_minor - (part.fee_minor if net else 0)
    for age in range(1, len(by_age)):
        by_age[age] += by_age[age - 1]
    return by_age


def _percent(part: int, whole: int) -> Decimal:
    return Decimal(part) * 100 / whole if whole else Decimal(0)


def _number(month: date) -> int:
    """Months since the year 0, so that a difference is an age."""
    return month.year * 12 + month.month - 1


def _first(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
