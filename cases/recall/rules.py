"""What a client's terms say about taking a case back, counted for one case on one day. Pure rules, no look-ups."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class RecallTerms:
    """What was agreed with the client, in days."""

    exclusivity_days: int
    """From placement on, in which the agency may object."""
    pending_days: int
    """After which a recall that nobody answered is final."""
    fee_days: int
    """After a recall, in which money that was promised before still bears the fee."""


@dataclass(frozen=True, slots=True)
class Promised:
    """What is still to come of an open promise, in minor units, and by when."""

    amount_minor: int
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallDays:
    """The days that the terms mean for what was placed on one day."""

    terms: RecallTerms
    today: date
    placed_on: date

    @property
    def exclusive_until(self) -> date:
        """The last day on which the agency may object."""
        return self.placed_on + timedelta(days=self.terms.exclusivity_days - 1)

    @property
    def days_left(self) -> int:
        """Days of exclusivity that are left, today among them; nought when they are over."""
        return max(0, (self.exclusive_until - self.today).days + 1)

    @property
    def may_object(self) -> bool:
        """Whether the agency's consent is needed."""
        return self.days_left > 0

    @property
    def final_on(self) -> date:
        """The day on which a recall asked for today is final by itself."""
        return self.today + timedelta(days=self.terms.pending_days)

    @property
    def fee_until(self) -> date:
        """The last day on which promised money bears the fee, should the recall become final by itself."""
        return fee_until(self.final_on, self.terms.fee_days)

    def as_facts(self) -> dict[str, object]:
        """The days as they were shown, for keeping."""
        return {
            "exclusivity_days": self.terms.exclusivity_days,
            "pending_days": self.terms.pending_days,
            "fee_days": self.terms.fee_days,
            "exclusive_until": self.exclusive_until.isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallRules(RecallDays):
    """The rules with their effect on one case. Amounts are minor units of ``currency``."""

    currency: str
    balance_minor: int
    promises: Sequence[Promised] = ()
    disputes: int = 0

    def as_facts(self) -> dict[str, object]:
        """The rules as they were shown, for keeping."""
        return {
            **RecallDays.as_facts(self),
            "balance_minor": self.balance_minor,
            "disputes": self.disputes,
            "promises": [[promise.amount_minor, promise.due_on.isoformat()] for promise in self.promises],
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of a placement in one currency: cases that are open and not asked for. Amounts are minor units."""

    currency: str
    cases: int
    balance_minor: int
    promises: int
    promised_minor: int
    disputed: int
    """Cases whose claim the debtor disputes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRules(RecallDays):
    """The rules with their effect on what stands of a placement."""

    standing: Sequence[Standing] = ()

    @property
    def cases(self) -> int:
        """Cases that may be asked for."""
        return sum(one.cases for one in self.standing)

    @property
    def disputed(self) -> int:
        """Cases whose claim the debtor disputes."""
        return sum(one.disputed for one in self.standing)

    def as_facts(self) -> dict[str, object]:
        """The rules as they were shown, for keeping."""
        return {**RecallDays.as_facts(self), "standing": [asdict(one) for one in self.standing]}


def fee_until(recalled_on: date, fee_days: int) -> date:
    """The last day on which money promised before a recall still bears the fee."""
    return recalled_on + timedelta(days=fee_days)


def bears_fee_minor(paid_minor: int, promised_minor: int, received_on: date, until: date) -> int:
    """How much of a payment after a recall bears the fee: what was promised, if it came in time."""
    return min(paid_minor, max(0, promised_minor)) if received_on <= until else 0
