"""Working the queue off in the calling process: for tests and sample data, which wait for no worker."""

from uuid import UUID, uuid4

from pgqueuer.domain.models import Job as Row
from pgqueuer.domain.models import TracebackRecord

from portal.jobs.attempt import GivenUp, TryAgain, attempt
from portal.jobs.queue import held_clock, queries_on, read_payload
from portal.jobs.registry import JOBS
from portal.tenancy.database import NOBODY, connection, sql_one, sql_value, transaction

# The heartbeat lies ahead, since nothing beats here: the janitor leaves the job alone for an hour.
CLAIM = """
update queue.pgqueuer set status = 'picked', updated = now(), heartbeat = now() + interval '1 hour', queue_manager_id = $1
where id = (
    select id from queue.pgqueuer
    where status = 'queued' and entrypoint = any($2) and execute_after <= now() + $3
      and ($4::text is null or convert_from(payload, 'UTF8')::jsonb ->> 'agency_id' = $4)
    order by priority desc, id limit 1 for update skip locked)
returning *
"""

UNKNOWN = """
select string_agg(distinct entrypoint, ', ') from queue.pgqueuer
where status = 'queued' and entrypoint <> all($1) and execute_after <= now() + $2
  and ($3::text is null or convert_from(payload, 'UTF8')::jsonb ->> 'agency_id' = $3)
"""


class UnknownJob(LookupError):
    """A job waits that no handler is registered for."""


async def work_off(*, agency_id: UUID | None = None, forgiving: bool = False) -> int:
    """Run every job that is due at the portal's clock, with those they enqueue, and give how many ran.

    Called outside a transaction. ``agency_id`` leaves the jobs of other agencies alone. A failing job is retried or
    kept as a worker would; then, unless ``forgiving``, the first failure is raised.

    Raises:
        UnknownJob: a job is due whose handler's module was not imported.
    """
    done, first = 0, None
    worker, agency = uuid4(), str(agency_id) if agency_id else None
    while True:
        # Taken before the transaction, by whose beginning the database counts: a job due now must not seem a moment off.
        away = held_clock()
        async with transaction(NOBODY):
            found = await sql_one(CLAIM, worker, list(JOBS), away, agency)
        if found is None:
            break
        error = await _run(Row.model_validate(dict(found)))
        first = first or error
        done += 1
    if first is not None and not forgiving:
        raise first
    away = held_clock()
    async with transaction(NOBODY, read_only=True):
        unknown = await sql_value(UNKNOWN, list(JOBS), away, agency)
    if unknown and not forgiving:
        raise UnknownJob(unknown)
    return done


async def _run(row: Row) -> BaseException | None:
    """Run one job and write down how it went."""
    try:
        await attempt(JOBS[row.entrypoint], row.id, read_payload(row), row.attempts)
    except TryAgain as failure:
        async with transaction(NOBODY):
            delay = failure.delay + held_clock()
            await queries_on(connection()).retry_job(row, delay, TracebackRecord.from_exception(failure, row.id))
        return failure.original
    except GivenUp as failure:
        async with transaction(NOBODY):
            record = TracebackRecord.from_exception(failure, row.id)
            await queries_on(connection()).log_jobs([(row, "failed", record)])
        return failure.original
    async with transaction(NOBODY):
        await queries_on(connection()).log_jobs([(row, "successful", None)])
    return None
