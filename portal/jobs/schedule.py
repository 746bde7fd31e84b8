"""What is due by the calendar. Moving a schedule on and enqueuing its job is one transaction, so that each time is met
once however many workers look."""

from datetime import datetime

from croniter import croniter

from portal import clock
from portal.jobs.queue import enqueue
from portal.jobs.registry import SCHEDULES
from portal.tenancy.database import NOBODY, sql, sql_value, transaction

ENTER = """
insert into queue.pgqueuer_schedules (entrypoint, expression, next_run)
select * from unnest($1::text[], $2::text[], $3::timestamptz[])
on conflict (expression, entrypoint) do nothing
"""
LEAVE = "delete from queue.pgqueuer_schedules where (entrypoint, expression) not in (select * from unnest($1::text[], $2::text[]))"
MOVE_ON = """
update queue.pgqueuer_schedules set next_run = $3, last_run = $4, updated = $4
where entrypoint = $1 and expression = $2 and next_run <= $4
returning id
"""


async def enter_schedules() -> None:
    """Write down the schedules this program knows and drop those it no longer has."""
    now = clock.now()
    names, crons = list(SCHEDULES), list(SCHEDULES.values())
    async with transaction(NOBODY):
        await sql(LEAVE, names, crons)
        await sql(ENTER, names, crons, [next_time(cron, now) for cron in crons])


async def enqueue_due() -> list[str]:
    """Enqueue the jobs whose time has come; gives their names."""
    now = clock.now()
    due = []
    for name, cron in SCHEDULES.items():
        async with transaction(NOBODY):
            # A second worker waits here for the first, then finds the time moved on.
            if await sql_value(MOVE_ON, name, cron, next_time(cron, now), now):
                await enqueue(name, {})
                due.append(name)
    return due


def next_time(cron: str, after: datetime) -> datetime:
    """The first time after a moment at which a cron expression is due, in UTC."""
    found: datetime = croniter(cron, after).get_next(datetime)
    return found
