"""What a page asks of the database: its statements, written down while it is answered once."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from asyncpg.connection import LoggedQuery
from litestar.types import ASGIApp

from portal.tenancy.database import DB


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement and its values as PostgreSQL reads them from text; None is null."""

    query: str
    values: tuple[str | None, ...]


@asynccontextmanager
async def recorded() -> AsyncIterator[list[Statement]]:
    """Everything that is asked inside the block, in order. The database must be open with a single connection."""
    written: list[Statement] = []

    def write(logged: LoggedQuery) -> None:
        if logged.exception is None:
            written.append(Statement(logged.query, tuple(map(_text, logged.args or ()))))

    assert DB.pool is not None
    async with DB.pool.acquire() as held:
        held.add_query_logger(write)
    yield written
    async with DB.pool.acquire() as held:
        held.remove_query_logger(write)


async def answer_once(app: ASGIApp, path: str, headers: Sequence[tuple[str, str]]) -> int:
    """Have the application answer one GET in this process; gives the status."""
    status = 0
    place, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": place,
        "raw_path": place.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    await app(scope, receive, send)  # type: ignore[arg-type]
    return status


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, timedelta):
        return f"{value.total_seconds()} seconds"
    if isinstance(value, list | tuple):
        return "{" + ",".join(_element(part) for part in value) + "}"
    return str(value)


def _element(value: object) -> str:
    text = _text(value)
    return "null" if text is None else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
