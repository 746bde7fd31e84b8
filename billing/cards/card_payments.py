"""Our payment behind an object of the processor: refunds and chargebacks name a charge."""

from uuid import UUID

from billing.cards import processor
from billing.cards.booking import book
from billing.cards.events import NotYet
from portal.tenancy.database import as_job, sql_one, transaction


async def booked_of_charge(agency_id: UUID, charge_id: str) -> UUID | None:
    """Our payment of a charge, in the books; None where the charge is not of ours. Outside transactions.

    What arrived before its own payment books that first.

    Raises:
        NotYet: the payment cannot be booked yet.
    """
    known, is_booked = await _known(agency_id, charge_id)
    if not is_booked:
        charge = await (await processor.processor_of(agency_id)).fetch_charge(charge_id)
        booked = await book(agency_id, charge.intent_id) if charge.intent_id else None
        if booked is None:
            return None
        if booked.payment_id is None:
            raise NotYet(charge_id)
        return booked.card_payment_id
    return known


async def _known(agency_id: UUID, charge_id: str) -> tuple[UUID | None, bool]:
    async with transaction(as_job(agency_id), read_only=True):
        row = await sql_one(
            "select id, payment_id from card_payments where agency_id = $1 and charge_id = $2", agency_id, charge_id
        )
    return (row["id"], row["payment_id"] is not None) if row else (None, False)
