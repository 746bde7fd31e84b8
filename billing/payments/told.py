"""What the payment processor tells of its money, before it is brought into the books (`billing.payments.processor`)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from billing.tables import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """Money that the processor took from a payer. Minor units; ``fee_minor`` is what it keeps of it."""

    charge_id: str
    amount_minor: int
    currency: str
    fee_minor: int
    received_on: date
    channel: Channel
    payer: str = ""
    named: tuple[UUID, ...] = ()
    """The invoices that the payer says it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargedBack:
    """A chargeback: what the payer's bank took back, and the processor's fee for it. Minor units."""

    chargeback_id: str
    amount_minor: int
    fee_minor: int
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Won:
    """A chargeback decided for us: the money came back. Minor units."""

    chargeback_id: str
    amount_minor: int
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """What was paid back to the payer through the processor, whole or in part. Minor units."""

    refund_id: str
    amount_minor: int
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidOut:
    """What the processor paid to the trust bank account; below nought when it took it from there, or a payout failed."""

    payout_id: str
    currency: str
    amount_minor: int
    on: date
