from collections.abc import Callable, Iterator, Mapping
from uuid import uuid4

import pytest

from portal.jobs.registry import JOBS, SCHEDULES, Handler, Job


@pytest.fixture(autouse=True)
def alone_in_the_queue(empty_queue: None) -> None:
    """These tests look at the whole queue."""


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
