"""What every test can ask for: real servers, a database of its own worker, and the cast."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import io
import logging
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest
import uvloop
from aiosmtpd.smtp import SMTP
from hypothesis import HealthCheck
from hypothesis import settings as examples

from portal.app import configure, create_app
from portal.backends.postgres import create_database, database_url, drop_database
from portal.backends.servers import shared_servers
from portal.mail import postbox
from portal.settings import Settings
from portal.tenancy.database import DB, NOBODY, sql, transaction
from portal.tenancy.migrate import ROOT, files, migrate
from tests.letterbox import Letterbox
from tests.people import Cast, Person, Visit, found

# A test says what is right, never how fast: other work on the machine must not decide it.
examples.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("portal")


LONGEST = (
    "browser", "test_sample.py", "bench", "backends", "test_real_receivables.py", "test_large_file.py",
    "test_fault_histories.py", "test_cli.py", "test_route_matrix.py",
)  # fmt: skip
"""Folders and files whose tests take longest, in the order in which they begin."""


@pytest.hookimpl(trylast=True)
def pytest_addoption(parser: pytest.Parser) -> None:
    """How many seeded histories of faults are lived through."""
    parser.addoption("--histories", type=int, default=300, help="Histories of faults with card payments. Default 300.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In any order, but the longest first, so that all workers end together; those of the browser share a portal."""
    places = {path: _place(path) for path in {item.path for item in items}}
    items.sort(key=lambda item: places[item.path])


def _place(path: Path) -> int:
    """When the tests of a file begin, see LONGEST."""
    parts = set(path.parts)
    return next((place for place, name in enumerate(LONGEST) if name in parts), len(LONGEST))


def pytest_xdist_auto_num_workers() -> int:
    """Half as many workers again as there are cores: a test waits for servers and browsers as long as it works."""
    return (os.cpu_count() or 1) * 3 // 2


@pytest.fixture(scope="session")
def _asyncio_loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Tests run in the loop that the web server runs in, which also takes less work for each query.

    The plugin's hook for this chooses a loop for each test that is a coroutine, and for no other: every plain function
    among them would end the session's fixtures, because it asks for them with another loop.
    """
    return uvloop.new_event_loop


@pytest.fixture(scope="session")
def servers() -> Iterator[Settings]:
    """PostgreSQL, object storage and mail, started once and shared by all workers and runs of this checkout."""
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    folder = Path(tempfile.gettempdir()) / f"portal-tests-{os.getuid()}-{checkout}"
    with shared_servers(folder, names=("storage", "postgres", "mail")) as settings:
        yield settings


def _template_name() -> str:
    """One template per state of the tables and guarantees, so that a change makes a new one."""
    digest = hashlib.sha256()
    for path in [*files(), *sorted(ROOT.glob("*/piccolo_migrations/*.py")), ROOT / "portal/tenancy/migrate.py"]:
        digest.update(path.read_bytes())
    return f"portal_template_{digest.hexdigest()[:12]}"


async def own_database(settings: Settings, name: str) -> None:
    owner = settings.database_owner_url or settings.database_url
    template = _template_name()
    connection = await asyncpg.connect(database_url(owner, "postgres"))
    try:
        # One worker migrates the template; the others wait for it and copy it one after the other.
        await connection.execute("select pg_advisory_lock(hashtext('portal test template'))")
        if not await connection.fetchval("select 1 from pg_database where datname = $1", template):
            await create_database(owner, template + "_new")
            await migrate(database_url(owner, template + "_new"))
            await connection.execute(f'alter database "{template}_new" rename to "{template}"')
        await drop_database(owner, name)
        await create_database(owner, name, template=template)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def settings(servers: Settings) -> Iterator[Settings]:
    """The settings of this worker: its own copy of a migrated database."""
    name = f"portal_test_{secrets.token_hex(4)}"
    asyncio.run(own_database(servers, name))
    yield dataclasses.replace(
        servers,
        database_url=database_url(servers.database_url, name),
        database_owner_url=database_url(servers.database_owner_url or "", name),
    )
    asyncio.run(drop_database(servers.database_owner_url or "", name))


@pytest.fixture(scope="session")
async def database(settings: Settings) -> AsyncIterator[Settings]:
    """The application's database, opened as the application's role; storage, mail and scanner are known as well."""
    await DB.open(settings.database_url, pool_size=10)
    configure(settings)
    yield settings
    await DB.close()


@pytest.fixture(scope="session")
async def owner_pool(database: Settings) -> AsyncIterator[asyncpg.Pool]:
    """Connections past every policy (the server's superuser is not needed: a role that may bypass them)."""

    async def past_policies(connection: asyncpg.Connection) -> None:
        await connection.execute("set role portal_definer")

    async def stay(connection: asyncpg.Connection) -> None:
        """Nearly every test takes a connection twice or more: none of them leaves anything set."""

    url = database.database_owner_url
    async with asyncpg.create_pool(url, min_size=1, max_size=3, init=past_policies, reset=stay) as pool:
        yield pool


@pytest.fixture
async def owner(owner_pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees every row, to look behind the scenes."""
    async with owner_pool.acquire() as connection:
        yield connection


@pytest.fixture
async def empty_queue(database: Settings) -> None:
    """No job of an earlier test waits any more: whoever works the queue off does only what this test asked for."""
    async with transaction(NOBODY):
        await sql("with jobs as (delete from queue.pgqueuer) delete from queue.pgqueuer_schedules")


@pytest.fixture
async def cast(owner_pool: asyncpg.Pool, empty_queue: None) -> Cast:
    """Two fresh agencies with their people, clients and an outsider: nobody else's rows or jobs get in the way."""
    async with owner_pool.acquire() as connection:
        return await found(connection)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[object, str], io.StringIO]:
    """``log = told(module, "LOG")``: what that module logs, whatever other tests have made of the process's logging."""

    def listen(module: object, name: str) -> io.StringIO:
        written = io.StringIO()
        logger = logging.Logger("told", logging.DEBUG)
        logger.addHandler(logging.StreamHandler(written))
        monkeypatch.setattr(module, name, logger)
        return written

    return listen


@pytest.fixture
async def letterbox(database: Settings) -> AsyncIterator[Letterbox]:
    """A mail server of this test alone, to which the portal gives its mail meanwhile."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    box = Letterbox(dataclasses.replace(database, smtp_url=f"smtp://127.0.0.1:{port}"))
    postbox.configure(box.settings)
    yield box
    postbox.configure(database)
    server.close()


@pytest.fixture(scope="session")
def app(database: Settings) -> object:
    """The application over this worker's database, made once: it holds no state of any request."""
    return create_app(database, open_database=False)


@pytest.fixture
async def visit(app: object, database: Settings, owner_pool: asyncpg.Pool) -> AsyncIterator[Visit]:
    """``client = await visit(person)``: an HTTP client signed in as that person; ``await visit()`` is signed out."""
    clients: list[httpx.AsyncClient] = []

    async def come(person: Person | None = None, *, key: str | None = None) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
            base_url=database.base_url,
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
        )
        if person is not None:
            async with owner_pool.acquire() as connection:
                client.cookies.set("session", await person.signed_in(connection))
        if key is not None:
            client.headers["Authorization"] = f"Bearer {key}"
        clients.append(client)
        return client

    yield come
    for client in clients:
        await client.aclose()
