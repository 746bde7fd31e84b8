"""What an agreement to pay says: its terms, and the payments that follow from them. Amounts are minor units."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from billing.parts import Parts
from billing.payments.allocation import CIVIL_CODE
from portal.ledger.tables import Component


class Rhythm(StrEnum):
    """How often an instalment is due."""

    WEEK = "week"
    """Every 7 days."""
    FORTNIGHT = "fortnight"
    """Every 14 days."""
    MONTH = "month"
    """Each month on a day, or on its last where it is shorter."""


class DayOff(StrEnum):
    """What becomes of an instalment due on a day on which banks do not work, by the debtor's calendar."""

    SAME = "same"
    """It stays where it is."""
    NEXT = "next"
    """The next working day."""
    PREVIOUS = "previous"
    """The working day before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is agreed. A settlement is an agreement to pay less than is owed: ``forgiven_minor`` of it.

    ``owed`` is the balance on ``made_on``. After an optional first payment come ``count`` equal instalments, with the
    plan's interest on top of each; or payments of ``amount_minor`` each, interest within, as many as it takes.
    ``yearly_rate`` is the interest while the plan is kept (0.04 is 4 % a year), nought when it is frozen; it runs on
    the principal that is left, by the day, and not before ``charged_through``: for the days until then an agreement before
    it has charged interest already. ``country`` and ``region`` are the debtor's, for its holidays.
    """

    currency: str
    made_on: date
    owed: Parts
    first_on: date
    forgiven_minor: int = 0
    down_minor: int = 0
    down_on: date | None = None
    count: int | None = None
    amount_minor: int | None = None
    rhythm: Rhythm = Rhythm.MONTH
    anchor_day: int | None = None
    day_off: DayOff = DayOff.NEXT
    yearly_rate: Decimal = Decimal(0)
    day_count: int = 365
    charged_through: date = date.min
    country: str = ""
    region: str = ""
    order: tuple[Component, ...] | None = CIVIL_CODE

    @property
    def total_minor(self) -> int:
        """What is to be paid of the balance, without the plan's interest."""
        return self.owed.total_minor - self.forgiven_minor

    @property
    def is_settlement(self) -> bool:
        """Whether less than all is to be paid."""
        return self.forgiven_minor > 0

    @property
    def anchor(self) -> int:
        """The day of the month that instalments keep to."""
        return self.anchor_day or self.first_on.day

    @property
    def interest_from(self) -> date:
        """From when the plan's interest runs: the first payment, or the day on which the balance was taken."""
        return max(self.down_on if self.down_minor and self.down_on else self.made_on, self.charged_through)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One payment of a schedule. Position 0 is the first payment before the instalments.

    ``nominal_on`` is the day by the rhythm; ``due_on`` the day it moved to where that one is no working day.
    ``pays`` is what of the balance it pays, by component; ``interest_minor`` the plan's interest beside it;
    ``left_minor`` what of the balance is to be paid after it.
    """

    position: int
    nominal_on: date
    due_on: date
    pays: Parts
    interest_minor: int
    left_minor: int

    @property
    def to_pay_minor(self) -> int:
        """What the debtor pays that day."""
        return self.pays.total_minor + self.interest_minor

    @property
    def parts(self) -> Parts:
        """The same by component: the plan's interest is interest."""
        return self.pays + Parts(interest_minor=self.interest_minor)


@dataclass(frozen=True)
class Schedule:
    """The payments that follow from terms, in the order of their days. Never empty."""

    terms: Terms
    lines: tuple[Line, ...]

    @cached_property
    def interest_minor(self) -> int:
        """The plan's interest over all payments, if each comes on its day."""
        return sum(line.interest_minor for line in self.lines)

    @property
    def to_pay_minor(self) -> int:
        """Everything the debtor pays."""
        return self.terms.total_minor + self.interest_minor

    @property
    def ends_on(self) -> date:
        """The day of the last payment."""
        return self.lines[-1].due_on

    @property
    def instalments(self) -> tuple[Line, ...]:
        """The payments after the first one."""
        return tuple(line for line in self.lines if line.position)

    @property
    def months(self) -> int:
        """How long it takes in months: as many as there are monthly instalments; weeks are rounded up."""
        count = len(self.instalments)
        days = {Rhythm.WEEK: 7, Rhythm.FORTNIGHT: 14}.get(self.terms.rhythm)
        return count if days is None else -(-count * days * 12 // 365)

    @property
    def first_percent(self) -> Decimal:
        """The first payment in per cent of what is to be paid, to one decimal."""
        return round(Decimal(100 * self.terms.down_minor) / self.terms.total_minor, 1)
