"""Money on cases, for tests: an agreement, a payment, and what the ledger has of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from billing.fees.agreements import SelectedBy, agree, flat
from billing.payments.receipts import record
from billing.payments.register import Payment, load_payment
from cases.casework import CaseFile, load_case
from portal import clock
from portal.ledger.prove import prove
from portal.ledger.tables import Component
from portal.people.actor import Actor, system
from portal.tenancy.database import as_job, sql, transaction
from tests.cases.casework import MONDAY
from tests.people import Cast, Client, Person

TODAY = MONDAY.date()
NOON = MONDAY + timedelta(hours=1)


async def agreed(
    cast: Cast,
    client: Client,
    rate: str = "0.25",
    *,
    since: date = date(2026, 3, 1),
    selected_by: SelectedBy = SelectedBy.PLACEMENT,
    components: tuple[Component, ...] = tuple(Component),
) -> UUID:
    """A flat fee agreement, made by the agency's owner or, elsewhere, by the portal."""
    actor = cast.owner.actor if client.agency_id == cast.nordkai.id else system(client.agency_id)
    async with transaction(actor.scope):
        return await agree(actor, client.id, [flat(Decimal(rate), components)], since, selected_by)


async def pay(
    person: Person,
    case_id: UUID,
    amount_minor: int,
    *,
    on: date = TODAY,
    channel: str = "bank",
    reference: str = "",
    at: datetime = NOON,
    **more: Any,
) -> Payment:
    """Record a payment in a transaction of its own."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            payment_id = await record(person.actor, case_id, amount_minor, on, channel, reference, **more)
            return await load_payment(person.actor, payment_id)


async def look(actor: Actor, case_id: UUID) -> CaseFile:
    """The case as it is now."""
    async with transaction(actor.scope, read_only=True):
        return await load_case(actor, case_id)


async def booked(owner: asyncpg.Connection, payment: Payment) -> list[str]:
    """The payment's journal, as the rules write it: ``T Dr1000 300.00``, in minor units."""
    rows = await owner.fetch(
        "select book, account, amount_minor, case_id from journal_lines where journal_id = $1 order by position",
        payment.journal_id,
    )
    return [
        f"{row['book'][0].upper()} {'Dr' if row['amount_minor'] > 0 else 'Cr'}{row['account']} {abs(row['amount_minor'])}"
        for row in rows
    ]


async def wrong(agency_id: UUID) -> list[str]:
    """What the proofs of the ledger find wrong: nothing, if all is well."""
    async with transaction(as_job(agency_id), read_only=True):
        return [f"{check.name}: {check.detail}" for check in await prove(agency_id) if not check.ok]


async def allocated_to(case_id: UUID, agency_id: UUID, **components: int) -> None:
    """Add interest or costs to a claim."""
    from portal.ledger.journal import JournalDraft, owe_more, post

    actor = system(agency_id)
    async with transaction(actor.scope):
        case = await load_case(actor, case_id)
        lines = tuple(
            line
            for name, minor in components.items()
            for line in owe_more(case_id, Component(name), minor, case.currency, client=case.client_id)
        )
        await post(actor, [JournalDraft("test", str(case_id), "interest", case.placed_on, lines)])


async def promised(case_id: UUID, person: Person, amount_minor: int, due_on: date, *, at: datetime = MONDAY) -> UUID:
    """A promise to pay, made on a call."""
    from cases.promises.make import promise

    with clock.at(at):
        async with transaction(person.actor.scope):
            return await promise(person.actor, case_id, amount_minor, due_on)


async def promise_status(owner: asyncpg.Connection, promise_id: UUID) -> tuple[str, int]:
    """What became of a promise, and what was received for it."""
    row = await owner.fetchrow("select status, received_minor from promises where id = $1", promise_id)
    assert row is not None
    return row["status"], row["received_minor"]


async def next_action(owner: asyncpg.Connection, case_id: UUID, action: str) -> None:
    """Put a next action on a case behind everybody's back."""
    await owner.execute("update cases set next_action = $2 where id = $1", case_id, action)


async def count(table: str, agency_id: UUID) -> int:
    """How many rows an agency has in a table."""
    async with transaction(as_job(agency_id), read_only=True):
        return int((await sql(f"select count(*) as n from {table}"))[0]["n"])
