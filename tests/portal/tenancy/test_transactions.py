"""Transactions: whose data they see, what they leave behind, and that a pool survives what goes wrong in them."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from cases.tables import Client
from portal.backends.postgres import database_url, drop_database
from portal.identity import new_id
from portal.settings import Settings
from portal.tenancy import database as tenancy
from portal.tenancy.database import (
    NOBODY,
    Database,
    DatabaseTooOld,
    OutsideTransaction,
    Scope,
    as_job,
    check_constraints,
    savepoint,
    sql,
    sql_one,
    sql_value,
    transaction,
)
from tests.conftest import own_database
from tests.people import Cast

SETTINGS = ("app.scope", "app.agency_id", "app.client_id", "app.case_id", "app.user_id")
FULL = Scope("staff", new_id(), new_id(), new_id(), new_id())


async def left_behind(url: str) -> dict[str, str]:
    """What a transaction leaves on its connection for whoever comes next."""
    own = Database()
    await own.open(url, pool_size=1)
    try:
        async with own.transaction() as unit:
            ids = (FULL.agency_id, FULL.client_id, FULL.case_id, FULL.user_id)
            await unit.connection.execute(tenancy.SET_SCOPE, FULL.kind, *map(str, ids))
        assert own.pool is not None
        async with own.pool.acquire() as connection:
            found = {name: await connection.fetchval("select current_setting($1, true)", name) for name in SETTINGS}
        return {name: value for name, value in found.items() if value}
    finally:
        await own.close()


async def test_the_next_transaction_on_a_connection_inherits_nothing(database: Settings) -> None:
    assert await left_behind(database.database_url) == {}


async def test_settings_of_the_session_would_be_seen(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenancy, "SET_SCOPE", tenancy.SET_SCOPE.replace("true", "false"))
    assert set(await left_behind(database.database_url)) == set(SETTINGS)


async def test_every_transaction_counts_in_utc(database: Settings) -> None:
    own = Database()
    await own.open(database.database_url, pool_size=1)
    try:
        for _ in range(2):
            async with own.transaction() as unit:
                assert await unit.connection.fetchval("show timezone") == "UTC"
    finally:
        await own.close()


async def test_a_query_outside_a_transaction_raises() -> None:
    for attempt in (lambda: Client.select().run(), lambda: Client.raw("select 1").run()):
        with pytest.raises(OutsideTransaction):
            await attempt()
    for ask in (sql, sql_one, sql_value):
        with pytest.raises(OutsideTransaction):
            await ask("select 1")


async def test_a_reading_transaction_cannot_write(cast: Cast) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with transaction(cast.owner.actor.scope, read_only=True):
            await sql("update agencies set name = 'x'")


async def test_transactions_do_not_nest(cast: Cast) -> None:
    async with transaction(NOBODY):
        with pytest.raises(Exception, match=r"(?i)transaction"):
            async with transaction(cast.owner.actor.scope):
                pass


async def test_a_savepoint_fails_alone(cast: Cast) -> None:
    async with transaction(cast.owner.actor.scope):
        with pytest.raises(asyncpg.DivisionByZeroError):
            async with savepoint():
                await sql("select 1 / 0")
        assert await sql_value("select 1") == 1


async def test_an_older_server_is_refused(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        asyncpg.Connection, "get_server_version", lambda self: asyncpg.types.ServerVersion(17, 2, 0, "final", 0)
    )
    own = Database()
    with pytest.raises(DatabaseTooOld, match="17"):
        await own.open(database.database_url, pool_size=1)
    assert own.pool is None


# A commit that fails


@pytest.fixture
async def grudging(database: Settings) -> AsyncIterator[Database]:
    """A pool of two on a database that refuses every commit of a new row of ``grudges``."""
    assert database.database_owner_url is not None
    name = f"portal_grudging_{secrets.token_hex(4)}"
    await own_database(database, name)
    connection = await asyncpg.connect(database_url(database.database_owner_url, name))
    await connection.execute(
        """
        create table grudges (id int);
        grant insert on grudges to portal_app;
        create function grudge() returns trigger language plpgsql as $$ begin raise exception 'not like this'; end $$;
        create constraint trigger grudge after insert on grudges deferrable initially deferred
            for each row execute function grudge();
        """
    )
    await connection.close()
    own = Database()
    await own.open(database_url(database.database_url, name), pool_size=2)
    yield own
    await own.close()
    await drop_database(database.database_owner_url, name)


async def test_two_failed_commits_for_each_slot_leave_the_pool_whole(grudging: Database) -> None:
    for _ in range(4):
        with pytest.raises(asyncpg.RaiseError, match="not like this"):
            async with grudging.transaction() as unit:
                await unit.connection.execute("insert into grudges values (1)")
    async with asyncio.timeout(10), grudging.transaction() as first:
        assert await first.connection.fetchval("select 1") == 1
    assert grudging.pool is not None
    assert grudging.pool.get_idle_size() == grudging.pool.get_size()


async def test_constraints_can_be_asked_before_the_commit(grudging: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenancy, "DB", grudging)
    with pytest.raises(asyncpg.RaiseError, match="not like this"):
        async with grudging.transaction() as unit:
            await unit.connection.execute("insert into grudges values (1)")
            await check_constraints()
            pytest.fail("the constraint was not checked")


async def test_a_cancelled_transaction_gives_its_connection_back(grudging: Database) -> None:
    async def hang() -> None:
        async with grudging.transaction() as unit:
            await unit.connection.execute("select pg_sleep(30)")

    for _ in range(4):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await hang()
    async with asyncio.timeout(10), grudging.transaction() as unit:
        assert await unit.connection.fetchval("select 1") == 1


# Who sees nothing

SEEN = """
select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind = 'r' and has_table_privilege(c.oid, 'select') order by relname
"""


async def visible(scope: Scope) -> dict[str, int]:
    """How many rows of each table a scope sees; tables of which it sees none are left out."""
    async with transaction(scope, read_only=True):
        tables = [row["relname"] for row in await sql(SEEN)]
        assert len(tables) > 25
        counts = {table: await sql_value(f'select count(*) from "{table}"') for table in tables}
    return {table: count for table, count in counts.items() if count}


@pytest.mark.parametrize("kind", ["", "admin", "STAFF", "operator", "postgres"])
async def test_without_a_scope_that_is_known_there_is_no_row(cast: Cast, kind: str) -> None:
    assert await visible(Scope(kind)) == {}
    assert await visible(Scope(kind, cast.nordkai.id, cast.brandt.id)) == {}


@pytest.mark.parametrize("kind", ["staff", "job", "client", "debtor"])
async def test_without_an_agency_there_is_no_row(cast: Cast, kind: str) -> None:
    assert await visible(Scope(kind, client_id=cast.brandt.id, case_id=new_id())) == {}


@pytest.mark.parametrize("kind", ["client", "debtor"])
async def test_a_client_or_debtor_without_an_id_sees_the_agencys_name_at_most(cast: Cast, kind: str) -> None:
    assert set(await visible(Scope(kind, cast.nordkai.id))) <= {"agencies"}


async def test_an_agency_that_never_was_sees_nothing(cast: Cast) -> None:
    assert await visible(as_job(UUID(int=1))) == {}
