"""Fresh books for a test: an agency of its own with clients and cases, so that nothing needs cleaning afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from portal.identity import new_id
from portal.ledger.journal import JournalDraft, Line, cr, dr, owe_less, owe_more, post
from portal.ledger.prove import prove
from portal.ledger.tables import Book, Component
from portal.people.actor import Actor, system
from portal.tenancy.database import sql, transaction

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2026, 3, 2)
OF_REGISTERS = (
    "suspense is what waits in it",
    "what debtors are owed is what they paid too much",
    "what was advanced for cases is what is still to be repaid",
    "what clients owe for money that went back is its claw-backs",
    "what was exchanged is what statements promised, and the rest waits",
)
"""Proofs that compare an account with the rows of the trade that say why it stands so."""
T, O, M = Book.TRUST, Book.OPERATING, Book.MEMO  # noqa: E741 - the letters of the trade's table


@dataclass(frozen=True, slots=True)
class Books:
    """An agency with clients and cases by short name."""

    agency_id: UUID
    clients: Mapping[str, UUID] = field(default_factory=dict)
    cases: Mapping[str, UUID] = field(default_factory=dict)
    client_of: Mapping[str, UUID] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """The portal itself, working for this agency."""
        return system(self.agency_id)

    async def post(self, *lines: Line, on: date = DAY, source: str = "test", external_id: str | None = None) -> UUID:
        """Post one journal in a transaction of its own."""
        return (await self.post_all(draft(*lines, on=on, source=source, external_id=external_id)))[0]

    async def post_all(self, *drafts: JournalDraft) -> list[UUID]:
        """Post journals in one call and one transaction."""
        async with transaction(self.actor.scope):
            return await post(self.actor, drafts)

    def place(self, case: str, amount: int, currency: str = "GBP") -> tuple[Line, ...]:
        """The claim of a case."""
        return owe_more(self.cases[case], Component.PRINCIPAL, amount, currency, client=self.client_of[case])

    def pay(self, case: str, amount: int, currency: str = "GBP") -> tuple[Line, ...]:
        """The MEMO lines of a payment on a case's principal."""
        return owe_less(self.cases[case], Component.PRINCIPAL, amount, currency, client=self.client_of[case])

    def receive(self, client: str, amount: int, currency: str = "GBP") -> tuple[Line, ...]:
        """Money in the bank for a client."""
        return (dr(T, 1000, amount, currency), cr(T, 2000, amount, currency, client=self.clients[client]))

    def remit(self, client: str, amount: int, currency: str = "GBP") -> tuple[Line, ...]:
        """A client's money paid out of the bank at once."""
        return (dr(T, 2000, amount, currency, client=self.clients[client]), cr(T, 1000, amount, currency))

    async def wrong(self, *, bare: bool = False) -> list[str]:
        """What the proofs find wrong: nothing, if all is well. ``bare``: no register has what these journals move."""
        async with transaction(self.actor.scope, read_only=True):
            found = [check for check in await prove(self.agency_id) if not check.ok]
        return [f"{check.name}: {check.detail}" for check in found if not (bare and check.name in OF_REGISTERS)]

    async def signed_balances(self) -> dict[tuple[str, str, int, UUID | None, UUID | None, str | None], int]:
        """Every balance that is not nought, debits positive: book, currency, account, client, case, component."""
        async with transaction(self.actor.scope, read_only=True):
            rows = await sql(
                """
                select book, currency, account, case when account = 9000 then null else client_id end as client_id,
                       case_id, component, sum(amount_minor)::bigint as amount
                from journal_lines where agency_id = $1 group by 1, 2, 3, 4, 5, 6 having sum(amount_minor) <> 0
                """,
                self.agency_id,
            )
        return {tuple(row)[:6]: row["amount"] for row in rows}  # type: ignore[misc]


def apart(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Start work that knows nothing of the transaction it is started from."""
    return asyncio.create_task(work, context=Context())


async def until_waiting(task: asyncio.Task[Any], connection: asyncpg.Connection) -> None:
    """Come back when the task waits for a lock of the ledger in this database (or is over)."""
    while not task.done():
        if await connection.fetchval(
            """
            select count(*) from pg_locks join pg_database on pg_database.oid = database
            where locktype = 'advisory' and not granted and datname = current_database()
            """
        ):
            return


def draft(
    *lines: Line, on: date = DAY, source: str = "test", external_id: str | None = None, reverses: UUID | None = None
) -> JournalDraft:
    """A journal that differs from every other unless it is told not to."""
    return JournalDraft(source, external_id or str(new_id()), "test", on, tuple(lines), reverses)


async def open_books(
    connection: asyncpg.Connection,
    clients: Sequence[str] = ("C1", "C2"),
    cases: Mapping[str, tuple[str, str]] | None = None,
) -> Books:
    """Write a fresh agency past the policies. ``cases`` says the client and currency of each case."""
    cases = {"K1": ("C1", "GBP"), "K2": ("C2", "GBP")} if cases is None else cases
    agency_id, queue_id, debtor_id = new_id(), new_id(), new_id()
    client_ids = {name: new_id() for name in clients}
    books = Books(
        agency_id,
        client_ids,
        {name: new_id() for name in cases},
        {name: client_ids[client] for name, (client, _) in cases.items()},
    )
    dates = (LONG_AGO.date(), LONG_AGO, queue_id)
    async with connection.transaction():
        await connection.execute(
            "insert into agencies (id, agency_id, slug, name, created_at) values ($1, $1, $2, 'Nordkai', $3)",
            *(agency_id, f"ledger-{agency_id.hex[-12:]}", LONG_AGO),
        )
        await connection.execute("insert into queues (id, agency_id, name) values ($1, $2, '')", queue_id, agency_id)
        await connection.executemany(
            "insert into clients (id, agency_id, name, created_at) values ($1, $2, $3, $4)",
            [(client_id, agency_id, name, LONG_AGO) for name, client_id in client_ids.items()],
        )
        await connection.execute(
            "insert into debtors (id, agency_id, name, match_name, country, created_at)"
            " values ($1, $2, 'Osprey Ltd', 'osprey', 'GB', $3)",
            *(debtor_id, agency_id, LONG_AGO),
        )
        await connection.executemany(
            """
            insert into cases (id, agency_id, client_id, debtor_id, number, reference, currency, placed_minor, placed_on,
                               oldest_due_on, debtor_name, debtor_country, next_action, next_action_at,
                               next_action_queue_id, last_activity_at, created_at)
            values ($1, $2, $3, $4, $5, $5, $6, 1, $7, $7, 'Osprey Ltd', 'GB', 'first_call', $8, $9, $8, $8)
            """,
            [
                (books.cases[name], agency_id, books.client_of[name], debtor_id, name, currency, *dates)
                for name, (_, currency) in cases.items()
            ],
        )
    return books
