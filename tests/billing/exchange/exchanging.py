"""Payouts in another currency, for tests: a client's terms, quotes, and what the bank exchanged."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from billing.exchange.execute import Executed, execute
from billing.exchange.quotes import quote
from portal import clock
from portal.ledger.journal import JournalDraft, cr, dr, post
from portal.ledger.tables import Book
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY, agreed, pay
from tests.billing.remitting import prepared, terms
from tests.cases.casework import placed_case
from tests.people import Cast, Client, Person


async def pays_in(
    owner: asyncpg.Connection, client: Client, pairs: str = "USD>GBP", gain: str = "client", loss: str = "agency"
) -> None:
    """What a client is paid in another currency, and whose a gain and a loss are, from the start."""
    await owner.execute(
        "update remittance_terms set payout_currencies = $2, exchange_gain = $3, exchange_loss = $4 where client_id = $1",
        *(client.id, pairs, gain, loss),
    )


async def collected(cast: Cast, owner: asyncpg.Connection, client: Client, minor: int, currency: str = "USD") -> None:
    """Money that came in for a client of 20 % fee and 20 % VAT."""
    await terms(owner, client, vat="0.2")
    await agreed(cast, client, "0.2")
    case_id = await placed_case(cast.nordkai, client, amount_minor=minor, currency=currency)
    await pay(cast.finance, case_id, minor)


async def quoted(
    person: Person, run_id: UUID, rate: str, target: str = "GBP", *, source: str = "Kontor Bank", at: datetime = NOON
) -> None:
    """Enter a rate."""
    with clock.at(at):
        async with transaction(person.actor.scope):
            await quote(person.actor, run_id, target, Decimal(rate), source, at)


async def drafted(cast: Cast, rate: str = "0.7900", target: str = "GBP", currency: str = "USD") -> UUID:
    """A run with its quote, not reviewed yet."""
    run_id = await prepared(cast.finance, currency, reviewed=False)
    await quoted(cast.finance, run_id, rate, target)
    return run_id


async def executed(
    person: Person,
    run_id: UUID,
    sold_minor: int,
    bought_minor: int,
    rate: str,
    target: str = "GBP",
    *,
    on: date = TODAY,
    reference: str = "FX 77",
    at: datetime = NOON,
) -> UUID:
    """Enter what the bank exchanged."""
    told = Executed(
        target=target, sold_minor=sold_minor, bought_minor=bought_minor, rate=Decimal(rate), on=on, reference=reference
    )
    with clock.at(at):
        async with transaction(person.actor.scope):
            return await execute(person.actor, run_id, told)


async def topped_up(person: Person, minor: int, currency: str = "GBP", on: date = TODAY) -> None:
    """The agency pays in what it owes the clients' money."""
    lines = (
        dr(Book.OPERATING, 2190, minor, currency), cr(Book.OPERATING, 1100, minor, currency),
        dr(Book.TRUST, 1000, minor, currency), cr(Book.TRUST, 1090, minor, currency),
    )  # fmt: skip
    async with transaction(person.actor.scope):
        await post(person.actor, [JournalDraft("bank", f"top-up {minor} {currency}", "top-up", on, lines)])


async def in_journal(owner: asyncpg.Connection, source: str, external_id: str) -> list[str]:
    """A journal as the rules write it, with its currencies: ``T-USD Dr1900 76000``."""
    rows = await owner.fetch(
        "select l.book, l.currency, l.account, l.amount_minor from journals j join journal_lines l on l.journal_id = j.id"
        " where j.source = $1 and j.external_id = $2 order by l.position",
        *(source, external_id),
    )
    return [
        f"{row['book'][0].upper()}-{row['currency']} {'Dr' if row['amount_minor'] > 0 else 'Cr'}{row['account']}"
        f" {abs(row['amount_minor'])}"
        for row in rows
    ]
