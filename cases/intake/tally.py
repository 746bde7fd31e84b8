"""Counting a checked placement in the database, and setting aside what the client has placed before."""

from typing import Any
from uuid import UUID

from cases.intake.stored import totals_as_facts
from cases.intake.summary import Total
from portal.tenancy.database import sql

# Compared with the client's own cases only: what other clients placed must not show, not even as a count.
MARK_DUPLICATES = """
update placement_rows r set state = 'duplicate', duplicate_of = c.id
from cases c
where r.agency_id = $1 and r.placement_id = $2 and r.state in ('ready', 'warning')
  and c.agency_id = r.agency_id and c.client_id = r.client_id and c.reference = r.reference
  and c.close_code is distinct from 'placed_in_error'
"""

COUNT = """
select state, currency, count(*) as cases, sum(amount_minor)::bigint as amount_minor
from placement_rows where agency_id = $1 and placement_id = $2 group by state, currency
"""


async def mark_duplicates(agency_id: UUID, placement_id: UUID) -> None:
    """Set aside the rows whose reference the client has placed before."""
    await sql(MARK_DUPLICATES, agency_id, placement_id)


async def counted(agency_id: UUID, placement_id: UUID) -> dict[str, Any]:
    """How many rows are in which state, and the totals per currency of those that may be placed."""
    states: dict[str, int] = {}
    totals: dict[str, Total] = {}
    for row in await sql(COUNT, agency_id, placement_id):
        states[row["state"]] = states.get(row["state"], 0) + row["cases"]
        if row["state"] in ("ready", "warning"):
            total = totals.setdefault(row["currency"], Total())
            total.cases += row["cases"]
            total.amount_minor += row["amount_minor"]
    return {
        "ready": states.get("ready", 0) + states.get("warning", 0),
        "warnings": states.get("warning", 0),
        "errors": states.get("error", 0),
        "duplicates": states.get("duplicate", 0),
        "totals": totals_as_facts(totals),
    }
