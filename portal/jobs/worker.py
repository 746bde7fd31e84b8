"""The worker: a process that runs jobs until it is told to stop, and survives a database that goes away."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import FailingListenerError
from pgqueuer.domain.models import Job as Row
from pgqueuer.domain.types import Channel

from portal.errors import told
from portal.jobs.attempt import TryAgain, attempt
from portal.jobs.janitor import BEAT, clear_log, recover
from portal.jobs.queue import NAMES, queries, read_payload
from portal.jobs.registry import JOBS, STEADY, Job
from portal.jobs.schedule import enqueue_due, enter_schedules
from portal.mail import postbox
from portal.settings import Settings
from portal.storage import scan, store
from portal.tenancy.database import DB

LOG = logging.getLogger("portal.jobs")

AT_ONCE = 100
"""Jobs taken from the queue, and told as done, in one go; a worker holds at most twice as many. With half of it the
database works half as much again for each job."""
GRACE = timedelta(seconds=20)
"""Running jobs may take so long to end after a stop; then they are put back into the queue."""
LONGEST_WAIT = timedelta(seconds=5)
"""The queue is looked at after so long even when nothing was announced."""

GONE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, FailingListenerError)


async def run(settings: Settings) -> None:
    """Run jobs until SIGTERM or SIGINT. The modules that register handlers must have been imported before."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(settings, stop)


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Run jobs until ``stop`` is set. When the database goes away, wait for it to come back."""
    store.configure(settings)
    scan.configure(settings)
    postbox.configure(settings)
    opened_here = not DB.pool
    pause = 1.0
    while not stop.is_set():
        try:
            if not DB.pool:
                await DB.open(settings.database_url, pool_size=settings.pool_size)
            await _work(settings, stop)
            pause = 1.0
        except GONE as error:
            LOG.warning("the database went away (%s); trying again in %.0f s", type(error).__name__, pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, 15.0)
    if opened_here:
        await DB.close()


async def _work(settings: Settings, stop: asyncio.Event) -> None:
    """Work on one connection until ``stop`` is set or the connection is lost."""
    await enter_schedules()
    held = await asyncpg.connect(settings.database_url)
    try:
        manager = QueueManager(queries(AsyncpgDriver(held)), Channel(NAMES.channel))
        running: set[asyncio.Task[None]] = set()
        for kind in JOBS.values():
            manager.entrypoint(kind.name, on_failure="hold", accepts_context=False)(_handler(kind, running))
        LOG.info("working: %s", ", ".join(sorted([*JOBS, *STEADY])))
        async with _beside(manager.shutdown), _stopping(stop, manager.shutdown, running):
            await manager.run(
                batch_size=AT_ONCE,
                max_concurrent_tasks=2 * AT_ONCE,
                dequeue_timeout=LONGEST_WAIT,
                heartbeat_timeout=BEAT,
                log_aggregation_interval=timedelta(0),
                shutdown_on_listener_failure=True,
            )
    finally:
        with contextlib.suppress(*GONE, TimeoutError):
            await held.close(timeout=5)


def _handler(kind: Job, running: set["asyncio.Task[None]"]) -> Callable[[Row], Awaitable[None]]:
    """pgqueuer's handler for a kind of job."""

    async def handle(row: Row) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await attempt(kind, row.id, read_payload(row), row.attempts)
        except asyncio.CancelledError as stopped:
            # Told as cancelled it would be deleted; it goes back into the queue instead.
            raise TryAgain(timedelta(), "the worker stopped", stopped) from None
        finally:
            running.discard(task)

    return handle


@contextlib.asynccontextmanager
async def _stopping(
    stop: asyncio.Event, shutdown: asyncio.Event, running: set["asyncio.Task[None]"]
) -> AsyncIterator[None]:
    """Pass a stop on: no new jobs; those that run may end within the grace, then they are put back."""

    async def wait() -> None:
        await stop.wait()
        shutdown.set()
        await asyncio.sleep(GRACE.total_seconds())
        for task in list(running):
            task.cancel()

    task = asyncio.create_task(wait())
    try:
        yield
    finally:
        await _end(task)


@contextlib.asynccontextmanager
async def _beside(shutdown: asyncio.Event) -> AsyncIterator[None]:
    """What a worker does beside its jobs: the calendar, the janitor, and everything registered as steady."""
    turns: list[tuple[str, Callable[[], Awaitable[object]], timedelta]] = [
        ("schedules", enqueue_due, timedelta(seconds=1)),
        ("janitor", recover, timedelta(seconds=10)),
        ("log", clear_log, timedelta(hours=6)),
        *((one.name, one.turn, one.pause) for one in STEADY.values()),
    ]
    tasks = [asyncio.create_task(_over_and_over(*turn, shutdown)) for turn in turns]
    try:
        yield
        # What the last jobs left to do is done before the worker ends.
        for one in STEADY.values():
            await _turn(one.name, one.turn)
    finally:
        for task in tasks:
            await _end(task)


async def _turn(name: str, turn: Callable[[], Awaitable[object]]) -> None:
    try:
        await turn()
    except Exception as error:
        LOG.warning("%s failed: %s", name, told(error))


async def _over_and_over(
    name: str, turn: Callable[[], Awaitable[object]], pause: timedelta, shutdown: asyncio.Event
) -> None:
    while not shutdown.is_set():
        await _turn(name, turn)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(shutdown.wait(), pause.total_seconds())


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
