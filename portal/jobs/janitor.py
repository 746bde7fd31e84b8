"""The janitor: gives back what killed workers held, and clears away what is long done."""

import logging
from datetime import timedelta

from portal.tenancy.database import NOBODY, sql, transaction

LOG = logging.getLogger("portal.jobs")

BEAT = timedelta(seconds=20)
"""A worker's jobs give a sign of life at half this interval."""
STALE = timedelta(seconds=60)
"""After so long without one, the worker that held a job is taken for dead."""
LOSSES = 5
"""A job that was lost with its worker so often is kept as failed: it may be what kills them."""
LOG_DAYS = 30

RECOVER = """
with given_back as (
    update queue.pgqueuer j
    set status = case when j.attempts + 1 < $2 then 'queued' else 'failed' end::queue.pgqueuer_status,
        attempts = j.attempts + 1, queue_manager_id = null, slot = null, updated = now(), execute_after = now()
    from (select id from queue.pgqueuer where status = 'picked' and heartbeat < now() - $1::interval
          for update skip locked) stale
    where j.id = stale.id
    returning j.id, j.status, j.entrypoint, j.priority
)
insert into queue.pgqueuer_log (job_id, status, entrypoint, priority)
select id, status, entrypoint, priority from given_back
returning job_id, status::text, entrypoint
"""

CLEAR = "delete from queue.pgqueuer_log where created < now() - make_interval(days => $1)"


async def recover(stale: timedelta = STALE) -> int:
    """Give back the jobs whose worker has shown no sign of life for so long; gives how many."""
    async with transaction(NOBODY):
        rows = await sql(RECOVER, stale, LOSSES)
    for row in rows:
        LOG.warning("job %s %s was lost with its worker and is now %s", row["job_id"], row["entrypoint"], row["status"])
    return len(rows)


async def clear_log() -> None:
    """Forget what happened to jobs that ended long ago."""
    async with transaction(NOBODY):
        await sql(CLEAR, LOG_DAYS)
