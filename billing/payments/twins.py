"""A payment that looks like one recorded before: whoever records it is told."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from cases.casework import CaseFile
from portal.people.actor import Actor
from portal.tenancy.database import sql_one


@dataclass(frozen=True, slots=True)
class Twin:
    """A payment recorded earlier that looks like this one."""

    id: UUID
    case_number: str
    received_on: date


# Both halves find a handful by their index, and are found first: whatever the planner believes of tables that grow quickly, it
# does not walk through all payments of the agency to come upon the newest.
TWIN: Final = """
with alike as materialized (
    select id, case_id, received_on from payments
    where agency_id = $1 and case_id = $2 and received_on = $4 and amount_minor + surplus_minor + held_minor = $3
      and reverses is null
    union all
    select id, case_id, received_on from payments
    where agency_id = $1 and external_reference = $5 and external_reference <> '' and reverses is null)
select p.id, (select number from cases c where c.agency_id = $1 and c.id = p.case_id) as case_number, p.received_on
from alike p
where not exists (select from payments r where r.agency_id = $1 and r.reverses = p.id)
order by p.id desc limit 1
"""


async def twin_of(actor: Actor, case: CaseFile, amount_minor: int, day: date, reference: str) -> Twin | None:
    """A payment like this one: the same amount on the same day and case, or the same reference anywhere."""
    row = await sql_one(TWIN, actor.agency_id, case.id, amount_minor, day, reference)
    return Twin(**row) if row is not None else None
