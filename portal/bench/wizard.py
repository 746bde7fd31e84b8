"""The pages of a placement while its file is checked: whoever looks on, or places another, must not feel it."""

import asyncio
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM
from time import monotonic
from typing import TypeVar
from uuid import UUID

from cases.intake.as_given import LIMITS
from cases.intake.handing_over import cancel
from cases.intake.placement import load_placement
from cases.intake.receive import arrival, receive
from portal import clock
from portal.backends.processes import BackendError, end, spawn
from portal.bench.figure import Figure
from portal.bench.jobs import WORKER
from portal.bench.load import Answers
from portal.bench.pace import Pace
from portal.bench.placing import made_up_file, submitter
from portal.bench.server import ask, environ_of
from portal.people.actor import Actor
from portal.people.sessions import Sender, begin
from portal.settings import Settings
from portal.tenancy.database import DB, Scope, transaction

GOAL_MS = 100
CLIENTS = 2
"""Who place a list at the same time: few do."""
PATIENCE = 600.0

T = TypeVar("T")


def measure(settings: Settings, cases: int, pace: Pace) -> Figure:
    """The figure ``wizard``: in how many milliseconds 95 of 100 pages are there while a list of cases is checked.

    The web server must be running. The list is dropped afterwards.
    """
    rows = min(cases, LIMITS.rows)
    person, token = _run(settings, _person())
    paths = ["/placements/new", "/placements"]
    ask(settings, token, paths, clients=CLIENTS, seconds=pace.seconds)  # warms caches up
    alone = ask(settings, token, paths, clients=CLIENTS, seconds=pace.seconds)
    placement_id = _run(settings, _hand_in(person, rows))
    with _working(settings):
        during = _until_checked(settings, person, placement_id, token, [*paths, f"/placements/{placement_id}"], pace)
    _run(settings, _drop(person, placement_id))
    p95 = [answers.p95_ms for answers in during]
    slowest = max(p95)
    return Figure(
        figure="wizard",
        ours=round(slowest, 1),
        other=GOAL_MS,
        unit="ms",
        ratio=round(slowest / GOAL_MS, 3),
        goal=f"≤ {GOAL_MS} ms",
        holds=slowest <= GOAL_MS,
        detail=(
            f"p95 of the slowest {pace.seconds:g} seconds while {rows:,} rows are checked, {CLIENTS} clients that ask"
            f" without a pause; {alone.p95_ms:.0f} ms while nothing is; against the goal itself"
        ),
    )


async def _person() -> tuple[Actor, str]:
    person = await submitter("wizard")
    async with transaction(Scope(user_id=person.user_id)):
        return person, await begin(person.membership_id, Sender(), clock.now())


async def _hand_in(person: Actor, rows: int) -> UUID:
    async with transaction(person.scope):
        received = await receive(person, await arrival(made_up_file(rows, 95), "csv", "web", "cases.csv"))
    return received.placement.id


def _until_checked(
    settings: Settings, person: Actor, placement_id: UUID, token: str, paths: list[str], pace: Pace
) -> list[Answers]:
    """Ask for pages as long as the check lasts, and once more if it was over at once."""
    during, deadline = [], monotonic() + PATIENCE
    while True:
        during.append(ask(settings, token, paths, clients=CLIENTS, seconds=pace.seconds))
        if _run(settings, _step(person, placement_id)) == "checked":
            return during
        if monotonic() > deadline:
            raise BackendError("the list was not checked in time")


async def _step(person: Actor, placement_id: UUID) -> str:
    async with transaction(person.scope, read_only=True):
        return (await load_placement(person, placement_id)).step


async def _drop(person: Actor, placement_id: UUID) -> None:
    async with transaction(person.scope):
        await cancel(person, placement_id)


def _run(settings: Settings, work: Coroutine[None, None, T]) -> T:
    """Do something in the database, which is open for no longer: the pages are asked for by other processes."""

    async def opened() -> T:
        await DB.open(settings.database_url, pool_size=1)
        try:
            return await work
        finally:
            await DB.close()

    return asyncio.run(opened())


@contextmanager
def _working(settings: Settings) -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        child = spawn(WORKER, log=Path(folder) / "worker.log", cwd=Path(folder), env=environ_of(settings))
        try:
            yield
        finally:
            end(child, with_signal=SIGTERM, grace=30)
