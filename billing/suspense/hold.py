"""Money that begins to wait: a part of a payment that the claim cannot take now, or a receipt that nobody knows."""

from typing import Final
from uuid import UUID

from billing.payments.split import Split
from portal import clock
from portal.identity import new_id
from portal.people.actor import Actor
from portal.tenancy.database import sql

HOLD: Final = """
insert into suspense (id, agency_id, client_id, case_id, payment_id, why, currency, amount_minor, received_on, channel,
                      charge_id, payer, reference, journal_id, recorded_by, owner_id, recorded_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16)
"""


async def hold(actor: Actor, split: Split, payment_id: UUID, journal_id: UUID, payer: str, reference: str) -> UUID:
    """Keep in suspense, on the case, what of a payment its claim cannot take now; gives the suspense's id."""
    suspense_id, case = new_id(), split.case
    await sql(
        HOLD,
        *(suspense_id, actor.agency_id, case.client_id, case.id, payment_id, split.why_held, split.currency),
        *(split.held_minor, split.received_on, split.channel, split.charge.id if split.charge else ""),
        *(payer, reference, journal_id, actor.user_id, clock.now()),
    )
    return suspense_id
