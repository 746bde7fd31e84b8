"""The chart of accounts is one thing, said to people in Python and to the database in its checks."""

import asyncpg

from portal.ledger.accounts import CHART, GUARDED_TRUST, PAIRS, Holder, Side
from portal.ledger.tables import Book, Component


async def rule(owner: asyncpg.Connection, name: str) -> str:
    return str(
        await owner.fetchval(
            "select pg_get_expr(conbin, conrelid) from pg_constraint where conname = $1", f"journal_lines_{name}"
        )
    )


async def test_the_database_knows_the_same_accounts_books_and_holders(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        f"""
        select number as account, book, client_id is not null as client, case_id is not null as of_case, component
        from generate_series(0, 9999) as number,
             lateral (select number::smallint as account) as account,
             unnest($1::text[]) as book,
             (values (null::uuid), ($2::uuid)) as client (client_id),
             (values (null::uuid), ($2::uuid)) as debt (case_id),
             unnest($3::text[]) as component
        where ({await rule(owner, "chart")}) and ({await rule(owner, "holder")})
        """,
        [*Book, "other", ""],
        "00000000-0000-0000-0000-000000000001",
        [*Component, "other", None],
    )
    expected = set()
    for account in CHART.values():
        if account.holder is Holder.CASE:
            shapes = [(True, True, part.value) for part in Component]
        else:
            shapes = [(account.holder is Holder.CLIENT, False, None)]
        expected |= {(account.number, account.book.value, *shape) for shape in shapes}
    assert {tuple(row) for row in rows} == expected


async def test_the_functions_guard_the_accounts_that_the_chart_calls_guarded(owner: asyncpg.Connection) -> None:
    listed = ", ".join(map(str, GUARDED_TRUST))
    for name in ("ledger_post", "ledger_guard_trust", "ledger_forget_checkpoints", "checkpoint_balances"):
        body = await owner.fetchval("select prosrc from pg_proc where proname = $1", name)
        assert f"account in ({listed})" in body, name
    assert [number for number, account in CHART.items() if account.guarded and number not in GUARDED_TRUST] == [9000]


def test_the_accounts_of_a_pair_stand_on_opposite_sides_of_two_books() -> None:
    for trust, operating in PAIRS:
        assert (CHART[trust].book, CHART[operating].book) == (Book.TRUST, Book.OPERATING)
        assert {CHART[trust].side, CHART[operating].side} == {Side.DEBIT, Side.CREDIT}
