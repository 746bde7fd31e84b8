"""What a new day brings, in each agency's own time zone: promises are judged, recalls that
nobody answered become final, and the queue is put in order."""

from datetime import timedelta
from uuid import UUID

from portal import clock
from portal.jobs import enqueue, every, job
from portal.jobs.registry import Payload
from portal.tenancy.database import NOBODY, sql, transaction


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
    await enqueue("recalls.make_final", payload, dedupe=f"recalls {agency_id} {day}")
    await enqueue("cases.reorder", payload, dedupe=f"reorder {agency_id} {day}", after=timedelta(minutes=2))
