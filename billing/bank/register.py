"""Statements as they are kept: pages of them, one with its lines, and whether one follows the one before."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from billing.bank.tables import LineStatus
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

PAGE: Final = 50
LINES: Final = 100
LATE_DAYS: Final = 45
"""A statement follows another that ended within so many days before it: over longer there is no telling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The statement before one that does not follow it: something between the two is missing."""

    id: UUID
    number: str
    to_on: date
    closing_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStatement:
    """One statement of one account. Minor units of ``currency``."""

    id: UUID
    bank_account_id: UUID
    account_name: str
    file_id: UUID
    file_name: str
    form: str
    number: str
    currency: str
    opening_minor: int | None
    closing_minor: int | None
    net_minor: int
    adds_up: bool | None
    from_on: date | None
    to_on: date | None
    entries: int
    new_entries: int
    new_lines: int
    open_lines: int
    warnings: list[dict[str, Any]]
    kept_at: datetime
    before: Before | None
    """Set where it does not follow the statement before it."""

    @property
    def known_entries(self) -> int:
        """Of its entries, those that an earlier file had told."""
        return self.entries - self.new_entries


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """One line of a statement."""

    id: UUID
    position: int
    booked_on: date
    valued_on: date | None
    currency: str
    amount_minor: int
    counterparty_name: str
    counterparty_account: str
    on_behalf_of: str
    text: str
    creditor_reference: str
    end_to_end: str
    return_reason: str
    charges_minor: int
    instructed: str
    bank_reference: str
    kind: str
    is_reversal: bool
    part: int
    parts: int
    entry_minor: int
    balance_minor: int | None
    status: LineStatus


# A statement follows what stands if its opening balance is the closing one of a statement that ended before it, or a
# balance within one (of which it tells the rest), or the opening one of a statement that began on the same day (which it
# tells again). The very first of an account follows nothing.
SELECT: Final = f"""
select s.id, s.bank_account_id, b.name as account_name, s.file_id, f.file_name, s.form, s.number, s.currency,
       s.opening_minor, s.closing_minor, s.net_minor, s.adds_up, s.from_on, s.to_on, s.entries, s.new_entries, s.new_lines,
       s.warnings, s.kept_at,
       (select count(*) from bank_lines l
        where l.agency_id = s.agency_id and l.statement_id = s.id and l.status = 'open') as open_lines,
       before.id as before_id, before.number as before_number, before.to_on as before_to_on,
       before.closing_minor as before_closing_minor
from bank_statements s
join bank_accounts b on b.agency_id = s.agency_id and b.id = s.bank_account_id
join bank_files f on f.agency_id = s.agency_id and f.id = s.file_id
left join lateral (
    select p.id, p.number, p.to_on, p.closing_minor from bank_statements p
    where p.agency_id = s.agency_id and p.bank_account_id = s.bank_account_id and p.id <> s.id and p.withdrawn_at is null
      and p.closing_minor is not null and s.opening_minor is not null
      and (p.to_on < s.from_on or (p.to_on = s.from_on and p.id < s.id))
    order by p.to_on desc, p.id desc limit 1
) before on before.closing_minor <> s.opening_minor
    and not exists (
        select from bank_statements p
        where p.agency_id = s.agency_id and p.bank_account_id = s.bank_account_id and p.id <> s.id and p.withdrawn_at is null
          and ((p.closing_minor = s.opening_minor and p.to_on between s.from_on - {LATE_DAYS} and s.from_on)
               or (p.opening_minor = s.opening_minor and p.from_on = s.from_on and p.id < s.id)))
    and not exists (
        select from bank_lines l
        where l.agency_id = s.agency_id and l.bank_account_id = s.bank_account_id and l.statement_id <> s.id
          and l.booked_on between s.from_on - {LATE_DAYS} and s.from_on and l.balance_minor = s.opening_minor
          and l.status <> 'withdrawn')
where s.agency_id = $1 and s.withdrawn_at is null
"""  # noqa: S608 - a number of ours

OF_ACCOUNT: Final = f"""
{SELECT} and ($2::uuid is null or s.bank_account_id = $2)
  and ($3::uuid is null or (coalesce(s.to_on, '-infinity'), s.id) <
       (select coalesce(p.to_on, '-infinity'), p.id from bank_statements p where p.agency_id = $1 and p.id = $3))
order by coalesce(s.to_on, '-infinity') desc, s.id desc limit $4
"""  # noqa: S608 - our own query

OF_STATEMENT: Final = """
select id, position, booked_on, valued_on, currency, amount_minor, counterparty_name, counterparty_account, on_behalf_of,
       text, creditor_reference, end_to_end, return_reason, charges_minor, instructed, bank_reference, kind, is_reversal,
       part, parts, entry_minor, balance_minor, status
from bank_lines where agency_id = $1 and statement_id = $2 and position > $3 order by position limit $4
"""


async def list_statements(
    actor: Actor, bank_account_id: UUID | None = None, before: UUID | None = None, *, limit: int = PAGE
) -> tuple[list[KeptStatement], bool]:
    """One page of statements, the latest day first, of one account or of all; whether there are more."""
    actor.require("bank.read")
    rows = await sql(OF_ACCOUNT, actor.agency_id, bank_account_id, before, limit + 1)
    return [_statement(row) for row in rows[:limit]], len(rows) > limit


async def load_statement(actor: Actor, bank_statement_id: UUID) -> KeptStatement:
    """One statement.

    Raises:
        NotFound: there is none for the actor.
    """
    actor.require("bank.read")
    row = await sql_one(f"{SELECT} and s.id = $2", actor.agency_id, bank_statement_id)
    if row is None:
        raise NotFound
    return _statement(row)


async def statements_of_file(actor: Actor, bank_file_id: UUID) -> list[KeptStatement]:
    """What a file told, in its order."""
    actor.require("bank.read")
    rows = await sql(f"{SELECT} and s.file_id = $2 order by s.position", actor.agency_id, bank_file_id)
    return [_statement(row) for row in rows]


async def lines_of(
    actor: Actor, bank_statement_id: UUID, after: int = 0, *, limit: int = LINES
) -> tuple[list[KeptLine], bool]:
    """One page of the lines that a statement told first, in its order; whether there are more."""
    actor.require("bank.read")
    rows = await sql(OF_STATEMENT, actor.agency_id, bank_statement_id, after, limit + 1)
    return [KeptLine(**{**row, "status": LineStatus(row["status"])}) for row in rows[:limit]], len(rows) > limit


def _statement(row: asyncpg.Record) -> KeptStatement:
    values = {name: value for name, value in row.items() if not name.startswith("before_")}
    before = None
    if row["before_id"] is not None:
        before = Before(
            id=row["before_id"],
            number=row["before_number"],
            to_on=row["before_to_on"],
            closing_minor=row["before_closing_minor"],
        )
    return KeptStatement(**{**values, "warnings": json.loads(row["warnings"])}, before=before)
