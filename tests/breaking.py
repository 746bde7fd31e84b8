"""What breaks on the way, at the socket: a database that hangs up in the middle, storage and mail that are not there.

Nothing of ours is replaced: the server ends the connection of who waits for a lock, and the addresses lead to a port on
which nobody listens, or to somebody who never answers.
"""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import asyncpg

from portal.app import configure
from portal.settings import Settings

T = TypeVar("T")

WAITING = """
select pg_terminate_backend(pid) from pg_locks
where database = (select oid from pg_database where datname = current_database())
  and relation = $1::text::regclass and not granted
"""


async def hung_up_on(settings: Settings, work: Awaitable[T], table: str = "audit_events") -> T:
    """Do something, and lose the connection of the database in the middle: whoever comes to a table is hung up on."""
    holds = await asyncpg.connect(settings.database_owner_url)
    ends = await asyncpg.connect(settings.database_url)  # a role may end its own connections, and no others
    try:
        async with holds.transaction():
            await holds.execute(f"lock table {table} in access exclusive mode")
            task = asyncio.ensure_future(work)
            while not task.done():
                await ends.fetch(WAITING, table)
                await asyncio.sleep(0.005)
        return await task
    finally:
        await holds.close()
        await ends.close()


@contextmanager
def nobody_there(settings: Settings) -> Iterator[None]:
    """Storage and mail server are down: their ports are closed."""
    with socket.socket() as taken:
        # Bound and not listened on: nobody else gets the port, and who calls is refused.
        taken.bind(("127.0.0.1", 0))
        with _elsewhere(settings, taken.getsockname()[1]):
            yield


@asynccontextmanager
async def nobody_answers(settings: Settings) -> AsyncIterator[None]:
    """Storage and mail server take every call, and say nothing."""

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silent.append(writer)

    silent: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    try:
        with _elsewhere(settings, server.sockets[0].getsockname()[1]):
            yield
    finally:
        for writer in silent:
            writer.close()
        server.close()


@contextmanager
def _elsewhere(settings: Settings, port: int) -> Iterator[None]:
    away = {"s3_endpoint": f"http://127.0.0.1:{port}", "smtp_url": f"smtp://127.0.0.1:{port}"}
    configure(dataclasses.replace(settings, **away))
    try:
        yield
    finally:
        configure(settings)
