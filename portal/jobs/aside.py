"""Setting jobs aside: a program that lives in another time, as the sample data does, runs by itself what it asks for.

In the queue a worker would pick these jobs up at once, by today's clock. Set aside, nobody else ever sees them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from portal.jobs.registry import JOBS


@dataclass(frozen=True, slots=True)
class Asked:
    """A job that was asked for."""

    name: str
    payload: dict[str, str]

    async def run(self) -> None:
        """Do it now, outside a transaction. Raises what its handler raises."""
        await JOBS[self.name].handler(self.payload)


@dataclass
class Aside:
    """The jobs set aside, in the order in which they were asked for."""

    waiting: list[Asked] = field(default_factory=list)

    def take(self) -> list[Asked]:
        """What waits; afterwards nothing does."""
        taken, self.waiting = self.waiting, []
        return taken


_aside: ContextVar[Aside | None] = ContextVar("aside", default=None)


@contextmanager
def set_aside() -> Iterator[Aside]:
    """Within the block `enqueue` puts nothing in the queue. Only for what commits, or fails as a whole."""
    aside = Aside()
    token = _aside.set(aside)
    try:
        yield aside
    finally:
        _aside.reset(token)


def taken_aside(name: str, payload: Mapping[str, str | UUID]) -> bool:
    """Whether a job was set aside instead of being put in the queue."""
    aside = _aside.get()
    if aside is None:
        return False
    aside.waiting.append(Asked(name, {key: str(value) for key, value in payload.items()}))
    return True
