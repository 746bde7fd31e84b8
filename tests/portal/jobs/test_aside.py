"""Jobs set aside run in the program that asked for them, and never wait in the queue."""

from __future__ import annotations

import pytest

from portal.jobs import enqueue
from portal.jobs.aside import set_aside
from portal.jobs.registry import JOBS, Job, Payload
from portal.settings import Settings
from portal.tenancy.database import NOBODY, sql_value, transaction

WAITING = "select count(*) from queue.pgqueuer where entrypoint = 'sample.told'"


async def test_a_job_set_aside_is_done_by_whoever_asked_and_nobody_else_sees_it(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Payload] = []

    async def tell(payload: Payload) -> None:
        told.append(payload)

    monkeypatch.setitem(JOBS, "sample.told", Job("sample.told", tell, 1))
    with set_aside() as aside:
        async with transaction(NOBODY):
            assert await enqueue("sample.told", {"case_id": "7"}) is None
            assert await sql_value(WAITING) == 0
        for job in aside.take():
            await job.run()
        assert aside.take() == []
    assert told == [{"case_id": "7"}]


async def test_after_the_block_jobs_go_into_the_queue_again(database: Settings) -> None:
    with set_aside():
        pass
    with pytest.raises(RuntimeError, match="rolled back"):
        async with transaction(NOBODY):
            assert await enqueue("sample.told", {"case_id": "8"}) is not None
            raise RuntimeError("rolled back")
