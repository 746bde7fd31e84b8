"""Workers as processes of their own, killed and stopped like any process."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from portal.jobs import enqueue
from portal.jobs.janitor import recover
from portal.jobs.registry import SCHEDULES
from portal.jobs.schedule import enqueue_due, enter_schedules
from portal.settings import Settings
from portal.tenancy.database import NOBODY, sql, sql_value, transaction
from portal.tenancy.migrate import ROOT
from tests.portal.jobs.conftest import Seen


@pytest.fixture
def done(tmp_path: Path) -> Path:
    path = tmp_path / "done"
    path.touch()
    return path


@pytest.fixture
def start(database: Settings, done: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """``worker = start(GRACE="1")``: a worker process; those that still run are killed at the end."""
    running: list[subprocess.Popen[bytes]] = []
    environ = {
        "PORTAL_DATABASE_URL": database.database_url,
        "PORTAL_S3_ENDPOINT": database.s3_endpoint,
        "PORTAL_S3_ACCESS_KEY": database.s3_access_key,
        "PORTAL_S3_SECRET_KEY": database.s3_secret_key,
        "PORTAL_S3_BUCKET": database.s3_bucket,
        "PORTAL_SMTP_URL": database.smtp_url,
        "PORTAL_MAIL_FROM": database.mail_from,
        "PORTAL_SECRET_KEY": database.secret_key,
        "PORTAL_BASE_URL": database.base_url,
        "PATH": os.environ["PATH"],
        "DONE": str(done),
    }

    def begin(**more: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.portal.jobs.worker_process"], cwd=ROOT, env=environ | more
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.wait()


async def until(lines: Callable[[list[str]], bool], done: Path, *, seconds: float = 30) -> list[str]:
    """Wait until the handlers have written what is waited for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = done.read_text().splitlines()
        if lines(found):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"waited in vain; written so far: {found}")


async def put(name: str, **payload: str) -> None:
    async with transaction(NOBODY):
        await enqueue(name, payload)


async def test_a_worker_does_what_waits_and_what_comes(
    start: Callable[..., subprocess.Popen[bytes]], done: Path
) -> None:
    for n in range(30):
        await put("test.quick", id=str(n))
    start()
    await until(lambda found: len(found) == 30, done)
    await put("test.quick", id="later")
    found = await until(lambda found: len(found) == 31, done)
    assert sorted(found) == sorted([f"quick {n}" for n in range(30)] + ["quick later"])


async def test_a_killed_workers_job_is_done_by_another(
    start: Callable[..., subprocess.Popen[bytes]], done: Path
) -> None:
    await put("test.slow", id="1", seconds="300")
    victim = start()
    await until(lambda found: found == ["begun 1"], done)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    async with transaction(NOBODY):
        assert await sql_value("select status::text from queue.pgqueuer") == "picked"
        # A minute passes without a sign of life, and the work turns out to be short.
        await sql("update queue.pgqueuer set heartbeat = heartbeat - interval '61 seconds'")
        await sql("""update queue.pgqueuer set payload = '{"id": "1", "seconds": "0"}'""")
    start()
    found = await until(lambda found: "slow 1" in found, done)
    assert found == ["begun 1", "begun 1", "slow 1"]
    await asyncio.sleep(0.5)
    async with transaction(NOBODY):
        assert await sql_value("select count(*) from queue.pgqueuer") == 0
    assert await recover(timedelta(0)) == 0


async def test_kills_lose_no_job(start: Callable[..., subprocess.Popen[bytes]], done: Path) -> None:
    for n in range(60):
        await put("test.slow", id=str(n), seconds="0.1")
    for _ in range(3):
        worker = start()
        began = len(done.read_text().splitlines())
        await until(lambda found, began=began: len(found) > began + 5, done)  # type: ignore[misc]
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        await recover(timedelta(0))
    start()
    found = await until(lambda found: len({line for line in found if line.startswith("slow")}) == 60, done)
    assert {line for line in found if line.startswith("slow")} == {f"slow {n}" for n in range(60)}


async def test_a_stopped_worker_ends_what_it_has_begun(
    start: Callable[..., subprocess.Popen[bytes]], done: Path
) -> None:
    await put("test.slow", id="1", seconds="2")
    worker = start()
    await until(lambda found: found == ["begun 1"], done)
    worker.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.4)
    await put("test.quick", id="2")
    assert await asyncio.to_thread(worker.wait, 15) == 0
    assert done.read_text().splitlines() == ["begun 1", "slow 1"]
    async with transaction(NOBODY):
        assert await sql_value("select entrypoint from queue.pgqueuer where status = 'queued'") == "test.quick"


async def test_what_does_not_end_in_time_goes_back_into_the_queue(
    start: Callable[..., subprocess.Popen[bytes]], done: Path
) -> None:
    await put("test.slow", id="1", seconds="300")
    worker = start(GRACE="0.2")
    await until(lambda found: found == ["begun 1"], done)
    worker.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(worker.wait, 15) == 0
    async with transaction(NOBODY):
        assert await sql_value("select status::text from queue.pgqueuer") == "queued"


async def test_a_worker_comes_back_when_its_connections_are_cut(
    start: Callable[..., subprocess.Popen[bytes]], done: Path
) -> None:
    start()
    await put("test.quick", id="1")
    await until(lambda found: found == ["quick 1"], done)
    async with transaction(NOBODY):
        await sql(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and usename = current_user"
        )
    await asyncio.sleep(0.2)
    for _ in range(5):  # this test's own connections were cut as well
        try:
            await put("test.quick", id="2")
            break
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            continue
    await until(lambda found: "quick 2" in found, done)


async def test_a_schedule_is_met_once_by_two_workers(start: Callable[..., subprocess.Popen[bytes]], done: Path) -> None:
    start(CRON="0 0 1 1 *")
    start(CRON="0 0 1 1 *")
    deadline = time.monotonic() + 20
    moved = 0
    while not moved and time.monotonic() < deadline:
        async with transaction(NOBODY):
            moved = len(
                await sql(
                    "update queue.pgqueuer_schedules set next_run = now() where entrypoint = 'test.tick' returning id"
                )
            )
        await asyncio.sleep(0.1)
    await until(lambda found: "tick" in found, done)
    await asyncio.sleep(2.5)
    assert done.read_text().splitlines() == ["tick"]


async def test_what_was_missed_is_made_up_for_once(named: Callable[..., Seen]) -> None:
    seen = named()
    SCHEDULES[seen.name] = "*/5 * * * *"
    await enter_schedules()
    assert seen.name not in await enqueue_due()
    async with transaction(NOBODY):
        await sql(
            "update queue.pgqueuer_schedules set next_run = now() - interval '3 days' where entrypoint = $1", seen.name
        )
    assert (await enqueue_due()).count(seen.name) == 1
    assert seen.name not in await enqueue_due()


async def test_a_schedule_that_is_no_longer_known_is_dropped(named: Callable[..., Seen]) -> None:
    seen = named()
    SCHEDULES[seen.name] = "0 5 * * *"
    await enter_schedules()
    SCHEDULES[seen.name] = "0 6 * * *"
    await enter_schedules()
    async with transaction(NOBODY):
        kept = await sql("select expression from queue.pgqueuer_schedules where entrypoint = $1", seen.name)
    assert [row["expression"] for row in kept] == ["0 6 * * *"]
