"""The command `portal`: what the operator types. Each command finds its servers, calls one function and prints.

Modules are imported inside the commands, so that `portal --help` is quick and `portal up` stays small.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from portal.settings import Settings

T = TypeVar("T")


class Commands(click.Group):
    """Turns what is expected to go wrong into one line and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        from portal.backends.processes import BackendError
        from portal.settings import SettingsError
        from portal.storage.bucket import BucketUnfit

        try:
            return super().invoke(ctx)
        except (SettingsError, BackendError, BucketUnfit) as error:
            raise click.ClickException(str(error)) from None
        except Exception as error:
            line = _expected(error)
            if line is None:
                raise
            raise click.ClickException(line) from None


def _expected(error: Exception) -> str | None:
    """The line for an error that the trade or the database announces; None for one that is ours to repair."""
    import asyncpg

    from portal.errors import Forbidden, NotFound, Refused
    from portal.tenancy.database import DatabaseTooOld
    from portal.tenancy.migrate import MigrationRefused

    if isinstance(error, (Refused, NotFound, Forbidden, DatabaseTooOld, MigrationRefused)):
        return _one_line(error) or type(error).__name__
    if isinstance(error, asyncpg.UndefinedTableError):
        return "the database is not up to date: run `portal migrate` first"
    if isinstance(error, (asyncpg.PostgresConnectionError, asyncpg.InvalidAuthorizationSpecificationError)):
        return f"the database does not let us in: {_one_line(error)}"
    return None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


json_option = click.option("--json", "as_json", is_flag=True, help="Print for machines.")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="debt-portal", prog_name="portal")
def main() -> None:
    """Run and look after the debt-collection portal.

    Settings are environment variables; docs/operations.md lists them. Commands use the servers that the environment
    names, else those of a running `portal up`, else they start their own for as long as they last.
    """


# Running


@main.command()
def up() -> None:
    """Start everything on this machine: database, storage, mail catcher, web server, worker. Ctrl-C stops it."""
    from rich.console import Console

    from portal.backends.supervisor import up as run_everything

    run_everything(os.environ, Console(highlight=False))


@main.command()
def serve() -> None:
    """Run the web server against the database and storage that the environment names."""
    settings = _external_settings()
    from portal.app import create_app
    from portal.serving import serve as run_server

    run_server(settings, create_app)


@main.command()
def worker() -> None:
    """Run background jobs against the database and storage that the environment names."""
    settings = _external_settings()
    from portal.backends.postgres import require_postgres
    from portal.jobs.worker import run

    importlib.import_module("portal.app").configure(settings)  # and with it every package registers its jobs
    asyncio.run(require_postgres(settings.database_url, "PORTAL_DATABASE_URL"))
    with _quiet_interrupt():
        asyncio.run(run(settings))


@main.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring the database up to date, as the owner of its tables, and create the bucket when it is missing."""
    from portal.backends.postgres import require_postgres
    from portal.storage.bucket import ensure_storage
    from portal.tenancy.migrate import migrate as bring_up_to_date

    with _servers() as settings:
        asyncio.run(require_postgres(settings.owner_url, "PORTAL_DATABASE_OWNER_URL"))
        asyncio.run(bring_up_to_date(settings.owner_url))
        ensure_storage(settings)
    _print({"ok": True}, as_json, "The database is up to date.")


@main.command("rotate-keys")
@json_option
def rotate_keys(as_json: bool) -> None:
    """Seal every agency's payment keys under the newest of PORTAL_PAYMENT_KEYS; afterwards the older ones may go."""
    from billing.cards.rotating import rotate

    agencies = _in_servers(rotate)
    _print({"agencies": agencies}, as_json, f"Sealed anew for {agencies} agencies.")


# Data and proof


@main.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when there is an agency already.")
@json_option
def sample(if_empty: bool, as_json: bool) -> None:
    """Load two sample agencies with clients and cases; print their logins, and a link to a debtor's page of each."""
    from portal.people.agencies import list_agencies

    with _servers() as settings:
        others = if_empty and any(not agency.is_sample for agency in _in_database(settings, list_agencies))
        load = False
        if not others:
            with _progress("Loading the sample agencies") as progress:
                load = _call("portal.sample", "load", settings, progress=progress)
        agencies = _in_database(settings, list_agencies)
        names = {agency.name for agency in agencies if agency.is_sample}
        doors = _in_database(settings, importlib.import_module("portal.sample.doors").open_doors) if names else []
    listed = importlib.import_module("portal.sample").LOGINS if names else ()
    keys = ("agency", "role", "name", "email", "password")
    logins = [dict(zip(keys, map(str, login), strict=True)) for login in listed if login[0] in names]
    lines = ["The sample is loaded." if load else "Nothing was loaded: there are agencies already."]
    lines += ["  ".join(login.values()) for login in logins]
    debtors = [asdict(door) for door in doors]
    lines += ["  ".join(debtor.values()) for debtor in debtors]
    _print({"loaded": load, "logins": logins, "debtors": debtors}, as_json, "\n".join(lines))


@main.command()
@click.option("--agency", metavar="SLUG", help="Of one agency only.")
@click.option("--documents", default="100", metavar="N|all", help="How many documents to hash again. Default 100.")
@json_option
def verify(agency: str | None, documents: str, as_json: bool) -> None:
    """Prove the ledger, the audit chain, agreements and documents again; exit status 1 and a list when something is wrong."""
    how_many = None if documents == "all" else _whole_number(documents, "--documents")
    importlib.import_module("portal.app")  # every package brings its own proofs
    with _servers() as settings:
        checks = _call("portal.verify", "run", settings, agency=agency, sample_documents=how_many)
    ok = all(check.ok for check in checks)
    lines = [f"{'ok   ' if check.ok else 'WRONG'}  {check.name}: {check.detail}" for check in checks]
    found = [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks]
    _print({"ok": ok, "checks": found}, as_json, "\n".join(lines))
    if not ok:
        raise SystemExit(1)


@main.command()
@click.option("--cases", default=100_000, show_default=True, type=click.IntRange(min=100), help="How many to load.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Default: the checkout's benchmarks.md."
)
@json_option
def bench(cases: int, report: Path | None, as_json: bool) -> None:
    """Measure against the bare database, in a database of its own that is dropped afterwards."""
    docs = Path(__file__).parents[1] / "docs"
    path = report or (docs / "benchmarks.md" if docs.is_dir() else None)
    with _servers() as settings:
        figures = _call("portal.bench", "run", settings, cases=cases, report=path)
    keys = ("figure", "ours", "other", "unit", "ratio", "goal", "holds")
    rows = [{key: getattr(figure, key) for key in keys} for figure in figures]
    if as_json:
        _print(rows, as_json, "")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*(key.capitalize() for key in keys))
    for row in rows:
        table.add_row(*(("yes" if row[key] else "no") if key == "holds" else str(row[key]) for key in keys))
    Console().print(table)


# Agencies, clients, people and keys


@main.group()
def agency() -> None:
    """Agencies: add, list."""


@agency.command("add")
@click.option("--name", required=True, help="The agency's name.")
@click.option("--slug", required=True, help="Short name for addresses and commands: letters, digits, hyphens.")
@click.option("--language", default="en", type=click.Choice(["en", "zh-Hans"]), show_default=True)
@click.option("--time-zone", default="UTC", show_default=True, help="Such as Europe/Berlin.")
@click.option("--currency", default="EUR", show_default=True, help="The agency's base currency.")
@json_option
def agency_add(*, name: str, slug: str, language: str, time_zone: str, currency: str, as_json: bool) -> None:
    """Add an agency."""
    from portal.people.agencies import add_agency

    made = _in_servers(
        lambda: add_agency(slug=slug, name=name, language=language, time_zone=time_zone, base_currency=currency)
    )
    _print({"id": str(made.id), "slug": slug, "name": name}, as_json, f"Added {name}: {made.id}")


@agency.command("connect")
@click.option("--agency", "slug", required=True, help="The agency's short name.")
@click.option("--account", required=True, help="Its account under the platform's Stripe account: acct_…")
@json_option
def agency_connect(*, slug: str, account: str, as_json: bool) -> None:
    """Say which connected account an agency takes cards with. Its owner turns cards on."""
    from billing.cards.settings import connect

    _in_servers(lambda: connect(slug, account))
    _print({"agency": slug, "account": account}, as_json, f"Connected {slug} to {account}.")


@agency.command("list")
@json_option
def agency_list(as_json: bool) -> None:
    """List the agencies."""
    from portal.people.agencies import list_agencies

    agencies = _in_servers(list_agencies)
    rows = [{"id": str(one.id), "slug": one.slug, "name": one.name} for one in agencies]
    _print(rows, as_json, "\n".join("  ".join(row.values()) for row in rows) or "There is no agency yet.")


@main.group()
def client() -> None:
    """Clients of an agency: add, set the account they are paid to."""


@client.command("add")
@click.option("--agency", "agency_slug", required=True, metavar="SLUG", help="The agency's slug.")
@click.option("--name", required=True, help="The client's name.")
@json_option
def client_add(agency_slug: str, name: str, as_json: bool) -> None:
    """Add a client to an agency."""
    from cases.clients import add_client

    made = _in_servers(lambda: add_client(agency=agency_slug, name=name))
    _print({"id": str(made.id)}, as_json, f"Added {name}: {made.id}")


@main.group()
def user() -> None:
    """People who sign in: add."""


@user.command("add")
@click.option("--agency", "agency_slug", required=True, metavar="SLUG", help="The agency's slug.")
@click.option("--client", "client_id", metavar="ID", help="The client, for a client's own people.")
@click.option("--role", required=True, help="owner, manager, negotiator, finance, auditor; admin, submitter, viewer.")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@json_option
def user_add(
    *, agency_slug: str, client_id: str | None, role: str, email: str, name: str, password_stdin: bool, as_json: bool
) -> None:
    """Add a person. Without a password an invitation is printed, by which they choose one."""
    from portal.people.users import add_user

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with _servers() as settings:
        made = _in_database(
            settings,
            lambda: add_user(
                agency=agency_slug, client=client_id, role=role, email=email, name=name, password=password
            ),
        )
        link = None if made.invitation is None else settings.base_url + made.invitation
    said = f"Added {email}." if link is None else f"Added {email}. They choose a password at {link}"
    _print({"id": str(made.id), "invitation": link}, as_json, said)


@main.group("api-key")
def api_key() -> None:
    """Keys for other systems: add."""


@api_key.command("add")
@click.option("--client", "client_id", metavar="ID", help="A key for this client's system.")
@click.option("--agency", "agency_slug", metavar="SLUG", help="A key for this agency's system.")
@click.option("--name", default="", help="What the key is for.")
@json_option
def api_key_add(client_id: str | None, agency_slug: str | None, name: str, as_json: bool) -> None:
    """Make a key. It is shown this once."""
    if (client_id is None) == (agency_slug is None):
        raise click.UsageError("Give --client or --agency, one of the two.")
    from portal.people.api_keys import add_key

    key = _in_servers(lambda: add_key(client=client_id, agency=agency_slug, name=name))
    _print({"key": key}, as_json, key)


# What the commands share


def _external_settings() -> Settings:
    from portal.settings import Settings

    return Settings.from_env(os.environ)


@contextmanager
def _servers() -> Iterator[Settings]:
    from portal.backends.servers import backends

    with backends(os.environ, say=lambda line: click.echo(line, err=True)) as settings:
        yield settings


def _in_servers(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    with _servers() as settings:
        return _in_database(settings, work)


def _in_database(settings: Settings, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run database work of one command, connected as the application."""
    from portal.app import configure  # and with it every package's part in what a command does
    from portal.backends.postgres import require_postgres
    from portal.tenancy.database import DB

    async def run() -> T:
        await require_postgres(settings.database_url, "PORTAL_DATABASE_URL")
        await DB.open(settings.database_url, pool_size=2)
        try:
            configure(settings)
            return await work()
        finally:
            await DB.close()

    return asyncio.run(run())


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar in the terminal; elsewhere a line for each per cent, which `portal up` makes a bar of."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if not console.is_terminal:
        told: set[int] = set()

        def say(done: int, of: int) -> None:
            if of and (percent := done * 100 // of) not in told:
                told.add(percent)
                click.echo(f"{title}: {done} of {of}", err=True)

        yield say
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _call(module: str, function: str, *args: object, **values: object) -> Any:
    """Call a function of a module that is imported only now; a coroutine is run to its end."""
    result = getattr(importlib.import_module(module), function)(*args, **values)
    return asyncio.run(result) if inspect.iscoroutine(result) else result


@contextmanager
def _quiet_interrupt() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        return


def _whole_number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise click.UsageError(f"{name} is a whole number, or all.")
    return int(text)


def _print(value: object, as_json: bool, text: str) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str) if as_json else text)
