"""Our payment behind an object of the processor: refunds and chargebacks name a charge."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from billing.cards import processor
from billing.cards.booking import book
from billing.cards.events import NotYet
from portal.people.actor import Actor, system
from portal.tenancy.database import as_job, sql_one, transaction


async def after_its_charge(agency_id: UUID, charge_id: str, take: Callable[[Actor], Awaitable[None]]) -> bool:
    """Take over what became of a charge, in a transaction, once its payment is in the books; False where the charge is not
    of ours. Outside transactions. What arrived before its own payment books that first.

    Raises:
        NotYet: the payment cannot be booked yet.
    """
    if not await _is_booked(agency_id, charge_id):
        charge = await (await processor.processor_of(agency_id)).fetch_charge(charge_id)
        booked = await book(agency_id, charge.intent_id) if charge.intent_id else None
        if booked is None:
            return False
        if booked.payment_id is None:
            raise NotYet(charge_id)
    actor = system(agency_id)
    async with transaction(actor.scope):
        await take(actor)
    return True


async def _is_booked(agency_id: UUID, charge_id: str) -> bool:
    async with transaction(as_job(agency_id), read_only=True):
        row = await sql_one(
            "select payment_id from card_payments where agency_id = $1 and charge_id = $2", agency_id, charge_id
        )
    return row is not None and row["payment_id"] is not None
