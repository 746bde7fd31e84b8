"""Work that follows a commit: jobs are rows, written in the transaction that asks for them.

    await enqueue("mail.send", {"agency_id": ..., "message_id": ...})

    @job("mail.send")
    async def send(payload: Mapping[str, str]) -> None:
        async with transaction(as_job(UUID(payload["agency_id"]))): ...

    @every("promises.judge", "15 2 * * *")
    async def judge(payload: Mapping[str, str]) -> None: ...

A job runs at least once: a handler that may run twice must not do its work twice. The payload holds ids and never
what they stand for, since the queue is outside every agency's walls.
"""

from portal.jobs.queue import enqueue, enqueue_each
from portal.jobs.registry import every, job, steadily
from portal.jobs.work import work_off

__all__ = ["enqueue", "enqueue_each", "every", "job", "steadily", "work_off"]
