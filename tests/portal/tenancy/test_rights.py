"""What the application may do with money that is written down, asked of the database itself for every table there is."""

from __future__ import annotations

import asyncpg
import pytest

from tests.portal.tenancy.catalogue import gaps

FIXED = ("id", "agency_id", "client_id", "case_id", "currency")
"""Whose a row is, and in which currency its money is: said once, and so is every amount."""

MAY_CHANGE = {
    "card_payments": "as the processor tells of it",
    "card_refunds": "as the processor tells of it",
    "cases": "the score's balance; what is owed only the ledger writes",
    "chargebacks": "as the processor tells of it",
    "client_invoices": "what was paid of it and taken off it",
    "clients": "the floor of its terms",
    "direct_payment_reports": "what the client answered",
    "disputes": "how much is answered",
    "notices": "how much is still wrong",
    "openings": "until they are proposed: a trigger keeps them",
    "payouts": "as the processor tells of it",
    "placement_rows": "until it is handed over",
    "plans": "a draft, and how it stands: a trigger keeps the rest",
    "promises": "what was received for it",
    "remittance_runs": "a trigger lets it go its way alone",
    "statements": "a draft: a trigger keeps the final",
    "suspense": "a part of it finds its case",
}
"""Tables of money of which more may change than what became of a row, each with why."""
MAY_BE_DELETED = {
    "exchange_parts": "of an exchange that is taken back",
    "opening_banks": "of a draft: a trigger keeps the rest",
    "opening_items": "of a draft: a trigger keeps the rest",
    "placement_rows": "when their time is over",
    "reconciliations": "that one person signed: a trigger keeps the rest",
    "statement_lines": "of a draft: a trigger keeps the final",
    "statements": "of a draft: a trigger keeps the final",
}

RIGHTS = r"""
select c.relname as table,
       coalesce(bool_or((a.attname = any ($1) or a.attname like '%\_minor')
                        and has_column_privilege('portal_app', c.oid, a.attnum, 'update')), false) as changes,
       has_table_privilege('portal_app', c.oid, 'delete') as deletes
from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname = 'public' and c.relkind = 'r'
group by c.oid having bool_or(a.attname like '%\_minor') order by 1
"""


SAID = {"update": "changed", "delete": "deleted"}


async def too_much(connection: asyncpg.Connection) -> list[str]:
    """The tables of money of which the application may change or delete what it has no reason to."""
    rows = await connection.fetch(RIGHTS, list(FIXED))
    changed = [f"{row['table']} is changed" for row in rows if row["changes"] and row["table"] not in MAY_CHANGE]
    return changed + [
        f"{row['table']} is deleted" for row in rows if row["deletes"] and row["table"] not in MAY_BE_DELETED
    ]


async def test_no_amount_that_is_written_down_is_changed_or_deleted_without_a_reason(
    scratch: asyncpg.Connection,
) -> None:
    assert await too_much(scratch) == []
    rows = await scratch.fetch(RIGHTS, list(FIXED))
    reasons = {row["table"] for row in rows if row["changes"]}, {row["table"] for row in rows if row["deletes"]}
    assert (MAY_CHANGE.keys() - reasons[0], MAY_BE_DELETED.keys() - reasons[1]) == (set(), set()), "reasons for nothing"


@pytest.mark.parametrize("right", ["update", "delete"])
async def test_whichever_table_of_money_the_application_gets_a_right_on_is_named(
    scratch: asyncpg.Connection, right: str
) -> None:
    spared = MAY_CHANGE if right == "update" else MAY_BE_DELETED
    tables = [row["table"] for row in await scratch.fetch(RIGHTS, list(FIXED)) if row["table"] not in spared]
    assert len(tables) > 25
    for table in tables:
        await scratch.execute(f'grant {right} on "{table}" to portal_app')
    assert await too_much(scratch) == [f"{table} is {SAID[right]}" for table in tables]


@pytest.mark.parametrize("policy", ["agency", "client", "debtor"])
async def test_whichever_table_loses_a_policy_is_named(scratch: asyncpg.Connection, policy: str) -> None:
    rows = await scratch.fetch(
        "select polrelid::regclass::text as table from pg_policy where polname = $1 order by 1", policy
    )
    assert len(rows) > 60
    for row in rows:
        await scratch.execute(f"drop policy {policy} on {row['table']}")
    told = {gap.split(":")[0] for gap in await gaps(scratch)}
    assert {row["table"] for row in rows} - told == set()
