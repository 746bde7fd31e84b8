"""Counting a checked placement in the database, and setting aside what the client has placed before."""

from typing import Any
from uuid import UUID

from cases.casework import STANDS
from cases.intake.placement import PlacementFile
from cases.intake.stored import totals_as_facts
from cases.intake.summary import Total
from portal.tenancy.database import sql

# Compared with the client's own cases only: what other clients placed must not show, not even as a count.
MARK_DUPLICATES = f"""
update placement_rows r set state = 'duplicate', duplicate_of = c.id
from cases c
where r.agency_id = $1 and r.placement_id = $2 and r.state in ('ready', 'warning')
  and ($3::integer[] is null or r.row_number = any($3))
  and c.agency_id = r.agency_id and c.client_id = r.client_id and c.reference = r.reference
  and {STANDS}
"""  # noqa: S608 - our own words

# A list that is sent each month has last month's invoices in it, whatever the case they are grouped into is called.
MARK_PLACED_INVOICES = f"""
update placement_rows r set state = 'duplicate', duplicate_of = known.case_id, duplicate_invoice = known.number
from (select distinct on (given.id) given.id, c.id as case_id, i.number
      from placement_rows given
      cross join lateral jsonb_to_recordset(given.draft -> 'invoices') as drafted (number text, amount_minor bigint)
      join invoices i on i.agency_id = given.agency_id and i.client_id = given.client_id
                     and i.number = drafted.number and i.amount_minor = drafted.amount_minor
      join cases c on c.agency_id = i.agency_id and c.id = i.case_id and c.currency = given.currency
                  and {STANDS}
      join debtors d on d.agency_id = c.agency_id and d.id = c.debtor_id and d.match_name = given.draft ->> 'match_name'
      where given.agency_id = $1 and given.placement_id = $2 and given.state in ('ready', 'warning')
        and ($3::integer[] is null or given.row_number = any($3))
      order by given.id, c.id) known
where r.agency_id = $1 and r.id = known.id
"""  # noqa: S608 - our own words

COUNT = """
select state, currency, count(*) as cases, sum(amount_minor)::bigint as amount_minor
from placement_rows where agency_id = $1 and placement_id = $2 group by state, currency
"""


async def mark_duplicates(placement: PlacementFile, rows: list[int] | None = None) -> None:
    """Set aside the rows whose reference the client has placed before, or an invoice of the same debtor and amount.

    In the simple form the invoice is the reference. ``rows``: only these.
    """
    await sql(MARK_DUPLICATES, placement.agency_id, placement.id, rows)
    if placement.form == "json" or placement.column_map is not None:
        await sql(MARK_PLACED_INVOICES, placement.agency_id, placement.id, rows)


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
