"""One bank account on a day: from what its bank says to what our books say, by the items that lie between.

The bank's word is the closing balance of its last statement. To it comes what the books have and no statement told of by
then, and from it goes what a statement told of and the books have not: lines nobody has booked yet, or booked later. What
the books moved before the first statement is in that statement's opening balance, and so is what opening balances brought
over in the morning of its first day. Everything is as it is known today: a match that was made or undone later counts on
every day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from portal.ledger.balances import found_elsewhere
from portal.people.actor import Actor
from portal.tenancy.database import sql

MOST_ITEMS: Final = 200
"""So many of each kind are listed; all of them are added up."""

# A line of the books that names no account stands on the first of its kind, until the bank tells of it on another.
THERE: Final = """l.account = case b.book when 'trust' then 1000 else 1100 end and l.currency = b.currency
      and (l.bank_account_id = b.id or (l.bank_account_id is null and b.position = 1))"""
STANDS: Final = """l.account = case b.book when 'trust' then 1000 else 1100 end and l.currency = b.currency
      and b.id = coalesce((
          select m.bank_account_id from bank_matches m
          where m.agency_id = $1 and m.journal_id = l.journal_id and m.undone_at is null
            and m.instead_of = coalesce(l.bank_account_id, b.first_id)), l.bank_account_id, b.first_id)"""

ACCOUNTS: Final = f"""
select b.id, b.book, b.currency, b.name, b.iban, b.account_number,
       stands.minor + {found_elsewhere("$2::date")} as ledger_minor,
       last.id as statement_id, last.number, last.to_on, last.closing_minor,
       coalesce(first.from_on, last.to_on) as since,
       coalesce(first.opening_minor - before.minor - brought.minor - {found_elsewhere("first.from_on - 1")}, 0)
           as opening_gap_minor
from bank_accounts b
left join lateral (
    select id, number, to_on, closing_minor from bank_statements s
    where s.agency_id = b.agency_id and s.bank_account_id = b.id and closing_minor is not null and to_on <= $2
      and withdrawn_at is null
    order by to_on desc, id desc limit 1) last on true
left join lateral (
    select from_on, opening_minor from bank_statements s
    where s.agency_id = b.agency_id and s.bank_account_id = b.id and opening_minor is not null and from_on is not null
      and withdrawn_at is null
    order by from_on, id limit 1) first on last.id is not null
cross join lateral (
    select coalesce(sum(l.amount_minor), 0)::bigint as minor from ledger_moved($2) l where {THERE}) stands
left join lateral (
    select coalesce(sum(l.amount_minor), 0)::bigint as minor from ledger_moved(first.from_on - 1) l where {THERE}) before
    on first.from_on is not null
left join lateral (
    select coalesce(sum(l.amount_minor), 0)::bigint as minor
    from openings o join journal_lines l on l.agency_id = o.agency_id and l.journal_id = o.journal_id and {THERE}
    where o.agency_id = b.agency_id and o.status = 'approved' and o.effective_on between first.from_on and $2) brought
    on first.from_on is not null
where b.agency_id = $1 and b.opened_on <= $2 and (b.closed_on is null or b.closed_on >= $2)
order by b.book desc, b.currency, b.position
"""  # noqa: S608 - constants

# What may be outstanding, of which most is not: what the bank told after its statement, what was no line's when the night
# summed it up, what was taken back from a line, and what the night has not seen yet.
OUTSTANDING: Final = f"""
with b as (
    select b.id, b.book, b.currency, b.position, first.id as first_id, t.since, t.through
    from unnest($2::uuid[], $3::date[], $4::date[]) as t (id, since, through)
    join bank_accounts b on b.agency_id = $1 and b.id = t.id
    join bank_accounts first on first.agency_id = $1
         and (first.book, first.currency, first.position) = (b.book, b.currency, 1)),
named as (
    select b.id, m.journal_id from b join bank_matches m on m.agency_id = $1 and m.bank_account_id = b.id
         and m.undone_at is null and m.effective_on <= $5 and m.booked_on > b.through
    union
    select b.id, m.journal_id from b join bank_matches m on m.agency_id = $1 and m.bank_account_id = b.id
         and m.undone_at is not null and m.effective_on <= $5
    union
    select b.id, m.journal_id from b join bank_matches m on m.agency_id = $1 and m.instead_of = b.id
         and m.undone_at is not null and m.effective_on <= $5
    union
    select b.id, l.journal_id from b join bank_unmatched l on l.agency_id = $1 and l.effective_on between b.since and $5
         and {THERE}
    union
    select b.id, l.journal_id from b join ledger_fresh() l on l.effective_on between b.since and $5 and {THERE}),
moved as (
    select b.id, b.through, l.journal_id, l.effective_on, sum(l.amount_minor)::bigint as minor
    from named join b using (id)
    join journal_lines l on l.agency_id = $1 and l.journal_id = named.journal_id and {STANDS}
    where l.effective_on between b.since and $5
    group by b.id, b.through, l.journal_id, l.effective_on having sum(l.amount_minor) <> 0),
left_open as (
    select moved.id, moved.journal_id as item_id, moved.effective_on as on_day, moved.minor from moved
    where not exists (
        select from bank_matches m
        where m.agency_id = $1 and m.journal_id = moved.journal_id and m.bank_account_id = moved.id and m.undone_at is null
          and m.booked_on <= moved.through)
      and not exists (select from openings o
                      where o.agency_id = $1 and o.journal_id = moved.journal_id and o.status = 'approved')),
counted as (
    select left_open.*, sum(minor) over (partition by id)::bigint as total_minor, count(*) over (partition by id) as items,
           row_number() over (partition by id order by on_day, item_id) as place
    from left_open)
select counted.*, j.kind as what from counted join journals j on j.agency_id = $1 and j.id = counted.item_id
where place <= $6 order by id, place
"""  # noqa: S608 - constants

# Lines that are open today, and those that are in the books on a later day than the bank told of them.
NOT_BOOKED: Final = """
with b as (select * from unnest($2::uuid[], $3::date[], $4::date[]) as t (id, since, through)),
named as (
    select b.id, t.id as line_id from b join bank_lines t on t.agency_id = $1 and t.bank_account_id = b.id
         and t.status = 'open'
    union
    select b.id, m.bank_line_id from b join bank_matches m on m.agency_id = $1 and m.bank_account_id = b.id
         and m.undone_at is null and m.effective_on > $5 and m.booked_on <= b.through),
told as (
    select b.id, t.id as item_id, t.booked_on as on_day, coalesce(nullif(t.counterparty_name, ''), t.text) as what,
           coalesce(own.name, '') as own_name,
           (t.amount_minor - coalesce((
               select sum(m.amount_minor) from bank_matches m
               where m.agency_id = $1 and m.bank_line_id = t.id and m.undone_at is null and m.effective_on <= $5), 0))::bigint
               as minor
    from named join b using (id) join bank_lines t on t.agency_id = $1 and t.id = named.line_id
    join bank_accounts a on a.agency_id = $1 and a.id = b.id
    left join bank_accounts own on own.agency_id = $1 and own.book = a.book and own.currency = a.currency and own.id <> a.id
         and coalesce(nullif(own.iban, ''), own.account_number) = t.counterparty_account
    where t.booked_on between b.since and b.through and t.status in ('open', 'booked')),
counted as (
    select told.*, sum(minor) over (partition by id)::bigint as total_minor, count(*) over (partition by id) as items,
           row_number() over (partition by id order by on_day, item_id) as place
    from told where minor <> 0)
select * from counted where place <= $6 order by id, place
"""

# What was said to be no matter of these books, on accounts of the agency's own.
OUTSIDE: Final = """
with b as (select * from unnest($2::uuid[], $3::date[], $4::date[]) as t (id, since, through)),
counted as (
    select b.id, t.id as item_id, t.booked_on as on_day, t.explained_as as what, t.amount_minor as minor,
           sum(t.amount_minor) over (partition by b.id)::bigint as total_minor, count(*) over (partition by b.id) as items,
           row_number() over (partition by b.id order by t.booked_on desc, t.id desc) as place
    from b join bank_lines t on t.agency_id = $1 and t.bank_account_id = b.id and t.status = 'explained'
         and t.booked_on between b.since and b.through)
select * from counted where place <= $5 order by id, place
"""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that lies between the two: a journal, or a line of the bank. Minor units as they move the bank's word."""

    id: UUID
    on: date
    what: str
    minor: int
    own_name: str = ""
    """The other account of the agency, where it moved between two of them: it is on its way."""


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
    outside: Items
    """Said to be no matter of these books: on the agency's own accounts."""
    opening_gap_minor: int
    """By how much the first statement began with more than our books had then."""

    @property
    def adjusted_minor(self) -> int | None:
        """What the bank says, with the items that lie between."""
        if self.closing_minor is None:
            return None
        between = self.outstanding.total_minor - self.not_booked.total_minor - self.outside.total_minor
        return self.closing_minor + between

    @property
    def difference_minor(self) -> int | None:
        """By how much the bank has more than the books, when all items are counted; nought where nothing is amiss."""
        return None if self.adjusted_minor is None else self.adjusted_minor - self.ledger_minor

    @property
    def unexplained_minor(self) -> int | None:
        """What of the difference is no matter of the first opening balance."""
        return None if self.difference_minor is None else self.difference_minor - self.opening_gap_minor


async def accounts_on(actor: Actor, day: date) -> list[AccountOn]:
    """The agency's accounts at the end of a day, trust accounts first."""
    actor.require("reconciliations.read")
    rows = await sql(ACCOUNTS, actor.agency_id, day)
    told = [row for row in rows if row["statement_id"] is not None]
    of = ([row["id"] for row in told], [row["since"] for row in told], [row["to_on"] for row in told])
    outstanding = _items(await sql(OUTSTANDING, actor.agency_id, *of, day, MOST_ITEMS) if told else [])
    not_booked = _items(await sql(NOT_BOOKED, actor.agency_id, *of, day, MOST_ITEMS) if told else [])
    outside = _items(await sql(OUTSIDE, actor.agency_id, *of, MOST_ITEMS) if told else [])
    return [
        AccountOn(
            id=row["id"],
            name=row["name"],
            ends=(row["iban"] or row["account_number"])[-4:],
            book=row["book"],
            currency=row["currency"],
            ledger_minor=row["ledger_minor"],
            closing_minor=row["closing_minor"],
            closing_on=row["to_on"],
            statement_id=row["statement_id"],
            number=row["number"] or "",
            outstanding=outstanding.get(row["id"], Items()),
            not_booked=not_booked.get(row["id"], Items()),
            outside=outside.get(row["id"], Items()),
            opening_gap_minor=row["opening_gap_minor"],
        )
        for row in rows
    ]


def _items(rows: Sequence[asyncpg.Record]) -> dict[UUID, Items]:
    """Items by account."""
    found: dict[UUID, list[asyncpg.Record]] = {}
    for row in rows:
        found.setdefault(row["id"], []).append(row)
    return {
        account: Items(
            [Item(row["item_id"], row["on_day"], row["what"], row["minor"], row.get("own_name", "")) for row in of],
            of[0]["total_minor"],
            of[0]["items"],
        )
        for account, of in found.items()
    }
