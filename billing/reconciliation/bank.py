"""One bank account on a day: from what its bank says to what our books say, by the items that lie between.

The bank's word is the closing balance of its last statement. To it comes what the books have and no statement told of by
then, and from it goes what a statement told of and the books have not: lines nobody has booked yet, or booked later. What
the books moved before the first statement is in that statement's opening balance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from portal.ledger.balances import bank_balance
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

MOST_ITEMS: Final = 200
"""So many of each kind are listed; all of them are added up."""

ACCOUNTS: Final = """
select id, book, currency, position, name, iban, account_number from bank_accounts
where agency_id = $1 and opened_on <= $2 and (closed_on is null or closed_on >= $2) order by book desc, currency, position
"""

LAST: Final = """
select id, number, to_on, closing_minor from bank_statements
where agency_id = $1 and bank_account_id = $2 and closing_minor is not null and to_on <= $3
order by to_on desc, id desc limit 1
"""
FIRST: Final = """
select from_on, opening_minor from bank_statements
where agency_id = $1 and bank_account_id = $2 and opening_minor is not null and from_on is not null
order by from_on, id limit 1
"""

OUTSTANDING: Final = """
with moved as (
    select l.journal_id, l.effective_on, sum(l.amount_minor)::bigint as minor
    from bank_accounts b
    join journal_lines l on l.agency_id = b.agency_id and l.account = case b.book when 'trust' then 1000 else 1100 end
         and coalesce(l.client_id, l.agency_id) = b.agency_id and l.currency = b.currency and l.account < 9000
         and (l.bank_account_id = b.id or (l.bank_account_id is null and b.position = 1))
    where b.agency_id = $1 and b.id = $2 and l.effective_on between $3 and $4
    group by l.journal_id, l.effective_on having sum(l.amount_minor) <> 0)
select moved.*, j.kind as what, sum(minor) over ()::bigint as total_minor, count(*) over () as items
from moved join journals j on j.agency_id = $1 and j.id = moved.journal_id
where not exists (
    select from bank_matches m join bank_lines t on t.agency_id = m.agency_id and t.id = m.bank_line_id
    where m.agency_id = $1 and m.journal_id = moved.journal_id and m.bank_account_id = $2 and m.undone_at is null
      and t.booked_on <= $5)
order by moved.effective_on, moved.journal_id limit $6
"""

NOT_BOOKED: Final = """
with told as (
    select t.id, t.booked_on, coalesce(nullif(t.counterparty_name, ''), t.text) as what, t.amount_minor - coalesce((
               select sum(m.amount_minor) from bank_matches m
               join journals j on j.agency_id = m.agency_id and j.id = m.journal_id
               where m.agency_id = $1 and m.bank_line_id = t.id and m.undone_at is null and j.effective_on <= $4), 0)
               as minor
    from bank_lines t
    where t.agency_id = $1 and t.bank_account_id = $2 and t.booked_on between $3 and $5 and t.status <> 'explained')
select id, booked_on, what, minor::bigint as minor, sum(minor) over ()::bigint as total_minor,
       count(*) over () as items
from told where minor <> 0 order by booked_on, id limit $6
"""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that lies between the two: a journal, or a line of the bank. Minor units as they move the bank's word."""

    id: UUID
    on: date
    what: str
    minor: int


@dataclass(frozen=True, slots=True)
class Items:
    """Items of one kind: the first of them, and all of them added up."""

    listed: Sequence[Item] = ()
    total_minor: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOn:
    """An account on a day, in minor units of its currency."""

    id: UUID
    name: str
    ends: str
    book: str
    currency: str
    ledger_minor: int
    closing_minor: int | None
    """What its bank said last; None before its first statement."""
    closing_on: date | None
    statement_id: UUID | None
    number: str
    outstanding: Items
    not_booked: Items
    opening_gap_minor: int
    """By how much the first statement began with more than our books had then."""

    @property
    def adjusted_minor(self) -> int | None:
        """What the bank says, with the items that lie between."""
        if self.closing_minor is None:
            return None
        return self.closing_minor + self.outstanding.total_minor - self.not_booked.total_minor

    @property
    def difference_minor(self) -> int | None:
        """By how much the bank has more than the books, when all items are counted; nought where nothing is amiss."""
        return None if self.adjusted_minor is None else self.adjusted_minor - self.ledger_minor

    @property
    def unexplained_minor(self) -> int | None:
        """What of the difference is no matter of the first opening balance."""
        return None if self.difference_minor is None else self.difference_minor - self.opening_gap_minor


async def accounts_on(actor: Actor, day: date) -> list[AccountOn]:
    """The agency's accounts at the end of a day, trust accounts first. An agency has a handful of them."""
    actor.require("reconciliations.read")
    return [await _account_on(actor, row, day) for row in await sql(ACCOUNTS, actor.agency_id, day)]


async def _account_on(actor: Actor, row: asyncpg.Record, day: date) -> AccountOn:
    of = (actor.agency_id, row["id"])
    last, first = await sql_one(LAST, *of, day), await sql_one(FIRST, *of)
    outstanding = not_booked = Items()
    gap = 0
    if last is not None:
        since = first["from_on"] if first else last["to_on"]
        through = last["to_on"]
        outstanding = _items(await sql(OUTSTANDING, *of, since, day, through, MOST_ITEMS), "effective_on", "journal_id")
        not_booked = _items(await sql(NOT_BOOKED, *of, since, day, through, MOST_ITEMS), "booked_on", "id")
        gap = first["opening_minor"] - await _before(actor, row["id"], since) if first else 0
    return AccountOn(
        id=row["id"],
        name=row["name"],
        ends=(row["iban"] or row["account_number"])[-4:],
        book=row["book"],
        currency=row["currency"],
        ledger_minor=await bank_balance(*of, on=day),
        closing_minor=last["closing_minor"] if last else None,
        closing_on=last["to_on"] if last else None,
        statement_id=last["id"] if last else None,
        number=last["number"] if last else "",
        outstanding=outstanding,
        not_booked=not_booked,
        opening_gap_minor=gap,
    )


async def _before(actor: Actor, bank_account_id: UUID, day: date) -> int:
    return await bank_balance(actor.agency_id, bank_account_id, on=date.fromordinal(day.toordinal() - 1))


def _items(rows: Sequence[asyncpg.Record], on: str, key: str) -> Items:
    if not rows:
        return Items()
    listed = [Item(row[key], row[on], row["what"], row["minor"]) for row in rows]
    return Items(listed, rows[0]["total_minor"], rows[0]["items"])
