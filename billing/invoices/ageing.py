"""What clients have not paid yet of their invoices, by how long it has been due."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from portal.people.actor import Actor
from portal.tenancy.database import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """What one client has not paid in one currency, in minor units; the days are those past the due day."""

    client_id: UUID
    client_name: str
    currency: str
    not_due_minor: int
    to_30_minor: int
    to_60_minor: int
    to_90_minor: int
    over_90_minor: int
    left_minor: int
    invoices: int


AGES: Final = """
select i.client_id, k.name as client_name, i.currency, count(*) as invoices, sum(i.left_minor)::bigint as left_minor,
       coalesce(sum(i.left_minor) filter (where days <= 0), 0)::bigint as not_due_minor,
       coalesce(sum(i.left_minor) filter (where days between 1 and 30), 0)::bigint as to_30_minor,
       coalesce(sum(i.left_minor) filter (where days between 31 and 60), 0)::bigint as to_60_minor,
       coalesce(sum(i.left_minor) filter (where days between 61 and 90), 0)::bigint as to_90_minor,
       coalesce(sum(i.left_minor) filter (where days > 90), 0)::bigint as over_90_minor
from (select agency_id, client_id, currency, total_minor - paid_minor - corrected_minor as left_minor, $2::date - due_on as days
      from client_invoices where agency_id = $1 and settled_on is null) i
join clients k on k.agency_id = i.agency_id and k.id = i.client_id
group by i.client_id, k.name, i.currency order by k.name, i.client_id, i.currency
"""


async def ages(actor: Actor, today: date) -> list[Age]:
    """What is left of the invoices of each client, by age on a day."""
    actor.require("invoices.read")
    return [Age(**row) for row in await sql(AGES, actor.agency_id, today)]
