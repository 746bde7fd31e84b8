"""Whether a promise to pay was kept: judged after its date and the days of tolerance, on money that really came.

A promise is open until its last day is over, unless all of it comes sooner. A partial payment never advances a
repeating promise. A new promise on top of a broken one stands a level higher.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cases.contact.calendar import add_working_days
from cases.promises.tables import PromiseStatus


@dataclass(frozen=True, slots=True)
class PromiseTerms:
    """What was promised: an amount by a day, and where and how patiently it is judged.

    ``amount_minor`` is in the case's currency. ``country`` (and ``region``) are the debtor's: its calendar counts the
    working days of tolerance.
    """

    amount_minor: int
    made_on: date
    due_on: date
    tolerance_days: int
    country: str
    region: str = ""

    def __post_init__(self) -> None:
        if self.amount_minor <= 0:
            raise ValueError("a promise is of an amount")
        if self.due_on < self.made_on:
            raise ValueError("nobody promises to pay yesterday")

    @property
    def last_day(self) -> date:
        """The last day on which money keeps the promise."""
        return last_day(self.due_on, self.tolerance_days, self.country, self.region)


@dataclass(frozen=True, slots=True)
class Received:
    """Money on the case in the promise's currency, by the day it took effect. Money that went back is negative."""

    on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a promise by a day. ``received_minor`` is what came from the day it was made to its last day."""

    status: PromiseStatus
    received_minor: int
    last_day: date

    @property
    def is_final(self) -> bool:
        """Whether the promise is over."""
        return self.status != PromiseStatus.OPEN

    @property
    def advances(self) -> bool:
        """Whether a repeating promise moves on to its next date: only when all of this one came."""
        return self.status == PromiseStatus.KEPT


def last_day(due_on: date, tolerance_days: int, country: str, region: str = "") -> date:
    """The due day and the working days of tolerance after it, by the debtor's calendar."""
    return add_working_days(due_on, tolerance_days, country, region)


def judge(promise: PromiseTerms, receipts: Iterable[Received], today: date) -> Judgement:
    """Kept, partly kept, broken, or still open on ``today`` (the date at the debtor's)."""
    final = promise.last_day
    received = sum(receipt.amount_minor for receipt in receipts if promise.made_on <= receipt.on <= min(final, today))
    if received >= promise.amount_minor:
        status = PromiseStatus.KEPT
    elif today <= final:
        status = PromiseStatus.OPEN
    elif received > 0:
        status = PromiseStatus.PARTLY_KEPT
    else:
        status = PromiseStatus.BROKEN
    return Judgement(status, max(0, received), final)


def next_level(earlier: Sequence[PromiseStatus]) -> int:
    """The level of a new promise after the case's ``earlier`` ones, oldest first: 1, and one more for each broken
    since the last one kept. A withdrawn, open or partly kept promise leaves the level as it is.
    """
    level = 1
    for status in earlier:
        if status == PromiseStatus.BROKEN:
            level += 1
        elif status == PromiseStatus.KEPT:
            level = 1
    return level
