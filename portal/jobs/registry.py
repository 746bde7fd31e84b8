"""Which handler does which job, what is due by the calendar, and what never stops."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from croniter import croniter

Payload = Mapping[str, str]
Handler = Callable[[Payload], Awaitable[None]]
Turn = Callable[[], Awaitable[None]]

ATTEMPTS = 8
"""A job is tried so often, over about two hours, before it is kept as failed; one that only waits for storage or mail
server to answer is tried each hour until they do."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of job."""

    name: str
    handler: Handler
    attempts: int

    def pause(self, failures: int) -> timedelta | None:
        """How long to wait after the job has failed so often; None when it is given up."""
        if failures >= self.attempts:
            return None
        multiple: int = 3 ** (failures - 1)
        return min(FIRST_PAUSE * multiple, LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class Steady:
    """Something a worker does over and over while it runs."""

    name: str
    turn: Turn
    pause: timedelta


JOBS: dict[str, Job] = {}
SCHEDULES: dict[str, str] = {}
"""Name of a job: the cron expression, in UTC, by which it is due."""
STEADY: dict[str, Steady] = {}


def job(name: str, *, attempts: int = ATTEMPTS) -> Callable[[Handler], Handler]:
    """Register the handler of a job. Names read as ``topic.verb``."""

    def register(handler: Handler) -> Handler:
        _claim(name)
        JOBS[name] = Job(name, handler, attempts)
        return handler

    return register


def every(name: str, cron: str, *, attempts: int = ATTEMPTS) -> Callable[[Handler], Handler]:
    """Register a job that is enqueued by itself whenever ``cron`` (five fields, UTC) is due; its payload is empty.

    However many workers run, it is enqueued once each time; what was missed while none ran is made up for once.
    """
    if not croniter.is_valid(cron):
        raise ValueError(f"{name}: {cron!r} is not a cron expression")

    def register(handler: Handler) -> Handler:
        SCHEDULES[name] = cron
        return job(name, attempts=attempts)(handler)

    return register


def steadily(name: str, *, pause: timedelta = timedelta(seconds=1)) -> Callable[[Turn], Turn]:
    """Register something that each worker does again and again, with ``pause`` between two turns."""

    def register(turn: Turn) -> Turn:
        _claim(name)
        STEADY[name] = Steady(name, turn, pause)
        return turn

    return register


def _claim(name: str) -> None:
    if name in JOBS or name in STEADY:
        raise ValueError(f"two handlers are called {name}")
