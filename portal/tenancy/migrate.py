"""Bringing a database up to date: tables by Piccolo's migrations, the queue, then every guarantee declared anew.

Keys, functions, policies and grants live in ``sql/`` of each package as idempotent files. They are applied again,
in one transaction, whenever one of them has changed: what the database guarantees can be read in one place and
cannot drift from it.
"""

import contextlib
import hashlib
import io
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
from piccolo.apps.migrations.commands.forwards import run_forwards

import portal
from portal.jobs import queue
from portal.tenancy.database import DB

ROOT = Path(portal.__file__).parent.parent
PACKAGES = ("portal", "cases", "billing")
EACH_PROTECTED = """
do $$ declare found regclass;
begin
    for found in select oid from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity order by oid loop
        execute format('alter table %s {} row level security', found);
    end loop;
end $$
"""
PHASES = ("prelude", "keys", "functions", "triggers", "policies", "grants")


class MigrationRefused(RuntimeError):
    """The database cannot be brought up to date, and says what is missing."""


async def migrate(owner_url: str) -> None:
    """Bring the database at ``owner_url`` up to date. Safe to run at any time, by several at once.

    Raises:
        MigrationRefused: the server is too old, or a role is missing that this user may not create.
    """
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute("select pg_advisory_lock(hashtext('portal migrate'))")
        _require_version(connection)
        await _require_roles(connection)
        if await _is_behind(connection):
            async with past_policies(connection):
                await _run_piccolo(owner_url)
        await queue.install(connection)
        await declare(connection)
    finally:
        await connection.close()


def _require_version(connection: asyncpg.Connection) -> None:
    major = connection.get_server_version().major
    if major < 18:
        raise MigrationRefused(f"PostgreSQL {major} is too old: the portal needs PostgreSQL 18 or newer.")


async def _require_roles(connection: asyncpg.Connection) -> None:
    """The application's role, and the one that owns the functions which see across agencies."""
    existing = {row["rolname"] for row in await connection.fetch("select rolname from pg_roles")}
    for role, options in (("portal_definer", "nologin bypassrls"), ("portal_app", "login")):
        if role in existing:
            continue
        try:
            await connection.execute(f"create role {role} {options}")
        except asyncpg.InsufficientPrivilegeError:
            raise MigrationRefused(
                f"The role {role} is missing and this user may not create it. As a superuser: "
                f"create role {role} {options}; grant {role} to current_user;"
            ) from None


async def _is_behind(connection: asyncpg.Connection) -> bool:
    """Whether a migration has not been run here."""
    if await connection.fetchval("select to_regclass('migration')") is None:
        return True
    known = sum(len(list((ROOT / package / "piccolo_migrations").glob(f"{package}_*.py"))) for package in PACKAGES)
    run = await connection.fetchval("select count(*) from migration where app_name = any($1)", list(PACKAGES))
    return bool(run < known)


@contextlib.asynccontextmanager
async def past_policies(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """The owner of the tables sees every row, so that a migration moves what is in them: forced policies bind it as well, and
    it would move nothing without a word. The application is bound as ever.
    """
    await connection.execute(EACH_PROTECTED.format("no force"))
    try:
        yield
    finally:
        await connection.execute(EACH_PROTECTED.format("force"))


async def _run_piccolo(owner_url: str) -> None:
    """Piccolo's own migrations, as the owner and without the guard that binds the application."""
    before = (DB.config, DB.guarded, DB.pool)
    DB.config, DB.guarded, DB.pool = {"dsn": owner_url}, False, None
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            result = await run_forwards("all")
    finally:
        DB.config, DB.guarded, DB.pool = before
    if not result.success:
        raise MigrationRefused(f"The tables could not be migrated: {result.message}\n{printed.getvalue()}")


def files() -> list[Path]:
    """The files that declare the guarantees, in the order in which they are applied."""
    found: list[Path] = []
    for phase in PHASES:
        for package in PACKAGES:
            folder = ROOT / package / "sql"
            found += sorted((folder / phase).glob("*.sql"))
            found += [path for path in [folder / f"{phase}.sql"] if path.exists()]
    return found


async def declare(connection: asyncpg.Connection) -> None:
    """Apply the guarantees, if any of their files changed since the last time."""
    texts = [(path, path.read_text(encoding="utf-8")) for path in files()]
    digest = hashlib.sha256("\0".join(text for _, text in texts).encode()).hexdigest()
    await connection.execute("create table if not exists declared_guarantees (digest text primary key, at timestamptz)")
    latest = await connection.fetchval("select digest from declared_guarantees order by at desc limit 1")
    if latest == digest:
        return
    async with connection.transaction():
        await connection.execute("grant create on schema public to portal_definer")
        for path, text in texts:
            try:
                await connection.execute(text)
            except asyncpg.PostgresError as error:
                raise MigrationRefused(f"{path.relative_to(ROOT)}: {error}") from error
        await connection.execute("revoke create on schema public from portal_definer")
        await connection.execute(
            "insert into declared_guarantees values ($1, clock_timestamp()) on conflict (digest) do update set at = excluded.at",
            digest,
        )
