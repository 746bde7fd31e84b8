"""Other people's money is never overdrawn, on no date, by nobody, in no order."""

from datetime import date

import asyncpg
import pytest

from portal.ledger import balances
from portal.ledger.journal import cr, dr
from portal.ledger.refusals import WouldOverdraw
from portal.ledger.tables import Component
from portal.tenancy.database import sql, transaction
from tests.portal.ledger.books import Books, M, O, T, draft, open_books

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 3, day) for day in (2, 3, 4, 5))


@pytest.fixture
async def books(owner: asyncpg.Connection) -> Books:
    return await open_books(owner)


async def test_a_clients_funds_never_go_below_nought(books: Books) -> None:
    await books.post(*books.receive("C1", 100))
    await books.post(*books.receive("C2", 1000))
    with pytest.raises(WouldOverdraw):
        await books.post(*books.remit("C1", 101))
    await books.post(*books.remit("C1", 100))
    with pytest.raises(WouldOverdraw):
        await books.post(*books.remit("C1", 1))
    assert await books.wrong() == []


async def test_one_currency_does_not_pay_for_another(books: Books) -> None:
    await books.post(*books.receive("C1", 100, "USD"))
    with pytest.raises(WouldOverdraw):
        await books.post(*books.remit("C1", 100, "GBP"))


async def test_a_debit_may_not_be_dated_so_that_a_later_day_turns_negative(books: Books) -> None:
    await books.post(*books.receive("C1", 100), on=MONDAY)
    await books.post(*books.remit("C1", 80), on=WEDNESDAY)
    await books.post(*books.receive("C1", 500), on=THURSDAY)
    with pytest.raises(WouldOverdraw) as refused:
        await books.post(*books.remit("C1", 30), on=TUESDAY)
    assert (refused.value.on, refused.value.missing_minor) == (WEDNESDAY, 10)
    await books.post(*books.remit("C1", 20), on=TUESDAY)
    assert await books.wrong() == []


async def test_money_that_comes_later_does_not_cover_an_earlier_day(books: Books) -> None:
    await books.post(*books.receive("C1", 100), on=THURSDAY)
    with pytest.raises(WouldOverdraw) as refused:
        await books.post(*books.remit("C1", 100), on=WEDNESDAY)
    assert refused.value.on == WEDNESDAY


async def test_a_back_dated_receipt_needs_no_permission(books: Books) -> None:
    await books.post(*books.receive("C1", 100), on=THURSDAY)
    await books.post(*books.receive("C1", 50), on=MONDAY)
    await books.post(*books.remit("C1", 50), on=TUESDAY)
    assert await books.wrong() == []


async def test_a_case_is_not_paid_below_nought_on_any_date(books: Books) -> None:
    await books.post(*books.place("K1", 100), on=TUESDAY)
    with pytest.raises(WouldOverdraw):
        await books.post(*books.pay("K1", 101), on=WEDNESDAY)
    with pytest.raises(WouldOverdraw):
        await books.post(*books.pay("K1", 50), on=MONDAY)
    await books.post(*books.pay("K1", 60), on=THURSDAY)
    with pytest.raises(WouldOverdraw) as refused:
        await books.post(*books.pay("K1", 41), on=WEDNESDAY)
    assert (refused.value.on, refused.value.component) == (THURSDAY, "principal")
    await books.post(*books.pay("K1", 40), on=WEDNESDAY)
    assert await books.wrong() == []


async def test_one_component_of_a_case_does_not_pay_for_another(books: Books) -> None:
    await books.post(*books.place("K1", 100))
    client, case = books.clients["C1"], books.cases["K1"]
    with pytest.raises(WouldOverdraw):
        await books.post(
            dr(M, 9100, 5, "GBP", client=client),
            cr(M, 9000, 5, "GBP", client=client, case=case, component=Component.COSTS),
        )


@pytest.mark.parametrize("account", [2020, 2030, 2040])
async def test_suspense_refunds_and_what_trust_owes_operating_are_guarded(books: Books, account: int) -> None:
    pair = [dr(O, 1220, 100, "GBP"), cr(O, 4000, 100, "GBP")] if account == 2040 else []
    back = [cr(O, 1220, 101, "GBP"), dr(O, 1100, 101, "GBP")] if account == 2040 else []
    await books.post(dr(T, 1000, 100, "GBP"), cr(T, account, 100, "GBP"), *pair)
    with pytest.raises(WouldOverdraw) as refused:
        await books.post(dr(T, account, 101, "GBP"), cr(T, 1000, 101, "GBP"), *back)
    assert refused.value.account == account


async def test_what_is_not_guarded_may_go_either_way(books: Books) -> None:
    await books.post(dr(T, 1010, 100, "GBP"), cr(T, 1000, 100, "GBP"), dr(O, 4000, 5, "GBP"), cr(O, 1100, 5, "GBP"))
    assert await books.wrong() == []


async def test_within_a_call_the_lines_count_together(books: Books) -> None:
    await books.post_all(draft(*books.remit("C1", 100)), draft(*books.receive("C1", 100)))
    with pytest.raises(WouldOverdraw):
        await books.post_all(
            draft(*books.receive("C1", 100)), draft(*books.remit("C1", 60)), draft(*books.remit("C1", 60))
        )
    assert await books.wrong() == []


async def test_the_cases_balance_moves_with_its_lines(books: Books) -> None:
    case, client = books.cases["K1"], books.clients["C1"]
    await books.post_all(
        draft(*books.place("K1", 500), *books.place("K2", 70)),
        draft(*books.pay("K1", 130)),
    )
    async with transaction(books.actor.scope):
        row = (await sql("select principal_minor, interest_minor, costs_minor from cases where id = $1", case))[0]
        owed = await balances.debtor_balance(books.agency_id, case)
        assert await balances.client_funds(books.agency_id, client, "GBP") == 0
    assert tuple(row) == (370, 0, 0)
    assert owed == {Component.PRINCIPAL: 370, Component.INTEREST: 0, Component.COSTS: 0}


async def test_balances_are_those_of_the_date(books: Books) -> None:
    await books.post(*books.receive("C1", 100), on=MONDAY)
    await books.post(*books.remit("C1", 40), on=WEDNESDAY)
    await books.post(dr(T, 1000, 9, "GBP"), cr(T, 2020, 9, "GBP"), on=THURSDAY)
    agency, client = books.agency_id, books.clients["C1"]
    async with transaction(books.actor.scope):
        assert [await balances.client_funds(agency, client, "GBP", on=on) for on in (MONDAY, TUESDAY, WEDNESDAY)] == [
            100,
            100,
            60,
        ]
        assert await balances.client_funds(agency, client, "GBP") == 60
        assert await balances.suspense(agency, "GBP", on=WEDNESDAY) == 0
        assert await balances.suspense(agency, "GBP") == 9
        assert await balances.balance(agency, 1000, "GBP") == 69
        trial = await balances.trial_balance(agency, on=MONDAY)
    assert [(line.account, line.client_id, line.balance_minor) for line in trial] == [
        (1000, None, 100),
        (2000, client, 100),
    ]


async def test_a_placement_of_a_thousand_cases_posts_in_one_call(owner: asyncpg.Connection) -> None:
    names = {f"K{number}": ("C1", "GBP") for number in range(1000)}
    books = await open_books(owner, ("C1",), names)
    ids = await books.post_all(*(draft(*books.place(name, 1000), external_id=name) for name in names))
    assert len(set(ids)) == 1000
    async with transaction(books.actor.scope):
        rows = await sql("select external_id from journals where agency_id = $1 order by id", books.agency_id)
        assert [row["external_id"] for row in rows] == list(names)
    await books.post_all(*(draft(*books.pay(name, 400), *books.receive("C1", 400)) for name in names))
    assert await books.wrong() == []
