from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from uuid import uuid4

import asyncpg
import pytest

from portal.jobs.registry import JOBS, SCHEDULES, Handler, Job
from portal.settings import Settings


@pytest.fixture(autouse=True)
async def empty_queue(database: Settings) -> AsyncIterator[None]:
    """Other tests of this worker leave jobs behind."""
    connection = await asyncpg.connect(database.database_url)
    await connection.execute("delete from queue.pgqueuer")
    await connection.execute("delete from queue.pgqueuer_schedules")
    yield
    await connection.close()


class Seen(list[Mapping[str, str]]):
    """The payloads that a test's handler was given, in order."""

    name: str


Named = Callable[[Handler | None], Seen]


@pytest.fixture
def named() -> Iterator[Callable[..., Seen]]:
    """``seen = named(handler, attempts=3)``: a job under a name of its own; without a handler it only takes note."""
    names = []

    def make(handler: Handler | None = None, attempts: int = 8) -> Seen:
        seen = Seen()
        seen.name = f"test.{uuid4().hex}"

        async def note(payload: Mapping[str, str]) -> None:
            seen.append(payload)
            if handler is not None:
                await handler(payload)

        JOBS[seen.name] = Job(seen.name, note, attempts)
        names.append(seen.name)
        return seen

    yield make
    for name in names:
        JOBS.pop(name, None)
        SCHEDULES.pop(name, None)
