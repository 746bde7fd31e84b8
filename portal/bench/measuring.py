"""One run: a database of its own, the cases, each measurement in its order, and the database is gone again."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from portal.app import configure
from portal.backends.postgres import create_database, database_url, drop_database
from portal.backends.processes import BackendError
from portal.bench import claiming, jobs, placing, posting, reconciling, remitting, search, server, web, wizard
from portal.bench.figure import Figure
from portal.bench.pace import QUICK, Pace, pace_for
from portal.bench.report import surroundings, write
from portal.bench.world import Told, World, build
from portal.settings import Settings
from portal.tenancy.database import DB
from portal.tenancy.migrate import migrate

NAME = "portal_bench"
FEWEST = 100
"""With fewer cases there is no second page, and not one case for each negotiator."""
POSTING_SECONDS = 20.0
JOBS = 40_000

Step = Callable[[str], None]
"""Called with the name of each measurement as it begins."""


def run(settings: Settings, *, cases: int, report: Path | None = None) -> list[Figure]:
    """Measure with so many cases; gives the figures in their order. Progress goes to standard error.

    ``report`` is where they are written with the machine and the versions.

    Raises:
        BackendError: another run is at it, the database cannot be created, or a part did not answer.
        ValueError: too few cases.
    """
    if cases < FEWEST:
        raise ValueError(f"at least {FEWEST} cases")
    with _alone(settings.owner_url), _progress(cases) as (told, step), _database(settings) as own:
        around = surroundings(asyncio.run(_postgres_version(own.owner_url)))
        world, pace = asyncio.run(_prepare(own, cases, told)), pace_for(cases)
        figures = _measure(own, world, pace, step)
    if report is not None:
        write(report, figures, world, pace, around)
    return figures


async def _postgres_version(owner_url: str) -> str:
    connection = await asyncpg.connect(owner_url)
    try:
        return str(await connection.fetchval("show server_version"))
    finally:
        await connection.close()


def _measure(settings: Settings, world: World, pace: Pace, step: Step) -> list[Figure]:
    app, owner = settings.database_url, settings.owner_url
    plan = asyncio.run(web.prepare(settings, world))
    with server.served(settings):
        figures = web.measure(settings, world, plan, pace, step)
        step("wizard")
        figures.append(wizard.measure(settings, world.cases, pace))
    step("search")
    figures.append(asyncio.run(search.measure(app, owner, world, pace)))
    step("claim")
    figures.append(asyncio.run(claiming.measure(app, owner, world, pace)))
    step("import")
    figures.append(asyncio.run(placing.measure(app, owner, world.cases)))
    step("posting")
    quick = pace is QUICK
    figures += asyncio.run(posting.measure(app, owner, seconds=1.0 if quick else POSTING_SECONDS))
    step("remittance")
    figures.append(asyncio.run(remitting.measure(app, owner, world.cases, pace)))
    step("reconciliation")
    figures.append(asyncio.run(reconciling.measure(app, owner, reconciling.TIMES_MORE * world.cases, pace)))
    step("jobs")
    figures.append(jobs.measure(settings, 1_000 if quick else JOBS, pace.rounds if quick else 3))
    return figures


async def _prepare(settings: Settings, cases: int, told: Told) -> World:
    await migrate(settings.owner_url)
    await DB.open(settings.database_url, pool_size=2)
    try:
        configure(settings)
        return await build(settings.owner_url, cases, told)
    finally:
        await DB.close()


@contextmanager
def _database(settings: Settings) -> Iterator[Settings]:
    """A new database on the same server; yields the settings of it, with a port for a web server of its own."""
    owner = settings.owner_url
    asyncio.run(drop_database(owner, NAME))
    try:
        asyncio.run(create_database(owner, NAME))
        port = server.free_port()
        yield replace(
            settings,
            database_url=database_url(settings.database_url, NAME),
            database_owner_url=database_url(owner, NAME),
            host="127.0.0.1",
            port=port,
            base_url=f"http://127.0.0.1:{port}",
        )
    finally:
        asyncio.run(drop_database(owner, NAME))


@contextmanager
def _alone(owner_url: str) -> Iterator[None]:
    """Two runs at once would measure each other."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(database_url(owner_url, "postgres")))
        try:
            if not runner.run(connection.fetchval("select pg_try_advisory_lock(hashtext('portal bench'))")):
                raise BackendError("another `portal bench` is running on this database server")
            yield
        finally:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                runner.run(connection.close())


@contextmanager
def _progress(cases: int) -> Iterator[tuple[Told, Step]]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        loading = bar.add_task("Loading cases", total=cases + max(10, cases // 10))
        measuring = bar.add_task("Measuring", total=len(STEPS), visible=False)
        begun = time.monotonic()

        def step(name: str) -> None:
            bar.update(measuring, description=f"Measuring {name}", completed=STEPS.index(name), visible=True)
            if not console.is_terminal:
                console.print(f"{time.monotonic() - begun:7.1f} s  measuring {name}", highlight=False)

        yield lambda many: bar.advance(loading, many), step
        bar.update(measuring, description="Measured", completed=len(STEPS))


STEPS = (
    "list",
    "workbench",
    "paging",
    "wizard",
    "search",
    "claim",
    "import",
    "posting",
    "remittance",
    "reconciliation",
    "jobs",
)
"""What is measured, in the order of the table."""
