"""What a new day brings, in each agency's own time zone: promises and plans are judged, recalls that nobody answered
become final, the queue is put in order, what was begun and never handed over goes, and clients hear what their cases
wait for."""

from datetime import timedelta
from uuid import UUID

from cases.acceptance import reminding
from cases.intake import clearing
from cases.interest import prove as of_interest
from cases.plans import follow, prove
from portal import clock
from portal.jobs import enqueue, every, job
from portal.jobs.registry import Payload
from portal.tenancy.database import NOBODY, sql, transaction

JOBS = (clearing, follow, of_interest, prove, reminding)
"""Imported so that a worker knows their jobs, and `portal verify` their proofs."""
MORNING = timedelta(hours=7)
"""From midnight to the hour in which clients are written to."""


@every("cases.new_day", "5 * * * *")
async def new_day(_: Payload) -> None:
    """Each hour: start the day of the agencies where midnight has just passed."""
    async with transaction(NOBODY):
        for row in await sql("select agency_id, day from days_beginning($1)", clock.now()):
            await begin_day(row["agency_id"], row["day"].isoformat())


@job("agencies.begin_day")
async def after_a_change_of_clocks(payload: Payload) -> None:
    """Begin the day of an agency that has moved to another time zone, where it may have begun hours ago."""
    async with transaction(NOBODY):
        await begin_day(UUID(payload["agency_id"]), payload["day"])


async def begin_day(agency_id: UUID, day: str) -> None:
    """Enqueue a day's work for one agency, once however often it is asked."""
    payload = {"agency_id": str(agency_id)}
    await enqueue("promises.judge_due", payload, dedupe=f"judge {agency_id} {day}")
    await enqueue("plans.judge_due", payload, dedupe=f"plans {agency_id} {day}")
    await enqueue("recalls.make_final", payload, dedupe=f"recalls {agency_id} {day}")
    await enqueue("acceptance.remind", payload, dedupe=f"remind {agency_id} {day}", after=MORNING)
    await enqueue("placements.clear_unfinished", payload, dedupe=f"unfinished {agency_id} {day}")
    await enqueue("cases.reorder", payload, dedupe=f"reorder {agency_id} {day}", after=timedelta(minutes=2))
