"""Whether the portal can work: its database, its storage and its queue answer.

Anybody may ask, so that the answer names the parts and nothing about them.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get

from portal.storage import store
from portal.tenancy.database import NOBODY, sql_value, transaction

PATIENCE_SECONDS = 3.0
FRESH_SECONDS = 1.0
"""So long an answer holds, so that asking often costs the parts nothing."""


async def _database() -> bool:
    async with transaction(NOBODY, read_only=True):
        return bool(await sql_value("select 1") == 1)


async def _queue() -> bool:
    async with transaction(NOBODY, read_only=True):
        return bool(await sql_value("select count(*) >= 0 from (select from queue.pgqueuer limit 1) one"))


PARTS: dict[str, Callable[[], Awaitable[bool]]] = {"database": _database, "storage": store.answers, "queue": _queue}

_latest: tuple[float, dict[str, bool]] | None = None
_asking = asyncio.Lock()


async def parts() -> dict[str, bool]:
    """Which parts answer, now or a moment ago."""
    global _latest  # noqa: PLW0603 - one answer for all who ask at once
    async with _asking:
        if _latest is None or time.monotonic() - _latest[0] > FRESH_SECONDS:
            answers = await asyncio.gather(*(_ask(part) for part in PARTS.values()))
            _latest = (time.monotonic(), dict(zip(PARTS, answers, strict=True)))
        return _latest[1]


async def _ask(part: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await part()
    except Exception:  # whatever is wrong with it, it does not answer
        return False


@get("/health", opt={"public": True, "outside": True})
async def health() -> Response[dict[str, Any]]:
    """200 when everything answers, else 503 naming what does not."""
    found = await parts()
    ok = all(found.values())
    told = {"ok": ok, "parts": {name: "ok" if answered else "no answer" for name, answered in found.items()}}
    return Response(told, status_code=200 if ok else 503)


ROUTES: list[Any] = [health]
