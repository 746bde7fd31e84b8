"""Keeping a statement: the entries that no file has told before become lines, each with what it is known by."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from billing.bank.accounts import OwnAccount
from billing.bank.identity import New, Standing, new_entries
from billing.bank.reading.statement import Form, ReadStatement
from portal import clock
from portal.audit.record import record
from portal.identity import new_id
from portal.people.actor import Actor
from portal.tenancy.database import sql

STANDING: Final = """
select l.entry_key, l.booked_on, l.entry_minor, l.occurrence, l.balance_minor, s.form, l.bank_reference <> '' as has_reference
from bank_lines l join bank_statements s on s.agency_id = l.agency_id and s.id = l.statement_id
where l.agency_id = $1 and l.bank_account_id = $2 and l.booked_on between $3 and $4 and l.part = 1
  and l.status <> 'withdrawn'
order by s.id, l.position
"""

INSERT_STATEMENT: Final = """
insert into bank_statements (id, agency_id, bank_account_id, file_id, position, form, number, currency, opening_minor,
                             closing_minor, net_minor, adds_up, from_on, to_on, entries, new_entries, new_lines, warnings, kept_at)
values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
"""

COLUMNS: Final = {
    "id": "uuid",
    "position": "integer",
    "booked_on": "date",
    "valued_on": "date",
    "amount_minor": "bigint",
    "counterparty_name": "text",
    "counterparty_account": "text",
    "on_behalf_of": "text",
    "text": "text",
    "creditor_reference": "text",
    "end_to_end": "text",
    "mandate": "text",
    "return_reason": "text",
    "charges_minor": "bigint",
    "instructed": "text",
    "bank_reference": "text",
    "code": "text",
    "kind": "text",
    "is_reversal": "boolean",
    "entry_key": "bytea",
    "occurrence": "integer",
    "part": "integer",
    "parts": "integer",
    "entry_minor": "bigint",
    "balance_minor": "bigint",
}
_NAMES: Final = ", ".join(COLUMNS)
_ARRAYS: Final = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(COLUMNS.values(), 5))
INSERT_LINES: Final = f"""
insert into bank_lines (agency_id, bank_account_id, statement_id, currency, status, {_NAMES})
select $1, $2, $3, $4, 'open', * from unnest({_ARRAYS})
"""  # noqa: S608 - own column names
_OF_LINE: Final = (
    "amount_minor", "counterparty_name", "counterparty_account", "on_behalf_of", "text", "creditor_reference", "end_to_end",
    "mandate", "return_reason", "charges_minor", "instructed",
)  # fmt: skip
_OF_ENTRY: Final = ("bank_reference", "code", "kind", "is_reversal")


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one statement."""

    id: UUID
    new_entries: int
    new_lines: int


async def keep_statement(actor: Actor, account: OwnAccount, file_id: UUID, position: int, read: ReadStatement) -> Kept:
    """Keep a statement, and of its entries those that do not stand yet. The agency keeps one file at a time."""
    days = [entry.booked_on for entry in read.entries]
    standing = await _standing(actor, account, read) if days else []
    new = new_entries(read, standing)
    kept = Kept(new_id(), len(new), sum(len(one.entry.lines) for one in new))
    await sql(
        INSERT_STATEMENT,
        *(actor.agency_id, kept.id, account.id, file_id, position, read.form, read.number, read.currency),
        *(read.opening_minor, read.closing_minor, read.net_minor, read.adds_up, read.from_on, read.to_on),
        *(len(read.entries), kept.new_entries, kept.new_lines),
        json.dumps([{"code": one.code, "params": one.params} for one in read.warnings], ensure_ascii=False),
        clock.now(),
    )
    if new:
        await sql(INSERT_LINES, actor.agency_id, account.id, kept.id, read.currency, *_as_columns(new))
    facts = {
        "number": read.number, "currency": read.currency, "period_to": read.to_on, "entries": len(read.entries),
        "new_entries": kept.new_entries, "net_minor": read.net_minor, "account_ends": account.ends,
    }  # fmt: skip
    await record(actor, "bank_statement.kept", "bank_statement", kept.id, facts=facts)
    return kept


async def _standing(actor: Actor, account: OwnAccount, read: ReadStatement) -> list[Standing]:
    days = [entry.booked_on for entry in read.entries]
    return [
        Standing(row["entry_key"], row["booked_on"], row["entry_minor"], row["occurrence"], row["balance_minor"],
                 Form(row["form"]), row["has_reference"])
        for row in await sql(STANDING, actor.agency_id, account.id, min(days), max(days))
    ]  # fmt: skip


def _as_columns(new: Sequence[New]) -> list[list[object]]:
    """The lines of new entries, column by column."""
    rows: list[dict[str, object]] = []
    for one in new:
        of_entry = {name: getattr(one.entry, name) for name in _OF_ENTRY}
        for part, line in enumerate(one.entry.lines, 1):
            rows.append(
                {
                    "id": new_id(), "position": len(rows) + 1, "booked_on": one.entry.booked_on,
                    "valued_on": one.entry.valued_on, **{name: getattr(line, name) for name in _OF_LINE}, **of_entry,
                    "entry_key": one.key, "occurrence": one.occurrence, "part": part, "parts": len(one.entry.lines),
                    "entry_minor": one.entry.amount_minor, "balance_minor": one.balance_minor,
                }
            )  # fmt: skip
    return [[row[name] for row in rows] for name in COLUMNS]
