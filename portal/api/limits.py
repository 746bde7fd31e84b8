"""How often a key may call. Counted in the database, so that the limit holds over all processes.

The count is read before a call and raised after it, in a short transaction of its own: a call that is refused counts
as well, and no row is locked while a call is answered. Calls at the very same moment may pass the limit by a few.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from litestar import Request, Response

from portal import clock
from portal.pages.faults import problem
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value
from portal.tenancy.request import outlive

WINDOW = timedelta(minutes=1)
CALLS = 600
"""Calls of one key in one window."""


async def count_call(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """Count this call of a key; an answer in place of the handler's when there were too many (429)."""
    actor = cast("Actor | None", request.scope.get("actor"))
    if actor is None or actor.kind != "api_key":
        return None
    now = clock.now()
    began = now.replace(second=0, microsecond=0)
    outlive(request.scope, partial(_count, began, now))
    if await sql_value("select calls_of_key($1)", began) < CALLS:
        return None
    seconds = int((began + WINDOW - now).total_seconds()) + 1
    answer = problem(429, "Too many calls", code="rate_limited", detail=f"At most {CALLS} calls a minute.")
    answer.headers["Retry-After"] = str(seconds)
    return answer


async def _count(began: datetime, now: datetime) -> None:
    await sql("select count_call_of_key($1, $2)", began, now)
