"""Bank lines for tests, kept as a file's would be, and what became of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from billing.bank.accounts import OwnAccount
from billing.bank.keeping import keep_statement
from billing.bank.matching.book import match_lines
from billing.bank.reading.statement import Form, ReadEntry, ReadLine, ReadStatement
from portal import clock
from portal.identity import new_id
from portal.people.actor import Actor
from portal.tenancy.database import sql, transaction
from tests.billing.money import NOON, TODAY
from tests.people import Person

LATER = NOON + timedelta(days=3)


def said(minor: int, text: str = "", payer: str = "", *, on: date = TODAY, **more: Any) -> ReadEntry:
    """An entry of one line."""
    of_line = {name: more.pop(name) for name in list(more) if name in ReadLine.__dataclass_fields__}
    line = ReadLine(amount_minor=minor, text=text, counterparty_name=payer, **of_line)
    return ReadEntry(booked_on=on, amount_minor=minor, lines=(line,), **more)


async def told(person: Person, account: OwnAccount, *entries: ReadEntry) -> list[UUID]:
    """The bank tells of entries; gives the ids of the lines that are new."""
    async with transaction(person.actor.scope):
        return await tell_of(person.actor, account, *entries)


async def tell_of(actor: Actor, account: OwnAccount, *entries: ReadEntry) -> list[UUID]:
    """The same in the running transaction."""
    file_id = new_id()
    read = ReadStatement(form=Form.CAMT, account=account.iban, currency=account.currency, entries=entries)
    await sql(
        "insert into bank_files (id, agency_id, file_name, size_bytes, sha256, object_key, status, given_at)"
        " values ($2, $1, 'f', 1, $3, 'none', 'kept', $4)",
        *(actor.agency_id, file_id, uuid4().bytes * 2, clock.now()),
    )
    kept = await keep_statement(actor, account, file_id, 1, read)
    rows = await sql(
        "select id from bank_lines where agency_id = $1 and statement_id = $2 order by position",
        *(actor.agency_id, kept.id),
    )
    return [row["id"] for row in rows]


async def arrived(person: Person, account: OwnAccount, *entries: ReadEntry) -> list[UUID]:
    """The bank tells of entries, and the job matches what is open."""
    ids = await told(person, account, *entries)
    await matched(person)
    return ids


async def matched(person: Person) -> None:
    with clock.at(LATER):
        await match_lines({"agency_id": str(person.actor.agency_id)})


async def kinds(owner: asyncpg.Connection, *lines: UUID) -> list[str]:
    """How each line stands: ``open``, or how it is matched."""
    found = []
    for line in lines:
        status = await owner.fetchval("select status from bank_lines where id = $1", line)
        rows = await owner.fetch(
            "select kind from bank_matches where bank_line_id = $1 and undone_at is null order by id", line
        )
        found.append(" ".join([row["kind"] for row in rows]) or status)
    return found


async def posted(owner: asyncpg.Connection, line: UUID, **names: UUID) -> list[str]:
    """The lines of the journals that a line is, as the rules write them: ``trust Dr1000 300.00``."""
    rows = await owner.fetch(
        "select l.book, l.account, l.amount_minor, l.client_id, l.case_id from bank_matches m"
        " join journal_lines l on l.journal_id = m.journal_id"
        " where m.bank_line_id = $1 and m.undone_at is null order by m.id, l.position",
        line,
    )
    named = {value: f" {name}" for name, value in names.items()}
    return [
        f"{row['book']} {'Dr' if row['amount_minor'] > 0 else 'Cr'}{row['account']}"
        f"{named.get(row['case_id'] or row['client_id'], '')} {abs(row['amount_minor']) / 100:.2f}"
        for row in rows
    ]
