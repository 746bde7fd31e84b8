"""What a client was told of its money: no change of its terms re-opens that."""

from typing import Final
from uuid import UUID

from cases.remittance_terms import Told
from portal.people.actor import Actor
from portal.tenancy.database import sql_one

TOLD: Final = """
select (select max(period_to) from statements where agency_id = $1 and client_id = $2 and status <> 'draft') as through,
       exists (select from payments where agency_id = $1 and client_id = $2)
       or exists (select from opening_items where agency_id = $1 and client_id = $2 and kind = 'funds') as has_money
"""


async def told_of(actor: Actor, client_id: UUID) -> Told:
    """The end of a client's latest statement, and whether there ever was money for it, be it brought over from before."""
    row = await sql_one(TOLD, actor.agency_id, client_id)
    assert row is not None
    return Told(**row)
