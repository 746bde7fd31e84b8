"""How an agreement stands: what came against what was due, and whether it is kept, in grace, broken or fulfilled.

Pure: from the payments that were agreed and the money that came, on any day. Money counts in the order of the lines,
whatever it was meant for, and money that went back counts from the day it did.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from cases.contact.calendar import add_working_days
from cases.promises.judge import Received


class State(StrEnum):
    """How a running agreement stands."""

    ACTIVE = "active"
    """What was due has come."""
    GRACE = "grace"
    """Something due is missing, and may still come."""
    BROKEN = "broken"
    """It was missing for too long, or too often."""
    COMPLETED = "completed"
    """Everything agreed has come."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is to come by a day, in minor units."""

    position: int
    due_on: date
    minor: int


@dataclass(frozen=True, slots=True)
class BreakRules:
    """When an agreement is broken: after so many misses in a row, or when one lasts longer than ``days``.

    A line is missed once ``tolerance_days`` working days have passed since it was due.
    """

    days: int
    misses: int | None = None
    tolerance_days: int = 1


BREAKS = {"person": BreakRules(days=10, misses=2), "company": BreakRules(days=5)}
"""By the debtor's kind: a person has two misses in a row, or one and ten days; a company one and five days."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an agreement stands on a day.

    ``paid_minor`` came, ``due_minor`` should have come by that day. ``paid`` says how much of each line is paid.
    ``missed`` are the positions that are late; ``since`` the day from which the oldest of them is; ``breaks_on`` the
    day on which it will be broken if nothing comes; ``broken_on`` and ``completed_on`` the day on which it was.
    """

    state: State
    paid_minor: int
    due_minor: int
    paid: tuple[int, ...]
    missed: tuple[int, ...] = ()
    since: date | None = None
    breaks_on: date | None = None
    broken_on: date | None = None
    completed_on: date | None = None
    following: Due | None = None
    """The next line that is not paid, or not wholly, with what is missing of it."""

    @property
    def arrears_minor(self) -> int:
        """What should have come and has not."""
        return max(0, self.due_minor - self.paid_minor)


@dataclass(slots=True)
class _Course:
    """The agreement as time goes on: what has come, and since when each line is missed."""

    lines: Sequence[Due]
    last_days: Sequence[date]
    sums: Sequence[int]
    rules: BreakRules
    paid_minor: int = 0
    since: dict[int, date] = field(default_factory=dict)

    def come_to(self, day: date) -> None:
        """Which lines are missed on a day, on which something came or a line ran out of time."""
        for place in range(len(self.lines)):
            if self.last_days[place] < day and self.paid_minor < self.sums[place]:
                self.since.setdefault(place, day)
            else:
                self.since.pop(place, None)

    def too_long(self) -> date | None:
        """The day on which what is missed now has been missed for too long."""
        return min(self.since.values()) + timedelta(days=self.rules.days) if self.since else None

    @property
    def too_often(self) -> bool:
        """Whether enough lines in a row are missed. Those that are stand together: money fills the first ones first."""
        return self.rules.misses is not None and len(self.since) >= self.rules.misses


def stand(
    lines: Sequence[Due],
    receipts: Iterable[Received],
    rules: BreakRules,
    today: date,
    country: str = "",
    region: str = "",
) -> Standing:
    """How an agreement stands at the beginning of ``today`` and after what came on it, by the debtor's calendar.

    ``receipts`` are what came from the day the agreement began. Once broken it stays so: what comes later is counted,
    but only a new agreement takes its place.
    """
    last_days = [add_working_days(line.due_on, rules.tolerance_days, country, region) for line in lines]
    course = _Course(lines, last_days, _running(line.minor for line in lines), rules)
    came: dict[date, int] = {}
    for receipt in receipts:
        came[receipt.on] = came.get(receipt.on, 0) + receipt.amount_minor
    broken_on, completed_on = _course_of_time(course, came, today)
    return _told(course, sum(minor for day, minor in came.items() if day <= today), today, broken_on, completed_on)


def _course_of_time(course: _Course, came: dict[date, int], today: date) -> tuple[date | None, date | None]:
    """When it was broken, and when fulfilled; None where it was not."""
    days = sorted({*came, *(last + timedelta(days=1) for last in course.last_days)})
    total, completed_on = course.sums[-1], None
    for place, day in enumerate(days):
        if day > today:
            break
        course.paid_minor += came.get(day, 0)
        course.come_to(day)
        completed_on = (completed_on or day) if course.paid_minor >= total else None
        ends = course.too_long()
        following = days[place + 1] if place + 1 < len(days) else date.max
        if course.too_often or (ends is not None and ends == day):
            return day, None
        if ends is not None and ends < following and ends <= today:
            return ends, None
    return None, completed_on


def _told(course: _Course, paid: int, today: date, broken_on: date | None, completed_on: date | None) -> Standing:
    shares = tuple(
        max(0, min(line.minor, paid - (course.sums[place] - line.minor))) for place, line in enumerate(course.lines)
    )
    state = State.ACTIVE
    if broken_on is not None:
        state = State.BROKEN
    elif completed_on is not None:
        state = State.COMPLETED
    elif course.since:
        state = State.GRACE
    return Standing(
        state=state,
        paid_minor=paid,
        due_minor=sum(line.minor for line in course.lines if line.due_on <= today),
        paid=shares,
        missed=tuple(course.lines[place].position for place in sorted(course.since)),
        since=min(course.since.values(), default=None),
        breaks_on=_breaks_on(course, today) if state is State.GRACE else None,
        broken_on=broken_on,
        completed_on=completed_on,
        following=next(
            (
                Due(line.position, line.due_on, line.minor - part)
                for line, part in zip(course.lines, shares, strict=True)
                if part < line.minor
            ),
            None,
        ),
    )


def _breaks_on(course: _Course, today: date) -> date | None:
    """The first day on which it is broken if nothing more comes."""
    ahead = [ends] if (ends := course.too_long()) is not None else []
    if course.rules.misses is not None:
        # Those missed now stand together, and each that runs out of time from here on adds to them.
        place = min(course.since) + course.rules.misses - 1
        if place < len(course.lines):
            ahead.append(course.last_days[place] + timedelta(days=1))
    return min((day for day in ahead if day > today), default=None)


def _running(amounts: Iterable[int]) -> list[int]:
    sums: list[int] = []
    for amount in amounts:
        sums.append((sums[-1] if sums else 0) + amount)
    return sums
