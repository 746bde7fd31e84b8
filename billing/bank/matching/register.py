"""The lines that a person must look at, those that are in the books, and what one line is and was."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from billing.bank.matching.candidates import Line, load_lines
from billing.bank.matching.tables import MatchKind
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

PAGE: Final = 40
NEWEST: Final = (date.max, UUID(int=2**128 - 1))

# What waits is what nobody has said anything of, and what waits in suspense for its case.
WAITING: Final = """
with waiting as (
    select l.id from bank_lines l where l.agency_id = $1 and l.status = 'open'
    union
    select m.bank_line_id from suspense s
    join bank_matches m on m.agency_id = s.agency_id and m.journal_id = s.journal_id and m.kind = 'suspense' and m.undone_at is null
    where s.agency_id = $1 and s.status = 'waiting' and s.payment_id is null and not exists (
        select from unclaimed_money u where u.agency_id = s.agency_id and u.suspense_id = s.id and u.status = 'marked'))
"""
NEXT: Final = f"""
{WAITING}
select l.id, l.booked_on from waiting join bank_lines l on l.agency_id = $1 and l.id = waiting.id
where (l.booked_on, l.id) < ($2, $3) order by l.booked_on desc, l.id desc limit $4
"""  # noqa: S608 - our own query
SUMS: Final = f"""
{WAITING}
select l.currency, count(*) as lines, count(*) filter (where l.status = 'open') as open_lines,
       coalesce(sum(l.amount_minor) filter (where l.amount_minor > 0), 0)::bigint as in_minor, min(l.booked_on) as oldest_on
from waiting join bank_lines l on l.agency_id = $1 and l.id = waiting.id group by l.currency order by l.currency
"""  # noqa: S608 - our own query
BOOKED: Final = """
select l.id, l.booked_on, l.currency, l.amount_minor, coalesce(nullif(l.counterparty_name, ''), l.on_behalf_of) as payer, l.text,
       b.name as account_name, m.kind, coalesce(m.matched_by_name, l.explained_by_name) as matched_by_name, m.confidence,
       coalesce(c.number, '') as case_number, coalesce(k.name, '') as client_name, c.id as case_id
from bank_lines l join bank_accounts b on b.agency_id = l.agency_id and b.id = l.bank_account_id
left join lateral (select m.kind, m.matched_by_name, m.confidence, m.journal_id from bank_matches m
                   where m.agency_id = l.agency_id and m.bank_line_id = l.id and m.undone_at is null order by m.id limit 1) m on true
left join lateral (select p.case_id from payments p where p.agency_id = $1 and p.journal_id = m.journal_id
                   union all
                   select s.case_id from suspense s where s.agency_id = $1 and s.journal_id = m.journal_id and s.status = 'matched'
                   limit 1) paid on true
left join cases c on c.agency_id = $1 and c.id = paid.case_id
left join clients k on k.agency_id = $1 and k.id = c.client_id
where l.agency_id = $1 and l.status in ('booked', 'explained') and (l.booked_on, l.id) < ($2, $3)
  and not exists (select from suspense s where s.agency_id = $1 and s.journal_id = m.journal_id and m.kind = 'suspense'
                  and s.status in ('waiting', 'asked', 'approved'))
order by l.booked_on desc, l.id desc limit $4
"""
PLACE: Final = "select booked_on from bank_lines where agency_id = $1 and id = $2"
HISTORY: Final = """
select m.kind, m.amount_minor, m.journal_id, m.confidence, m.reasons, m.matched_by_name, m.matched_at, m.undone_by_name,
       m.undone_at, m.undone_why
from bank_matches m where m.agency_id = $1 and m.bank_line_id = $2 order by m.matched_at, m.id
"""
PIECES: Final = """
select distinct s.id, s.status, s.amount_minor, s.currency, s.case_id, c.number as case_number, s.matched_payment_id
from bank_matches m join suspense s on s.agency_id = m.agency_id and s.journal_id = m.journal_id
left join cases c on c.agency_id = s.agency_id and c.id = s.case_id
where m.agency_id = $1 and m.bank_line_id = $2 and m.kind = 'suspense' and m.undone_at is null order by s.id
"""
PAYMENT: Final = """
select p.id as payment_id, p.case_id, c.number as case_number from bank_matches m
join payments p on p.agency_id = m.agency_id and p.journal_id = m.journal_id
join cases c on c.agency_id = p.agency_id and c.id = p.case_id
where m.agency_id = $1 and m.bank_line_id = $2 and m.undone_at is null limit 1
"""
LINE_OF: Final = (
    "select bank_line_id from bank_matches where agency_id = $1 and journal_id = $2 and undone_at is null limit 1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """One match of a line, also one that was taken back."""

    kind: MatchKind
    amount_minor: int
    journal_id: UUID
    confidence: int | None
    reasons: list[dict[str, Any]]
    matched_by_name: str
    matched_at: datetime
    undone_by_name: str
    undone_at: datetime | None
    undone_why: str


async def list_waiting(actor: Actor, before: UUID | None = None, limit: int = PAGE) -> tuple[list[Line], bool]:
    """One page of the lines that wait for a person, the latest day first; whether there are more."""
    actor.require("bank.read")
    rows = await sql(NEXT, actor.agency_id, *await _place(actor, before), limit + 1)
    ids = [row["id"] for row in rows[:limit]]
    lines = {line.id: line for line in await load_lines(actor, ids)}
    return [lines[line_id] for line_id in ids], len(rows) > limit


async def list_booked(actor: Actor, before: UUID | None = None, limit: int = PAGE) -> tuple[list[asyncpg.Record], bool]:
    """One page of the lines that are in the books, the latest day first; whether there are more."""
    actor.require("bank.read")
    rows = await sql(BOOKED, actor.agency_id, *await _place(actor, before), limit + 1)
    return list(rows[:limit]), len(rows) > limit


async def _place(actor: Actor, before: UUID | None) -> tuple[date, UUID]:
    day = await sql_value(PLACE, actor.agency_id, before) if before is not None else None
    return NEWEST if day is None or before is None else (day, before)


async def sums_waiting(actor: Actor) -> list[asyncpg.Record]:
    """By currency: how many lines wait, how many of them are in no book, and how much came in with them."""
    return await sql(SUMS, actor.agency_id)


async def history_of(actor: Actor, line_id: UUID) -> list[Matched]:
    """What a line was said to be, in the order in which it was."""
    return [
        Matched(**{**row, "kind": MatchKind(row["kind"]), "reasons": json.loads(row["reasons"])})
        for row in await sql(HISTORY, actor.agency_id, line_id)
    ]


async def pieces_of(actor: Actor, line_id: UUID) -> list[asyncpg.Record]:
    """The suspended money that a line brought, and what became of each piece."""
    return await sql(PIECES, actor.agency_id, line_id)


async def payment_of(actor: Actor, line_id: UUID) -> asyncpg.Record | None:
    """The payment that a line was booked as, and its case."""
    rows = await sql(PAYMENT, actor.agency_id, line_id)
    return rows[0] if rows else None


async def line_of(actor: Actor, journal_id: UUID) -> UUID | None:
    """The bank line that a journal is, if the bank has told of it."""
    found: UUID | None = await sql_value(LINE_OF, actor.agency_id, journal_id)
    return found
