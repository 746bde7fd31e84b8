"""Somebody turned up: money that was marked as unclaimed is work again."""

from typing import Final
from uuid import UUID

from portal import clock
from portal.people.actor import Actor
from portal.tenancy.database import sql

DROP: Final = """
update unclaimed_money set status = 'dropped', decided_by = coalesce(decided_by, $4), decided_at = $5,
                           decided_by_name = case when decided_by is null then $6 else decided_by_name end
where agency_id = $1 and (suspense_id = $2 or payment_id = $3) and status in ('asked', 'marked')
"""


async def claimed(actor: Actor, *, suspense_id: UUID | None = None, payment_id: UUID | None = None) -> None:
    """Something is done with suspended money, or with a payment's surplus: nobody may call it unclaimed any more."""
    await sql(DROP, actor.agency_id, suspense_id, payment_id, actor.user_id, clock.now(), actor.name)
