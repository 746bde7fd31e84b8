"""The portal's clock. Domain functions are given the time; this is where requests and jobs read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_fixed: datetime | None = None
_held: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _held.get() or _fixed or datetime.now(UTC)


def today(time_zone: str) -> date:
    """The date it is now in an IANA time zone."""
    return now().astimezone(ZoneInfo(time_zone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at an aware moment: tests and the sample data pass time instead of waiting for it."""
    global _fixed  # noqa: PLW0603 - a server under test answers in other tasks, which a ContextVar would not reach
    before, _fixed = _fixed, moment.astimezone(UTC)
    token = _held.set(_fixed)
    try:
        yield
    finally:
        _fixed = before
        _held.reset(token)
