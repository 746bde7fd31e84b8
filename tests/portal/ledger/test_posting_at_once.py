"""Eight people posting at once: nothing is overdrawn, nobody deadlocks, and nobody waits without need."""

import asyncio
import random

import asyncpg
import pytest

from portal.ledger.journal import post
from portal.ledger.refusals import AlreadyPosted, WouldOverdraw
from portal.tenancy.database import sql_value, transaction
from tests.portal.ledger.books import Books, apart, draft, open_books, until_waiting


@pytest.fixture
async def books(owner: asyncpg.Connection) -> Books:
    return await open_books(owner, cases={f"K{n}": ("C1" if n % 2 else "C2", "GBP") for n in range(6)})


async def funds(books: Books, client: str) -> int:
    found = await books.signed_balances()
    return -sum(amount for key, amount in found.items() if key[2] == 2000 and key[3] == books.clients[client])


async def test_eight_draining_one_clients_funds_never_overdraw_them(books: Books) -> None:
    await books.post(*books.receive("C1", 1000))

    async def drain() -> int:
        taken = 0
        while True:
            try:
                await books.post(*books.remit("C1", 7))
            except WouldOverdraw:
                return taken
            taken += 7

    taken = sum(await asyncio.gather(*(drain() for _ in range(8))))
    assert (taken, await funds(books, "C1")) == (994, 6)
    assert await books.wrong() == []


async def test_journals_over_the_same_accounts_and_cases_in_any_order_do_not_deadlock(books: Books) -> None:
    cases = list(books.cases)
    await books.post(*books.receive("C1", 2000), *books.receive("C2", 2000))
    await books.post_all(*(draft(*books.place(case, 300)) for case in cases))

    async def work(seed: int) -> int:
        rng = random.Random(seed)
        refused = 0
        for _ in range(12):
            few = rng.sample(cases, 3)
            clients = rng.sample(["C1", "C2"], 2)
            lines = [line for case in few for line in books.pay(case, rng.randint(1, 9))]
            lines += [line for client in clients for line in books.remit(client, rng.randint(1, 40))]
            rng.shuffle(lines)
            try:
                await books.post(*lines)
            except WouldOverdraw:
                refused += 1
        return refused

    await asyncio.gather(*(work(seed) for seed in range(8)))
    assert await books.wrong() == []


async def test_the_same_external_id_at_once_posts_once(books: Books) -> None:
    async def try_it() -> bool:
        try:
            await books.post(*books.receive("C1", 100), external_id="one click")
        except AlreadyPosted:
            return False
        return True

    assert sum(await asyncio.gather(*(try_it() for _ in range(8)))) == 1
    assert await funds(books, "C1") == 100


async def test_a_case_paid_by_many_at_once_is_paid_once(books: Books) -> None:
    await books.post(*books.place("K1", 100))

    async def pay() -> int:
        try:
            await books.post(*books.pay("K1", 60))
        except WouldOverdraw:
            return 0
        return 60

    assert sum(await asyncio.gather(*(pay() for _ in range(8)))) == 60
    async with transaction(books.actor.scope):
        assert await sql_value("select principal_minor from cases where id = $1", books.cases["K1"]) == 40


async def test_a_credit_waits_for_nobody(books: Books) -> None:
    """While one holds the client's funds for a debit, receipts for the same client and bank go through."""
    await books.post(*books.receive("C1", 100))
    async with transaction(books.actor.scope):
        await post(books.actor, [draft(*books.remit("C1", 60))])
        for _ in range(3):
            await asyncio.wait_for(apart(books.post(*books.receive("C1", 5))), timeout=30)
    assert await funds(books, "C1") == 55


async def test_who_waited_for_the_lock_sees_what_the_other_took(books: Books, owner: asyncpg.Connection) -> None:
    await books.post(*books.receive("C1", 100))
    async with transaction(books.actor.scope):
        await post(books.actor, [draft(*books.remit("C1", 80))])
        second = apart(books.post(*books.remit("C1", 80)))
        await until_waiting(second, owner)
        assert not second.done()
    with pytest.raises(WouldOverdraw):
        await second
