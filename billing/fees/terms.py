"""What a client and the agency agreed: versions of an agreement, each an ordered list of rules."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from portal.ledger.tables import Component

RATE_PLACES = 6
"""Rates are kept to a millionth: 9.5 % is 0.095."""


class Basis(StrEnum):
    """What decides the tier of a rule."""

    FLAT = "flat"
    """Nothing: one rate."""
    AGE_AT_PLACEMENT = "age_at_placement"
    """Days from the oldest due date to the placement."""
    PLACED_AMOUNT = "placed_amount"
    """What was placed."""
    PAYMENT_AMOUNT = "payment_amount"
    """What this payment brought on the components that bear a fee."""
    PAID_TO_DATE = "paid_to_date"
    """What was paid on them so far, this payment included, reversals out."""
    DAYS = "days"
    """Days from the oldest due date to the payment."""


AMOUNTS = frozenset({Basis.PLACED_AMOUNT, Basis.PAYMENT_AMOUNT, Basis.PAID_TO_DATE})
"""Bases whose tiers are amounts of money, not days."""
SLICED = frozenset({Basis.PAYMENT_AMOUNT, Basis.PAID_TO_DATE})
"""Bases that may be counted slice by slice."""


class Mode(StrEnum):
    """How tiers are applied."""

    WHOLE = "whole"
    """The rate of the tier reached, on everything of this payment."""
    MARGINAL = "marginal"
    """Each slice at its own tier's rate."""


class AgeFrom(StrEnum):
    """From which day the age of an account is counted. An agreement says it for all of its rules."""

    DUE = "due"
    """The oldest due date."""
    ISSUED = "issued"
    """The oldest date of issue; where no invoice has one, the due date."""


class SurchargeKind(StrEnum):
    """How a rate rises for old accounts."""

    POINTS = "points"
    """By percentage points: 5 points make 30 % of 25 %."""
    RELATIVE = "relative"
    """By a part of itself: a fifth makes 30 % of 25 %."""


class Payee(StrEnum):
    """Who got the money."""

    AGENCY = "agency"
    """It came to us."""
    CLIENT = "client"
    """The debtor paid the client itself."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A rate up to and including a bound: days, or minor units of the rule's currency. No bound: everything above."""

    up_to: int | None
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What must be so for a rule to be looked at; what is left empty does not matter."""

    stages: tuple[str, ...] = ()
    received_by: Payee | None = None
    otherwise: bool = False
    """Only value recovered otherwise than by money: goods returned, set-off."""
    foreign: bool = False
    """Only debtors in another country than the client."""
    currency: str | None = None
    within_days: int | None = None
    """Received no later than this many days after placement: the free days, with a rate of nought."""

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        return self != Conditions()


@dataclass(frozen=True, slots=True)
class Surcharge:
    """What every rate of a rule rises by when the account was older than this many days as it was placed."""

    past_days: int
    kind: SurchargeKind
    rate: Decimal

    def on(self, rate: Decimal) -> Decimal:
        """The rate with it, exactly: a relative one may have more places than rates are kept with."""
        return rate + self.rate if self.kind is SurchargeKind.POINTS else rate * (1 + self.rate)


class Limits(StrEnum):
    """What a minimum and a maximum are counted over."""

    PAYMENT = "payment"
    CASE = "case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of an agreement.

    Raises:
        ValueError: its parts do not fit together; the message says which.
    """

    tiers: tuple[Tier, ...]
    basis: Basis = Basis.FLAT
    mode: Mode = Mode.WHOLE
    conditions: Conditions = Conditions()
    components: frozenset[Component] = frozenset(Component)
    minimum_minor: int | None = None
    maximum_minor: int | None = None
    limits: Limits = Limits.PAYMENT
    surcharge: Surcharge | None = None
    id: UUID | None = None

    def __post_init__(self) -> None:
        bounds = [tier.up_to for tier in self.tiers]
        closed = [bound for bound in bounds if bound is not None]
        rising = all(lower < upper for lower, upper in pairwise(closed))
        if not bounds or not rising or None in bounds[:-1]:
            raise ValueError("tiers rise, and only the last may be open")
        if self.basis is Basis.FLAT and bounds != [None]:
            raise ValueError("a flat rule has one open tier")
        if self.mode is Mode.MARGINAL and self.basis not in SLICED:
            raise ValueError("only the payment amount and what was paid to date are counted in slices")
        if any(not 0 <= tier.rate <= 1 or round(tier.rate, RATE_PLACES) != tier.rate for tier in self.tiers):
            raise ValueError("a rate lies between 0 and 100 %, to a ten-thousandth of a per cent")
        if self.surcharge is not None and any(self.surcharge.on(tier.rate) > 1 for tier in self.tiers):
            raise ValueError("a rate is no more than 100 % with its surcharge")
        in_money = self.basis in AMOUNTS or self.minimum_minor is not None or self.maximum_minor is not None
        if in_money and self.conditions.currency is None:
            raise ValueError("amounts need a currency: 2,000 yen are not 2,000 euros")
        if not self.components:
            raise ValueError("some component bears the fee")

    @property
    def always_fits(self) -> bool:
        """Whether it can stand last."""
        return not self.conditions.any and self.tiers[-1].up_to is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One version of what a client pays.

    Raises:
        ValueError: the last rule does not fit every payment.
    """

    rules: tuple[Rule, ...]
    age_from: AgeFrom = AgeFrom.DUE
    version: int = 1
    effective_from: date | None = None
    id: UUID | None = None

    def __post_init__(self) -> None:
        if not self.rules or not self.rules[-1].always_fits:
            raise ValueError("the last rule is a default that fits every payment")
