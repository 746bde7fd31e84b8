"""How many jobs that do nothing one worker does in a second. The worker is a process of its own:

python -m portal.bench.jobs
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path
from signal import SIGTERM
from time import perf_counter

import asyncpg

from portal.backends.processes import BackendError, end, last_line, spawn
from portal.bench.figure import Figure
from portal.bench.server import environ_of
from portal.bench.worker import NAME
from portal.settings import Settings

GOAL = 5_000
START_SECONDS = 60.0
WORKER = [sys.executable, "-m", "portal.bench.worker"]

FILL = """
insert into queue.pgqueuer (priority, entrypoint, payload, execute_after, status)
select 0, $1, '{}'::bytea, now(), 'queued' from generate_series(1, $2::int)
"""
LEFT = "select count(*) from queue.pgqueuer where entrypoint = $1"


def measure(settings: Settings, count: int, rounds: int) -> Figure:
    """The figure ``jobs``: the middle one of several rounds, from the first job done to the last."""
    rates = sorted(_round(settings, count) for _ in range(rounds))
    rate = rates[len(rates) // 2]
    return Figure(
        figure="jobs",
        ours=round(rate),
        other=GOAL,
        unit="jobs/s",
        ratio=round(rate / GOAL, 3),
        goal="≥ 5,000 jobs/s",
        holds=rate >= GOAL,
        detail=f"{count:,} jobs that do nothing, one worker; against the goal itself",
    )


def _round(settings: Settings, count: int) -> float:
    asyncio.run(_fill(settings.owner_url, count))
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "worker.log"
        child = spawn(WORKER, log=log, cwd=Path(folder), env=environ_of(settings))
        try:
            return asyncio.run(_watch(settings.owner_url, count, child, log))
        finally:
            end(child, with_signal=SIGTERM, grace=30)


async def _fill(owner_url: str, count: int) -> None:
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute("delete from queue.pgqueuer")
        await connection.execute(FILL, NAME, count)
        await connection.execute("vacuum (analyze) queue.pgqueuer")
    finally:
        await connection.close()


async def _watch(owner_url: str, count: int, child: subprocess.Popen[bytes], log: Path) -> float:
    """Jobs a second between the first look at which some were done and the one at which all were."""
    connection = await asyncpg.connect(owner_url)
    try:
        deadline = perf_counter() + START_SECONDS
        while (left := await connection.fetchval(LEFT, NAME)) == count:
            if child.poll() is not None or perf_counter() > deadline:
                raise BackendError(f"the worker did no job: {last_line(log)}")
            await asyncio.sleep(0.02)
        began, first = perf_counter(), left
        while left and child.poll() is None:
            await asyncio.sleep(0.05)
            left = await connection.fetchval(LEFT, NAME)
        if left:
            raise BackendError(f"the worker ended too soon: {last_line(log)}")
        return float(first / max(perf_counter() - began, 0.001))
    finally:
        await connection.close()
