"""Processor money, for tests: charges and what becomes of them, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from billing.payments.processor import chargeback_won, take_charge, take_charge_back, take_refund
from billing.payments.processor_journals import take_payout, top_up
from billing.payments.register import Payment, load_payment
from billing.payments.told import Charged, ChargedBack, PaidOut, Refunded, Won
from billing.tables import Channel
from portal import clock
from portal.people.actor import Actor, system
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY


def charge(
    charge_id: str, amount_minor: int, fee_minor: int = 0, *, currency: str = "GBP", on: date = TODAY
) -> Charged:
    """A card charge."""
    return Charged(
        charge_id=charge_id,
        amount_minor=amount_minor,
        currency=currency,
        fee_minor=fee_minor,
        received_on=on,
        channel=Channel.CARD,
        payer="Sabine Weber",
    )


async def booked(
    agency_id: UUID, do: Callable[..., Awaitable[UUID]], *args: Any, at: datetime = NOON, actor: Actor | None = None
) -> Payment:
    """Do it as the portal itself; gives the payment that it made."""
    acting = actor or system(agency_id)
    with clock.at(at):
        async with transaction(acting.scope):
            return await load_payment(acting, await do(acting, *args))


async def charged(agency_id: UUID, case_id: UUID, taken: Charged, *, at: datetime = NOON) -> Payment:
    """Book a charge."""
    return await booked(agency_id, take_charge, case_id, taken, at=at)


async def charged_back(
    agency_id: UUID, payment: Payment, name: str, amount_minor: int, fee_minor: int = 0, *, at: datetime = NOON
) -> Payment:
    """Book a chargeback."""
    back = ChargedBack(chargeback_id=name, amount_minor=amount_minor, fee_minor=fee_minor, on=at.date())
    return await booked(agency_id, take_charge_back, payment.id, back, at=at)


async def refunded(agency_id: UUID, payment: Payment, name: str, minor: int, *, at: datetime = NOON) -> Payment:
    """Book a refund."""
    return await booked(
        agency_id, take_refund, payment.id, Refunded(refund_id=name, amount_minor=minor, on=at.date()), at=at
    )


async def won(agency_id: UUID, payment: Payment, name: str, minor: int, *, at: datetime = NOON) -> Payment:
    """Book a chargeback that was decided for us."""
    return await booked(
        agency_id, chargeback_won, payment.id, Won(chargeback_id=name, amount_minor=minor, on=at.date()), at=at
    )


async def paid_out(
    agency_id: UUID, name: str, minor: int, *, topped_up: int = 0, currency: str = "GBP", at: datetime = NOON
) -> None:
    """Book a payout, and what we paid in for its fees."""
    actor = system(agency_id)
    async with transaction(actor.scope):
        await take_payout(actor, PaidOut(payout_id=name, currency=currency, amount_minor=minor, on=at.date()))
        if topped_up:
            await top_up(actor, currency, topped_up, at.date(), f"{name} top-up")
