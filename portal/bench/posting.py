"""Posting through the one database function, beside plain INSERTs of the same rows that check nothing.

Both sides write the same receipts of six lines into the same tables with their indexes and foreign keys, with eight
connections, one transaction a journal; rounds alternate. The plain side is the tables' writer with no policy in its
way, and moves no case's balance.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import perf_counter
from uuid import UUID

import asyncpg

from portal.bench.figure import Figure, at_least
from portal.identity import new_id
from portal.ledger.journal import POST
from portal.tenancy.database import SET_SCOPE

CLIENTS = 8
"""Connections at once."""
ROUNDS = 5
CASES = 2_000
PLACED_MINOR = 10**9
PLACED_ON = date(2026, 1, 1)
RECEIVED_ON = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

PLAIN_JOURNAL = """
insert into journals (id, agency_id, source, external_id, kind, effective_on, posted_at)
values ($1, $2, 'bench', $3, 'receipt', $4, $5)
"""
COLUMNS = "agency_id, journal_id, position, book, account, currency, client_id, case_id, component, amount_minor, effective_on"
WIDTH = 11

LineRow = tuple[str, int, UUID | None, UUID | None, str | None, int]


@dataclass(frozen=True, slots=True)
class Ground:
    """An agency that is measured on, its cases and their clients."""

    agency_id: UUID
    cases: list[tuple[UUID, UUID]]


async def measure(app_url: str, owner_url: str, *, seconds: float) -> list[Figure]:
    """The figure ``posting``: journals a second, within about ``seconds`` in all. Leaves its agency behind."""
    ours = [await asyncpg.connect(app_url) for _ in range(CLIENTS)]
    plain = [await asyncpg.connect(owner_url) for _ in range(CLIENTS)]
    try:
        for connection in plain:
            await connection.execute("set role portal_definer")
        measured = await ground(plain[0], ours[0])
        rates: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            rates[0].append(await _rate(ours, _post, measured, seconds / ROUNDS / 2))
            rates[1].append(await _rate(plain, _insert, measured, seconds / ROUNDS / 2))
    finally:
        for connection in (*ours, *plain):
            await connection.close()
    return [at_least("posting", *rates, "journals/s", 0.5, "beside plain INSERTs of the same rows, eight connections")]


_Write = Callable[[asyncpg.Connection, Ground, UUID, UUID], Awaitable[None]]


async def _rate(connections: list[asyncpg.Connection], write: _Write, ground: Ground, seconds: float) -> float:
    started = perf_counter()

    async def work(connection: asyncpg.Connection) -> int:
        written = 0
        while perf_counter() < started + seconds:
            await write(connection, ground, *random.choice(ground.cases))  # noqa: S311 - which case does not matter
            written += 1
        return written

    written = sum(await asyncio.gather(*(work(connection) for connection in connections)))
    return written / (perf_counter() - started)


def _receipt(case_id: UUID, client_id: UUID) -> list[LineRow]:
    return [
        ("trust", 1000, None, None, None, 300),
        ("trust", 2000, client_id, None, None, -300),
        ("memo", 9100, client_id, None, None, 300),
        ("memo", 9000, client_id, case_id, "principal", -300),
        ("operating", 1210, client_id, None, None, 75),
        ("operating", 4000, None, None, None, -75),
    ]


async def _post(connection: asyncpg.Connection, ground: Ground, case_id: UUID, client_id: UUID) -> None:
    lines = _receipt(case_id, client_id)
    async with connection.transaction():
        await connection.execute(SET_SCOPE, "staff", str(ground.agency_id), "", "", "")
        await connection.fetchval(POST, *_arguments([lines], "receipt", RECEIVED_ON))


async def _insert(connection: asyncpg.Connection, ground: Ground, case_id: UUID, client_id: UUID) -> None:
    journal_id = new_id()
    lines = _receipt(case_id, client_id)
    values: list[object] = []
    for position, (book, account, client, case, component, amount) in enumerate(lines, start=1):
        values += [ground.agency_id, journal_id, position, book, account, "GBP"]
        values += [client, case, component, amount, RECEIVED_ON]
    async with connection.transaction():
        await connection.execute(PLAIN_JOURNAL, journal_id, ground.agency_id, str(journal_id), RECEIVED_ON, NOON)
        await connection.execute(_plain_lines(len(lines)), *values)


def _plain_lines(lines: int) -> str:
    rows = (range(line * WIDTH + 1, (line + 1) * WIDTH + 1) for line in range(lines))
    places = ", ".join("(" + ", ".join(f"${place}" for place in row) + ")" for row in rows)
    return f"insert into journal_lines ({COLUMNS}) values {places}"  # noqa: S608 - only places stand in it


def _arguments(journals: list[list[LineRow]], kind: str, on: date) -> list[object]:
    lines = [(ordinal, *line) for ordinal, given in enumerate(journals, start=1) for line in given]
    count = len(journals)
    return [
        ["bench"] * count,
        [str(new_id()) for _ in range(count)],
        [kind] * count,
        [on] * count,
        [None] * count,
        [line[0] for line in lines],
        [line[1] for line in lines],
        [line[2] for line in lines],
        ["GBP"] * len(lines),
        [line[3] for line in lines],
        [line[4] for line in lines],
        [line[5] for line in lines],
        [line[6] for line in lines],
        NOON,
        None,
        [None] * len(lines),
    ]


async def ground(
    owner: asyncpg.Connection, app: asyncpg.Connection, *, many_clients: int = 10, many_cases: int = CASES
) -> Ground:
    """An agency with its clients and their cases, the claims posted. ``owner`` stands above the policies."""
    agency_id, queue_id, debtor_id = new_id(), new_id(), new_id()
    clients = [new_id() for _ in range(many_clients)]
    cases = [(new_id(), clients[number % len(clients)]) for number in range(many_cases)]
    async with owner.transaction():
        await owner.execute(
            "insert into agencies (id, agency_id, slug, name, created_at) values ($1, $1, $2, 'Bench', $3)",
            *(agency_id, f"bench-{agency_id.hex[-12:]}", NOON),
        )
        await owner.execute("insert into queues (id, agency_id, name) values ($1, $2, 'All')", queue_id, agency_id)
        await owner.executemany(
            "insert into clients (id, agency_id, name, created_at) values ($1, $2, $3, $4)",
            [(client_id, agency_id, f"Client {number}", NOON) for number, client_id in enumerate(clients, 1)],
        )
        await owner.execute(
            "insert into remittance_terms (id, agency_id, client_id, effective_from, agreed_at)"
            " select gen_random_uuid(), agency_id, id, '-infinity', created_at from clients where agency_id = $1",
            agency_id,
        )
        await owner.execute(
            "insert into debtors (id, agency_id, name, match_name, country, created_at)"
            " values ($1, $2, 'Debtor', 'debtor', 'GB', $3)",
            *(debtor_id, agency_id, NOON),
        )
        await owner.execute(
            """
            insert into cases (id, agency_id, client_id, debtor_id, number, reference, currency, placed_minor, placed_on,
                               oldest_due_on, debtor_name, debtor_country, next_action, next_action_at,
                               next_action_queue_id, last_activity_at, created_at)
            select id, $1, client_id, $2, id::text, id::text, 'GBP', $3, $4, $4, 'Debtor', 'GB', 'first_call', $5, $6, $5, $5
            from unnest($7::uuid[], $8::uuid[]) as given (id, client_id)
            """,
            *(agency_id, debtor_id, PLACED_MINOR, PLACED_ON, NOON, queue_id),
            *([case_id for case_id, _ in cases], [client_id for _, client_id in cases]),
        )
    await place(app, agency_id, cases)
    return Ground(agency_id, cases)


async def place(app: asyncpg.Connection, agency_id: UUID, cases: list[tuple[UUID, UUID]]) -> float:
    """Post the claims of cases in one call, a journal of two lines each; gives the seconds it took."""
    claims: list[list[LineRow]] = [
        [
            ("memo", 9000, client_id, case_id, "principal", PLACED_MINOR),
            ("memo", 9100, client_id, None, None, -PLACED_MINOR),
        ]
        for case_id, client_id in cases
    ]
    arguments = _arguments(claims, "placement", PLACED_ON)
    async with app.transaction():
        await app.execute(SET_SCOPE, "job", str(agency_id), "", "", "")
        started = perf_counter()
        await app.fetchval(POST, *arguments)
        return perf_counter() - started
