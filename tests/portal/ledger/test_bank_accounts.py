"""Several accounts at banks under one account of the ledger: each has its own balance, and together they are it."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from portal.audit.prove import prove
from portal.audit.seal import seal
from portal.errors import NotFound
from portal.identity import new_id
from portal.ledger.balances import balance, bank_balance
from portal.ledger.journal import cr, dr, reverse
from portal.ledger.refusals import NotAMirror, WrongAccount
from portal.ledger.tables import Book
from portal.tenancy.database import transaction
from tests.portal.ledger.books import DAY, LONG_AGO, Books, O, T, draft, open_books


@pytest.fixture
async def books(owner: asyncpg.Connection) -> Books:
    return await open_books(owner)


async def opened(owner: asyncpg.Connection, books: Books, position: int, book: Book = T, currency: str = "GBP") -> UUID:
    bank_account_id = new_id()
    await owner.execute(
        "insert into bank_accounts (id, agency_id, book, currency, position, name, opened_on, created_at)"
        " values ($1, $2, $3, $4, $5, 'Account', $6, $7)",
        *(bank_account_id, books.agency_id, book.value, currency, position, DAY, LONG_AGO),
    )
    return bank_account_id


async def stands(books: Books, bank_account_id: UUID, **on: object) -> int:
    async with transaction(books.actor.scope, read_only=True):
        return await bank_balance(books.agency_id, bank_account_id, **on)  # type: ignore[arg-type]


async def test_a_line_that_names_no_account_stands_on_the_first(books: Books, owner: asyncpg.Connection) -> None:
    first, second = await opened(owner, books, 1), await opened(owner, books, 2)
    dollars = await opened(owner, books, 1, currency="USD")
    await books.post(dr(T, 1000, 700, "GBP"), cr(T, 2020, 700, "GBP"))
    await books.post(dr(T, 1000, 50, "GBP", bank_account=first), cr(T, 2020, 50, "GBP"))
    await books.post(dr(T, 1000, 30, "GBP", bank_account=second), cr(T, 2020, 30, "GBP"), on=DAY + timedelta(days=1))
    assert [await stands(books, each) for each in (first, second, dollars)] == [750, 30, 0]
    assert [await stands(books, each, on=DAY) for each in (first, second)] == [750, 0]
    async with transaction(books.actor.scope, read_only=True):
        assert await balance(books.agency_id, 1000, "GBP") == 780
    assert not await books.wrong(bare=True)


async def test_a_bank_account_takes_its_own_book_and_currency_alone(books: Books, owner: asyncpg.Connection) -> None:
    sterling, operating = await opened(owner, books, 1), await opened(owner, books, 1, O)
    other = await open_books(owner)
    theirs = await opened(owner, other, 1)
    with pytest.raises(NotFound):
        await books.post(dr(T, 1000, 5, "USD", bank_account=sterling), cr(T, 2020, 5, "USD"))
    with pytest.raises(NotFound):
        await books.post(dr(T, 1000, 5, "GBP", bank_account=operating), cr(T, 2020, 5, "GBP"))
    with pytest.raises(NotFound):
        await books.post(dr(T, 1000, 5, "GBP", bank_account=theirs), cr(T, 2020, 5, "GBP"))
    with pytest.raises(WrongAccount):
        await books.post(dr(T, 1000, 5, "GBP"), cr(T, 2020, 5, "GBP", bank_account=sterling))
    await books.post(dr(O, 1100, 5, "GBP", bank_account=operating), cr(O, 4000, 5, "GBP"))
    assert await stands(books, operating) == 5


async def test_a_reversal_takes_the_money_from_the_account_that_had_it(books: Books, owner: asyncpg.Connection) -> None:
    first, second = await opened(owner, books, 1), await opened(owner, books, 2)
    journal_id = await books.post(dr(T, 1000, 90, "GBP", bank_account=second), cr(T, 2020, 90, "GBP"))
    elsewhere = draft(cr(T, 1000, 90, "GBP", bank_account=first), dr(T, 2020, 90, "GBP"), reverses=journal_id)
    with pytest.raises(NotAMirror):
        await books.post_all(elsewhere)
    async with transaction(books.actor.scope):
        await reverse(books.actor, journal_id, "test", str(new_id()), DAY)
    assert [await stands(books, first), await stands(books, second)] == [0, 0]


async def test_moving_a_sealed_line_to_another_account_is_found(books: Books, owner: asyncpg.Connection) -> None:
    first, second = await opened(owner, books, 1), await opened(owner, books, 2)
    await books.post(dr(T, 1000, 90, "GBP", bank_account=second), cr(T, 2020, 90, "GBP"))
    await books.post(dr(T, 1000, 40, "GBP"), cr(T, 2020, 40, "GBP"))
    assert await seal(books.agency_id) == 2
    move = "update journal_lines set bank_account_id = $2 where agency_id = $1 and account = 1000 and amount_minor = $3"
    for amount, to, back in ((90, first, second), (40, first, None)):
        await owner.execute(move, books.agency_id, to, amount)
        assert len(await flaws(books)) == 1, amount
        await owner.execute(move, books.agency_id, back, amount)
        assert not await flaws(books), amount


async def flaws(books: Books) -> list[str]:
    async with transaction(books.actor.scope, read_only=True):
        return [str(flaw.text) for flaw in (await prove(books.agency_id)).flaws]
