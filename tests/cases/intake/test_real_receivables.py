"""A real history, placed month by month through the page as its invoices fall due."""

from datetime import UTC, datetime, time

import asyncpg

from portal import clock
from portal.jobs import work_off
from tests.people import Cast, Visit
from tests.receivables import by_month, placement_csv


async def test_every_late_invoice_of_two_years_becomes_a_case_of_its_debtor(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    actor = cast.brandt_submitter.actor
    for first, invoices in by_month().items():
        with clock.at(datetime.combine(first, time(9), UTC)):
            client = await visit(cast.brandt_submitter)
            file = (f"{first}.csv", placement_csv(invoices))
            answer = await client.post("/placements", files={"file": file}, data={"reference": f"{first:%Y-%m}"})
            await work_off(agency_id=actor.agency_id)
            await client.post(answer.headers["location"] + "/hand-over", data={"only_all": "1"})
            await work_off(agency_id=actor.agency_id)
    found = await owner.fetchrow(
        "select count(*), count(distinct debtor_id), sum(principal_minor)::bigint, min(currency) from cases where agency_id = $1",
        actor.agency_id,
    )
    assert tuple(found) == (942, 88, 57_959_99, "USD")
    statuses = await owner.fetch("select distinct status from placements where agency_id = $1", actor.agency_id)
    assert [placement["status"] for placement in statuses] == ["accepted"]
