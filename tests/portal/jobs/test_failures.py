import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from portal import clock
from portal.jobs import attempt, enqueue, work_off
from portal.jobs.janitor import recover
from portal.jobs.queue import failed_jobs, try_again
from portal.jobs.registry import Job
from portal.tenancy.database import NOBODY, sql, transaction
from tests.portal.jobs.conftest import Seen

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class ServerAway(Exception):
    pass


async def fail(_: Mapping[str, str]) -> None:
    raise ServerAway("Herr Müller, Hauptstraße 5")


async def put(name: str) -> None:
    async with transaction(NOBODY):
        await enqueue(name, {"id": "1"})


async def test_a_failed_job_is_tried_again_later_and_kept_when_it_is_given_up(named: Callable[..., Seen]) -> None:
    seen = named(fail, attempts=3)
    with clock.at(NOON):
        await put(seen.name)
        with pytest.raises(ServerAway):
            await work_off()
        assert await work_off() == 0
    for hour in (1, 2, 3, 4):
        with clock.at(NOON + timedelta(hours=hour)):
            await work_off(forgiving=True)
    assert len(seen) == 3
    [failed] = await failed_jobs()
    assert (failed.name, failed.payload, failed.attempts) == (seen.name, {"id": "1"}, 2)
    assert "ServerAway at test_failures.py" in failed.reason


async def test_a_job_that_was_given_up_can_be_tried_again(named: Callable[..., Seen]) -> None:
    seen = named(fail, attempts=1)
    await put(seen.name)
    await work_off(forgiving=True)
    [failed] = await failed_jobs()
    async with transaction(NOBODY):
        await try_again([failed.number])
    assert await work_off(forgiving=True) == 1
    assert len(seen) == 2


async def test_the_words_of_an_error_reach_neither_the_queue_nor_the_log(
    named: Callable[..., Seen], told: Callable[[object, str], io.StringIO]
) -> None:
    seen, log = named(fail, attempts=2), told(attempt, "LOG")
    await put(seen.name)
    await work_off(forgiving=True)
    with clock.at(datetime.now(UTC) + timedelta(hours=1)):
        await work_off(forgiving=True)
    async with transaction(NOBODY):
        kept = await sql("select traceback::text from queue.pgqueuer_log where entrypoint = $1", seen.name)
    said = log.getvalue() + "".join(str(row["traceback"]) for row in kept)
    assert "ServerAway" in log.getvalue()
    assert "Müller" not in said
    assert "M\\u00fcller" not in said


def test_pauses_grow_and_end() -> None:
    kind = Job("a.b", fail, attempts=8)
    pauses = [kind.pause(failures) for failures in range(1, 8)]
    assert all(earlier < later for earlier, later in pairwise(pauses))  # type: ignore[operator]
    assert kind.pause(8) is None


async def test_a_job_whose_worker_died_is_given_back(named: Callable[..., Seen]) -> None:
    seen = named()
    await put(seen.name)
    async with transaction(NOBODY):
        await sql("update queue.pgqueuer set status = 'picked', heartbeat = now() - interval '59 seconds'")
    assert await recover() == 0
    async with transaction(NOBODY):
        await sql("update queue.pgqueuer set heartbeat = now() - interval '61 seconds'")
    assert await recover() == 1
    assert await work_off() == 1
    assert len(seen) == 1


async def test_a_job_that_kills_its_workers_is_kept_as_failed_in_the_end(named: Callable[..., Seen]) -> None:
    seen = named()
    await put(seen.name)
    for _ in range(5):
        assert await failed_jobs() == []
        async with transaction(NOBODY):
            await sql("update queue.pgqueuer set status = 'picked', heartbeat = now() - interval '61 seconds'")
        await recover()
    assert [failed.name for failed in await failed_jobs()] == [seen.name]
    assert await work_off() == 0
