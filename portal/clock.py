"""The portal's clock. Domain functions are given the time; this is where requests and jobs read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_fixed: list[datetime] = []
_held: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _held.get() or (_fixed[-1] if _fixed else datetime.now(UTC))


def today(time_zone: str) -> date:
    """The date it is now in an IANA time zone."""
    return now().astimezone(ZoneInfo(time_zone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at an aware moment: tests and the sample data pass time instead of waiting for it.

    A server under test answers in other tasks, which a ContextVar would not reach: those see the moment that was held
    last. Blocks of tasks that run beside each other may end in any order.
    """
    moment = moment.astimezone(UTC)
    _fixed.append(moment)
    token = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(token)
        del _fixed[next(place for place, one in enumerate(_fixed) if one is moment)]
