"""What of a payment repays costs that the agency had advanced: as much of what it pays on costs as is still open, where
that is agreed with the client (`costs_first`). What it pays on costs beyond that is the client's, who had these costs.
"""

from typing import Final
from uuid import UUID

from portal.people.actor import Actor
from portal.tenancy.database import sql_value

STILL_OPEN: Final = """
select greatest(0,
    coalesce((select sum(amount_minor) from case_costs where agency_id = $1 and case_id = $2 and advanced_by = 'agency'
              and on_debtor and taken_back_at is null), 0)
    - coalesce((select sum(i.amount_minor) from invoiced_costs i
                join case_costs o on o.agency_id = i.agency_id and o.id = i.cost_id and o.on_debtor
                where i.agency_id = $1 and i.case_id = $2), 0)
    - coalesce((select sum(costs_kept_minor) from payments where agency_id = $1 and case_id = $2), 0))::bigint
from cases c join clients k on k.agency_id = c.agency_id and k.id = c.client_id and k.costs_first
where c.agency_id = $1 and c.id = $2
"""


async def repays(actor: Actor, case_id: UUID, costs_minor: int) -> int:
    """How much of what a payment pays on a case's costs repays the agency, in minor units."""
    if costs_minor <= 0:
        return 0
    still_open: int | None = await sql_value(STILL_OPEN, actor.agency_id, case_id)
    return min(costs_minor, still_open or 0)
