"""The night sums the ledger up: no figure of any day changes by it, whatever is posted, matched or undone before or after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID

import asyncpg
import pytest

from billing.books.trial import Books, books_on
from billing.reconciliation import nightly
from billing.reconciliation.bank import AccountOn, accounts_on
from portal.identity import new_id
from portal.ledger.balances import trial_balance
from portal.ledger.journal import JournalDraft, Line, cr, dr, post
from portal.ledger.tables import Book
from portal.tenancy.database import Scope, sql, transaction
from tests.billing.money import NOON, TODAY
from tests.people import Cast

DAYS = [TODAY - timedelta(days=back) for back in range(9)]
SOON = timedelta(0)


@pytest.fixture
async def accounts(cast: Cast, owner: asyncpg.Connection) -> list[UUID]:
    """Two trust accounts in pounds and one of the agency's own."""
    ids = [new_id() for _ in range(3)]
    for bank_account_id, (book, position) in zip(ids, (("trust", 1), ("trust", 2), ("operating", 1)), strict=True):
        await owner.execute(
            "insert into bank_accounts (id, agency_id, book, currency, position, name, opened_on, created_at)"
            " values ($1, $2, $3, 'GBP', $4, 'Account', $5, $6)",
            *(bank_account_id, cast.nordkai.id, book, position, date(2026, 1, 1), NOON),
        )
    return ids


async def figures(cast: Cast) -> list[tuple[Sequence[Books], Sequence[AccountOn]]]:
    """Books and bank accounts at the end of each day."""
    actor = cast.auditor.actor
    async with transaction(actor.scope, read_only=True):
        return [(await books_on(actor, day), await accounts_on(actor, day)) for day in DAYS]


async def statement(
    owner: asyncpg.Connection, cast: Cast, account: UUID, on: date, amounts: Sequence[int]
) -> list[UUID]:
    """What the bank tells of a day; gives its lines."""
    file_id, statement_id, lines = new_id(), new_id(), [new_id() for _ in amounts]
    of = cast.nordkai.id
    await owner.execute(
        "insert into bank_files (id, agency_id, size_bytes, sha256, object_key, given_at, status)"
        " values ($1, $2, 1, $3, 'x', $4, 'kept')",
        *(file_id, of, file_id.bytes * 2, NOON),
    )
    await owner.execute(
        "insert into bank_statements (id, agency_id, bank_account_id, file_id, position, form, currency, opening_minor,"
        " closing_minor, net_minor, from_on, to_on, entries, new_entries, new_lines, kept_at)"
        " values ($1, $2, $3, $4, 1, 'camt', 'GBP', 0, $5, $5, $6, $6, 1, 1, 1, $7)",
        *(statement_id, of, account, file_id, sum(amounts), on, NOON),
    )
    await owner.executemany(
        "insert into bank_lines (id, agency_id, bank_account_id, statement_id, position, booked_on, currency, amount_minor,"
        " entry_key, occurrence, entry_minor) values ($1, $2, $3, $4, $5, $6, 'GBP', $7, $8, 1, $7)",
        [
            (line, of, account, statement_id, position, on, amount, line.bytes * 2)
            for position, (line, amount) in enumerate(zip(lines, amounts, strict=True), 1)
        ],
    )
    return lines


async def match(owner: asyncpg.Connection, line: UUID, journal: UUID) -> None:
    await owner.execute(
        "insert into bank_matches (agency_id, bank_line_id, bank_account_id, journal_id, amount_minor, kind, matched_at,"
        " booked_on, effective_on) select t.agency_id, t.id, t.bank_account_id, j.id, t.amount_minor, 'linked', $3,"
        " t.booked_on, j.effective_on from bank_lines t, journals j where t.id = $1 and j.id = $2",
        *(line, journal, NOON),
    )
    await owner.execute("update bank_lines set status = 'booked' where id = $1", line)


async def undo(owner: asyncpg.Connection, line: UUID) -> None:
    await owner.execute(
        "update bank_matches set undone_at = $2, undone_why = 'wrong' where bank_line_id = $1 and undone_at is null",
        *(line, NOON),
    )
    await owner.execute("update bank_lines set status = 'open' where id = $1", line)


def moved(number: int, on: date, amount: int, account: UUID | None, book: Book) -> JournalDraft:
    """Money in by this much."""
    bank, against = (1000, 2020) if book is Book.TRUST else (1100, 4000)
    lines: tuple[Line, ...] = (dr(book, bank, amount, "GBP", bank_account=account), cr(book, against, amount, "GBP"))
    return JournalDraft("test", f"{number}", "receipt", on, lines)


@pytest.mark.parametrize("seed", [1, 2])
async def test_nights_change_no_figure_of_any_day(
    cast: Cast, owner: asyncpg.Connection, accounts: list[UUID], seed: int
) -> None:
    chance = Random(seed)
    of, actor = cast.nordkai.id, cast.owner.actor
    lines = {account: await statement(owner, cast, account, DAYS[8], []) for account in accounts}
    for account in accounts:
        for day in DAYS[2:7]:
            lines[account] += await statement(owner, cast, account, day, [chance.choice((5, 7, 9)) for _ in range(4)])
    journals: dict[UUID, list[UUID]] = {account: [] for account in accounts}
    matches: dict[UUID, UUID] = {}
    for turn in range(6):
        drafts = []
        for number in range(12):
            account = chance.choice(accounts)
            named = None if account != accounts[1] and chance.random() < 0.5 else account
            book = Book.OPERATING if account == accounts[2] else Book.TRUST
            drafts.append(
                (account, moved(turn * 100 + number, chance.choice(DAYS), chance.choice((5, 7, 9)), named, book))
            )
        async with transaction(actor.scope):
            ids = await post(actor, [draft for _, draft in drafts])
        for (account, _), journal_id in zip(drafts, ids, strict=True):
            journals[account].append(journal_id)
        for account in accounts:
            free = [line for line in lines[account] if line not in matches]
            unmatched = [journal for journal in journals[account] if journal not in matches.values()]
            for line, journal_id in zip(chance.sample(free, min(3, len(free))), unmatched, strict=False):
                amount = await owner.fetchval(
                    "select amount_minor from journal_lines where journal_id = $1 and position = 1", journal_id
                )
                await owner.execute("update bank_lines set amount_minor = $2 where id = $1", line, amount)
                await match(owner, line, journal_id)
                matches[line] = journal_id
        for line in chance.sample(sorted(matches), min(2, len(matches))):
            await undo(owner, line)
            del matches[line]
        if turn % 2:
            by_day = await figures(cast)
            await nightly.sum_up(of, settled=SOON)
            assert await figures(cast) == by_day
    async with transaction(Scope("job", of), read_only=True):
        known, wrong = await nightly.prove_unmatched(of)
        assert wrong == [] and known
        lines_say = {
            (row.account, row.currency): row.balance_minor
            for row in await trial_balance(of, on=DAYS[3])
            if not row.client_id
        }
    kept = {
        (row.account.number, books.currency): row.balance_minor
        for books in (await figures(cast))[3][0]
        for row in books.rows
    }
    assert kept == lines_say
    by_day = await figures(cast)
    for table in ("ledger_marks", "ledger_days", "bank_unmatched"):
        await owner.execute(f"delete from {table} where agency_id = $1", of)
    assert await figures(cast) == by_day, "told from the lines alone"


async def test_the_young_wait_for_the_next_night(cast: Cast, owner: asyncpg.Connection, accounts: list[UUID]) -> None:
    async with transaction(cast.owner.actor.scope):
        await post(cast.owner.actor, [moved(1, TODAY, 5, None, Book.TRUST)])
    await nightly.sum_up_agency({"agency_id": str(cast.nordkai.id)})
    of_agency = "where agency_id = $1", cast.nordkai.id
    assert await owner.fetchval(f"select count(*) from ledger_days {of_agency[0]}", of_agency[1]) == 0
    await nightly.sum_up(cast.nordkai.id, settled=SOON)
    assert await owner.fetchval(f"select count(*) from ledger_days {of_agency[0]}", of_agency[1]) == 2


async def test_only_a_job_sums_up_and_it_gives_way_to_a_posting(cast: Cast, accounts: list[UUID]) -> None:
    with pytest.raises(asyncpg.PostgresError, match="only a job"):
        async with transaction(cast.owner.actor.scope):
            await sql("select sum_up_ledger()")
