"""A checkpoint spares adding up the past; it changes no answer, and a line dated before it makes it void."""

from datetime import date

import asyncpg
import pytest

from portal.ledger.journal import post
from portal.ledger.refusals import PeriodClosed, WouldOverdraw
from portal.settings import Settings
from portal.tenancy.database import SET_SCOPE, Scope, sql, sql_value, transaction
from tests.portal.ledger.books import LONG_AGO, Books, apart, draft, open_books, until_waiting

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 3, day) for day in (2, 3, 4, 5))


@pytest.fixture
async def books(owner: asyncpg.Connection) -> Books:
    return await open_books(owner)


async def checkpoint(books: Books, through: date) -> int | None:
    async with transaction(books.actor.scope):
        return await sql_value("select checkpoint_balances($1, 1)", through)  # type: ignore[no-any-return]


async def checkpoints(books: Books) -> list[tuple[object, ...]]:
    async with transaction(books.actor.scope):
        rows = await sql(
            "select account, through, balance_minor from balance_checkpoints order by account, through, balance_minor"
        )
    return [tuple(row) for row in rows]


async def test_a_checkpoint_is_the_balance_at_the_end_of_the_day(books: Books) -> None:
    await books.post(*books.receive("C1", 100), on=MONDAY)
    await books.post(*books.receive("C1", 10), on=WEDNESDAY)
    assert await checkpoint(books, TUESDAY) == 1
    assert await checkpoint(books, TUESDAY) == 0
    assert await checkpoint(books, THURSDAY) == 1
    assert await checkpoints(books) == [(2000, TUESDAY, -100), (2000, THURSDAY, -110)]


async def test_the_check_starts_at_the_checkpoint_and_answers_the_same(books: Books, owner: asyncpg.Connection) -> None:
    await books.post(*books.receive("C1", 100), on=MONDAY)
    await checkpoint(books, TUESDAY)
    with pytest.raises(WouldOverdraw) as refused:
        await books.post(*books.remit("C1", 101), on=WEDNESDAY)
    assert refused.value.missing_minor == 1
    # That it is used at all shows when it is falsified behind the application's back.
    await owner.execute("update balance_checkpoints set balance_minor = -150 where agency_id = $1", books.agency_id)
    await books.post(*books.remit("C1", 101), on=WEDNESDAY)
    assert any("guarded balances" in wrong for wrong in await books.wrong())


async def test_a_line_dated_before_a_checkpoint_makes_it_and_the_later_ones_void(books: Books) -> None:
    await books.post(*books.receive("C1", 100), *books.receive("C2", 7), on=MONDAY)
    await checkpoint(books, MONDAY)
    await books.post(*books.receive("C1", 1), on=WEDNESDAY)
    await checkpoint(books, WEDNESDAY)
    await books.post(*books.remit("C1", 60), on=TUESDAY)
    assert await checkpoints(books) == [(2000, MONDAY, -100), (2000, MONDAY, -7)]
    with pytest.raises(WouldOverdraw):
        await books.post(*books.remit("C1", 42), on=THURSDAY)
    await books.post(*books.remit("C1", 41), on=THURSDAY)
    assert await books.wrong() == []


async def test_a_debit_before_the_checkpoint_is_checked_on_the_days_after_it(books: Books) -> None:
    await books.post(*books.receive("C1", 100), on=MONDAY)
    await books.post(*books.remit("C1", 90), on=WEDNESDAY)
    await checkpoint(books, WEDNESDAY)
    with pytest.raises(WouldOverdraw) as refused:
        await books.post(*books.remit("C1", 11), on=TUESDAY)
    assert refused.value.on == WEDNESDAY


async def test_only_a_job_writes_checkpoints(books: Books) -> None:
    for scope in (Scope("staff", books.agency_id), Scope("client", books.agency_id, books.clients["C1"])):
        with pytest.raises(asyncpg.PostgresError, match="only a job"):
            async with transaction(scope):
                await sql("select checkpoint_balances($1)", MONDAY)


async def test_a_checkpoint_gives_way_to_a_posting_under_way(books: Books) -> None:
    async with transaction(books.actor.scope):
        await post(books.actor, [draft(*books.receive("C1", 100))])
        assert await apart(checkpoint(books, THURSDAY)) is None
    assert await checkpoint(books, THURSDAY) == 1


async def test_no_posting_slips_into_a_period_while_it_closes(books: Books, database: Settings) -> None:
    connection = await asyncpg.connect(database.database_url)
    try:
        closing = connection.transaction()
        await closing.start()
        await connection.execute(SET_SCOPE, "job", str(books.agency_id), "", "", "")
        await connection.execute(
            "insert into closed_periods (agency_id, through, closed_at) values ($1, $2, $3)",
            *(books.agency_id, MONDAY, LONG_AGO),
        )
        posting = apart(books.post(*books.receive("C1", 100), on=MONDAY))
        await until_waiting(posting, connection)
        assert not posting.done()
        await closing.commit()
        with pytest.raises(PeriodClosed):
            await posting
    finally:
        await connection.close()
