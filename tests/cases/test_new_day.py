"""A new day begins in each agency by its own clock."""

from datetime import UTC, datetime, timedelta

import asyncpg

from cases.new_day import new_day
from portal import clock
from portal.jobs import work_off
from tests.billing.money import promised
from tests.cases.casework import MONDAY, placed_case
from tests.people import Cast

MIDNIGHT_IN_BERLIN = datetime(2026, 12, 2, 23, 5, tzinfo=UTC)


async def test_a_promise_whose_last_day_is_over_is_judged_at_the_agencys_midnight(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    promise_id = await promised(case_id, cast.negotiator, 10_000, MONDAY.date() + timedelta(days=3))
    for moment, status in ((MIDNIGHT_IN_BERLIN - timedelta(hours=1), "open"), (MIDNIGHT_IN_BERLIN, "broken")):
        with clock.at(moment):
            await new_day({})
            await work_off(agency_id=cast.nordkai.id)
        assert await owner.fetchval("select status from promises where id = $1", promise_id) == status
