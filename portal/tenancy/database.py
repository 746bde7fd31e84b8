"""The one door to the database: a transaction that knows whose data it may see.

Row-level security reads five settings that are local to the transaction (``app.agency_id``, ``app.scope``,
``app.client_id``, ``app.case_id``, ``app.user_id``); a :class:`Scope` carries them. Outside a transaction nothing
can be asked.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from portal.errors import Unanswered


class OutsideTransaction(RuntimeError):
    """A query was made where no transaction says whose data it may see."""


class DatabaseLost(Unanswered, ConnectionError):
    """The database does not answer, or the connection broke and took the transaction with it: nothing of it was kept,
    unless it broke in the very moment of the commit.
    """


class DatabaseTooOld(RuntimeError):
    """The server is older than PostgreSQL 18."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a transaction may see. ``kind`` is staff, client, debtor or job; empty means nobody, who sees no row."""

    kind: str = ""
    agency_id: UUID | None = None
    client_id: UUID | None = None
    case_id: UUID | None = None
    user_id: UUID | None = None


NOBODY = Scope()
"""Before anyone is known: only the functions made for that moment answer."""


def as_job(agency_id: UUID) -> Scope:
    """The scope of a background job of one agency."""
    return Scope(kind="job", agency_id=agency_id)


SET_SCOPE = """
select set_config('app.scope', $1, true), set_config('app.agency_id', $2, true), set_config('app.client_id', $3, true),
       set_config('app.case_id', $4, true), set_config('app.user_id', $5, true)
"""


GONE = (OSError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, asyncpg.InterfaceError)
"""What asyncpg raises once the server has hung up, besides errors of other causes."""


class SafeTransaction(PostgresTransaction):
    """Piccolo's transaction, except that a failed commit or rollback gives the connection back as well, and that a
    lost connection is told as `DatabaseLost`, whatever it was used for at that moment.
    """

    __slots__ = ("read_only", "savepoints", "scope")

    read_only: bool
    scope: Scope
    savepoints: int
    """Within how many it is at the moment."""

    async def begin_on(self) -> None:
        """Take a connection and begin on it.

        Raises:
            DatabaseLost: there is none to be had.
        """
        try:
            self.connection = await self.get_connection()  # type: ignore[no-untyped-call]
        except (*GONE, asyncpg.TooManyConnectionsError) as error:
            raise DatabaseLost(type(error).__name__) from error
        try:
            self.transaction = self.connection.transaction(readonly=getattr(self, "read_only", False))
            await self.begin()  # type: ignore[no-untyped-call]
        except BaseException as error:
            lost = isinstance(error, GONE) and self._is_lost()
            await self.give_back()
            if lost:
                raise DatabaseLost(type(error).__name__) from error
            raise

    async def __aenter__(self) -> PostgresTransaction:
        await self.begin_on()
        self.savepoints = 0
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type: Any, exception: Any, traceback: Any) -> bool:
        try:
            if exception is not None:
                if not self._rolled_back:
                    await self.rollback()  # type: ignore[no-untyped-call]
            elif not self._committed and not self._rolled_back:
                await self.commit()  # type: ignore[no-untyped-call]
        except GONE as error:
            if not self._is_lost():
                raise
            raise DatabaseLost(type(exception or error).__name__) from (exception or error)
        finally:
            self.engine.current_transaction.reset(self.context)
            await self.give_back()
        return exception is None

    def _is_lost(self) -> bool:
        try:
            return bool(self.connection.is_closed())
        except asyncpg.InterfaceError:  # the pool has taken it back already, as it does when one breaks
            return True

    async def give_back(self) -> None:
        """Let somebody else have the connection."""
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


class Database(PostgresEngine):
    """The engine of all tables. Unset until :meth:`open`; then only transactions may ask it anything."""

    def __init__(self) -> None:
        self.guarded = True
        super().__init__(config={})

    async def check_version(self) -> None:
        """Nothing is asked while modules are imported; :meth:`open` checks the version."""

    async def prep_database(self) -> None:
        """No extension is created by the application."""

    async def open(self, url: str, *, pool_size: int = 10, statement_cache: int = 256) -> None:
        """Connect as the application role.

        Raises:
            DatabaseTooOld: the server is older than PostgreSQL 18.
        """
        self.config = {"dsn": url}
        await self.start_connection_pool(
            min_size=1,
            max_size=pool_size,
            reset=_nothing_to_reset,
            server_settings={"timezone": "UTC"},
            statement_cache_size=statement_cache,
        )
        assert self.pool is not None
        async with self.pool.acquire() as connection:
            version = connection.get_server_version()
        if version.major < 18:
            await self.close()
            raise DatabaseTooOld(f"PostgreSQL {version.major} is too old: the portal needs PostgreSQL 18 or newer.")

    async def close(self) -> None:
        """Give back every connection."""
        if self.pool:
            await self.close_connection_pool()

    async def _run_in_pool(self, query: str, args: Any = None) -> Any:
        if self.guarded:
            raise OutsideTransaction(query)
        return await super()._run_in_pool(query, args)

    async def _run_in_new_connection(self, query: str, args: Any = None) -> Any:
        if self.guarded:
            raise OutsideTransaction(query)
        return await super()._run_in_new_connection(query, args)

    def transaction(self, allow_nested: bool = False) -> PostgresTransaction:
        """Piccolo's own entrance: guarded like ours, and seeing nothing, since no scope is set."""
        return SafeTransaction(engine=self, allow_nested=allow_nested)


async def _nothing_to_reset(_: asyncpg.Connection) -> None:
    """Whatever is set, locked or declared ends with its transaction, so that the pool need not ask for it each time.

    A transaction that is still open the pool rolls back all the same.
    """


DB = Database()


@asynccontextmanager
async def transaction(scope: Scope, *, read_only: bool = False) -> AsyncIterator[None]:
    """One transaction in ``scope``. Commits at the end, rolls back on an exception; does not nest."""
    unit = SafeTransaction(engine=DB, allow_nested=False)
    unit.read_only = read_only
    async with unit:
        await enter(scope)
        yield


async def enter(scope: Scope) -> None:
    """Give the running transaction a scope."""
    if (current := DB.current_transaction.get()) is not None:
        cast(SafeTransaction, current).scope = scope
    ids = (scope.agency_id, scope.client_id, scope.case_id, scope.user_id)
    await connection().execute(SET_SCOPE, scope.kind, *("" if value is None else str(value) for value in ids))


@asynccontextmanager
async def without_connection() -> AsyncIterator[None]:
    """Give the connection back while something else is waited for, such as the storage, which may say nothing for long.

    Afterwards the transaction goes on in its scope, and sees what others did meanwhile. One that has written or locked
    something, or is within a savepoint, keeps its connection, since it ends as one.

    Raises:
        DatabaseLost: afterwards there is no connection to be had.
    """
    unit = cast(SafeTransaction, DB.current_transaction.get())
    if unit.savepoints or await sql_value("select pg_current_xact_id_if_assigned()") is not None:
        yield
        return
    await unit.transaction.commit()
    await unit.give_back()
    try:
        yield
    finally:
        await unit.begin_on()
        await enter(unit.scope)


def connection() -> PoolConnectionProxy:
    """The asyncpg connection of the running transaction.

    Raises:
        OutsideTransaction: there is none.
    """
    current = DB.current_transaction.get()
    if current is None:
        raise OutsideTransaction("no transaction is open")
    return cast(PoolConnectionProxy, current.connection)


async def sql(query: str, *args: object) -> list[asyncpg.Record]:
    """Rows of a query written in SQL."""
    return await connection().fetch(query, *args)


async def sql_one(query: str, *args: object) -> asyncpg.Record | None:
    """The first row, or None."""
    return await connection().fetchrow(query, *args)


async def sql_value(query: str, *args: object) -> Any:
    """The first column of the first row."""
    return await connection().fetchval(query, *args)


@asynccontextmanager
async def savepoint() -> AsyncIterator[None]:
    """A part of the transaction that may fail alone."""
    unit = cast(SafeTransaction, DB.current_transaction.get())
    async with connection().transaction():
        unit.savepoints += 1
        try:
            yield
        finally:
            unit.savepoints -= 1


async def check_constraints() -> None:
    """Check deferred constraints now, while an error can still become an answer."""
    await connection().execute("set constraints all immediate")
