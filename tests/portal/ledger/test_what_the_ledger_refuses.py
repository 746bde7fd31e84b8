"""What the one posting function refuses, and that a refusal leaves nothing behind."""

from dataclasses import replace
from datetime import date, timedelta

import asyncpg
import pytest

from portal.errors import NotFound
from portal.identity import new_id
from portal.ledger.journal import Line, cr, dr, lines_of, mirrored, owe_more, post, reverse
from portal.ledger.refusals import (
    AlreadyPosted,
    AlreadyReversed,
    MayNotPost,
    NotAMirror,
    PeriodClosed,
    Unbalanced,
    WouldOverdraw,
    WrongAccount,
    WrongCurrency,
)
from portal.ledger.tables import Component
from portal.settings import Settings
from portal.tenancy.database import NOBODY, SET_SCOPE, Scope, sql, transaction
from tests.portal.ledger.books import DAY, LONG_AGO, Books, M, O, T, draft, open_books


@pytest.fixture
async def books(owner: asyncpg.Connection) -> Books:
    return await open_books(owner, cases={"K1": ("C1", "GBP"), "K2": ("C2", "GBP"), "KU": ("C1", "USD")})


async def journals_of(books: Books) -> int:
    async with transaction(books.actor.scope):
        return int((await sql("select count(*) as n from journals where agency_id = $1", books.agency_id))[0]["n"])


async def test_a_journal_that_does_not_balance_is_refused(books: Books) -> None:
    with pytest.raises(Unbalanced):
        await books.post(dr(T, 1000, 100, "GBP"), cr(T, 2020, 99, "GBP"))
    assert await journals_of(books) == 0


async def test_books_and_currencies_balance_each_by_itself(books: Books) -> None:
    with pytest.raises(Unbalanced):
        await books.post(dr(T, 1000, 100, "GBP"), cr(O, 1100, 100, "GBP"))
    with pytest.raises(Unbalanced):
        await books.post(dr(T, 1000, 100, "GBP"), cr(T, 2020, 100, "USD"))
    with pytest.raises(Unbalanced):
        await books.post(dr(T, 1000, 5, "GBP"), cr(T, 2020, 5, "GBP"), dr(O, 1100, 5, "GBP"), cr(O, 4000, 5, "USD"))


async def test_a_journal_without_lines_is_refused_also_among_others(books: Books) -> None:
    with pytest.raises(Unbalanced):
        await books.post()
    with pytest.raises(Unbalanced):
        await books.post_all(draft(*books.receive("C1", 100)), draft(), draft(*books.receive("C1", 100)))


async def test_a_line_of_nothing_is_refused(books: Books) -> None:
    with pytest.raises(ValueError, match="positive"):
        dr(T, 1000, 0, "GBP")
    with pytest.raises(WrongAccount):
        await books.post(Line(T, 1000, "GBP", 0), *books.receive("C1", 100))


async def test_a_second_journal_for_the_same_external_id_is_refused(books: Books) -> None:
    await books.post(*books.receive("C1", 100), source="bank", external_id="line, 7)")
    with pytest.raises(AlreadyPosted) as refused:
        await books.post(*books.receive("C1", 100), source="bank", external_id="line, 7)")
    assert refused.value.params == {"source": "bank", "external_id": "line, 7)"}
    with pytest.raises(AlreadyPosted) as refused:
        await books.post_all(
            draft(*books.receive("C1", 100)),
            draft(*books.receive("C1", 100), source="click", external_id="9"),
            draft(*books.receive("C1", 100), source="click", external_id="9"),
        )
    assert refused.value.params["external_id"] == "9"
    await books.post(*books.receive("C1", 100), source="stripe", external_id="line, 7)")
    assert await journals_of(books) == 2


async def test_another_agency_may_use_the_same_external_id(books: Books, owner: asyncpg.Connection) -> None:
    other = await open_books(owner)
    for one in (books, other):
        await one.post(*one.receive("C1", 100), external_id="same")


async def test_an_account_stands_in_its_own_book_and_names_its_holder(books: Books) -> None:
    client, case = books.clients["C1"], books.cases["K1"]
    for lines in (
        (dr(O, 1000, 5, "GBP"), cr(O, 1100, 5, "GBP")),
        (dr(T, 1005, 5, "GBP"), cr(T, 2020, 5, "GBP")),
        (dr(T, 1000, 5, "GBP"), cr(T, 2000, 5, "GBP")),
        (dr(T, 1000, 5, "GBP", client=client), cr(T, 2020, 5, "GBP")),
        (dr(M, 9000, 5, "GBP", client=client), cr(M, 9100, 5, "GBP", client=client)),
        (dr(M, 9000, 5, "GBP", case=case), cr(M, 9100, 5, "GBP", client=client)),
        (dr(T, 1000, 5, "GBP"), cr(T, 2000, 5, "GBP", client=client, case=case, component=Component.COSTS)),
        (dr(T, 1000, 10**16, "GBP"), cr(T, 2020, 10**16, "GBP")),
        (dr(T, 1000, 5, "POUND"), cr(T, 2020, 5, "POUND")),
    ):
        with pytest.raises(WrongAccount):
            await books.post(*lines)
    assert await journals_of(books) == 0


@pytest.mark.parametrize(("trust", "operating"), [(1090, 2190), (2040, 1220)])
async def test_what_the_two_books_owe_each_other_moves_together(books: Books, trust: int, operating: int) -> None:
    with pytest.raises(Unbalanced):
        await books.post(dr(T, 1000, 5, "GBP"), cr(T, trust, 5, "GBP"))
    with pytest.raises(Unbalanced):
        await books.post(dr(O, operating, 5, "GBP"), cr(O, 1100, 5, "GBP"))


async def test_the_pair_of_another_currency_does_not_make_up_for_it(books: Books) -> None:
    with pytest.raises(Unbalanced):
        await books.post(dr(T, 1000, 5, "GBP"), cr(T, 2040, 5, "GBP"), dr(O, 1220, 5, "USD"), cr(O, 4000, 5, "USD"))


async def test_nothing_is_posted_into_a_closed_period(books: Books) -> None:
    async with transaction(books.actor.scope):
        await sql(
            "insert into closed_periods (agency_id, through, closed_at) values ($1, $2, $3)",
            *(books.agency_id, DAY, LONG_AGO),
        )
    with pytest.raises(PeriodClosed) as refused:
        await books.post(*books.receive("C1", 100), on=DAY)
    assert refused.value.through == DAY
    with pytest.raises(PeriodClosed):
        await books.post_all(draft(*books.receive("C1", 1), on=DAY + timedelta(days=1)), draft(*books.receive("C1", 1)))
    await books.post(*books.receive("C1", 100), on=DAY + timedelta(days=1))


async def test_the_currency_of_a_line_is_the_cases(books: Books) -> None:
    with pytest.raises(WrongCurrency):
        await books.post(*books.place("K1", 500, "USD"))
    with pytest.raises(WrongCurrency):
        await books.post(*books.place("K1", 500, "GBP"), *books.place("KU", 500, "USD"), *books.place("KU", 5, "GBP"))


async def test_another_agencys_client_or_case_does_not_exist(books: Books, owner: asyncpg.Connection) -> None:
    other = await open_books(owner)
    with pytest.raises(NotFound):
        await books.post(dr(T, 1000, 5, "GBP"), cr(T, 2000, 5, "GBP", client=other.clients["C1"]))
    with pytest.raises(NotFound):
        await books.post(
            dr(M, 9000, 5, "GBP", client=books.clients["C1"], case=other.cases["K1"], component=Component.PRINCIPAL),
            cr(M, 9100, 5, "GBP", client=books.clients["C1"]),
        )
    with pytest.raises(NotFound):
        await books.post(*owe_more(new_id(), Component.PRINCIPAL, 5, "GBP", client=books.clients["C1"]))


async def test_a_case_is_not_booked_under_a_sibling_client(books: Books) -> None:
    with pytest.raises(NotFound):
        await books.post(*owe_more(books.cases["K1"], Component.PRINCIPAL, 5, "GBP", client=books.clients["C2"]))


async def test_another_agencys_journal_cannot_be_reversed(books: Books, owner: asyncpg.Connection) -> None:
    other = await open_books(owner)
    journal = await other.post(*other.receive("C1", 100))
    async with transaction(books.actor.scope):
        with pytest.raises(NotFound):
            await reverse(books.actor, journal, "reversal", "1", DAY)
    with pytest.raises(NotFound):
        await books.post_all(draft(*books.receive("C1", 100), reverses=journal))


async def test_clients_debtors_and_nobody_may_not_post(books: Books) -> None:
    scopes = (
        Scope("client", books.agency_id, client_id=books.clients["C1"]),
        Scope("debtor", books.agency_id, case_id=books.cases["K1"]),
        Scope("staff"),
        NOBODY,
    )
    for scope in scopes:
        with pytest.raises(MayNotPost):
            async with transaction(scope):
                await post(books.actor, [draft(*books.receive("C1", 100))])
    assert await journals_of(books) == 0


async def test_staff_posts_in_the_name_of_the_person(books: Books) -> None:
    person = new_id()
    actor = replace(books.actor, kind="user", user_id=person)
    async with transaction(actor.scope):
        journal = (await post(actor, [draft(*books.receive("C1", 100))]))[0]
        rows = await sql("select posted_by, effective_on from journals where id = $1", journal)
    assert [tuple(row) for row in rows] == [(person, DAY)]


async def test_an_old_snapshot_may_not_post(books: Books, database: Settings) -> None:
    connection = await asyncpg.connect(database.database_url)
    try:
        async with connection.transaction(isolation="repeatable_read"):
            await connection.execute(SET_SCOPE, "job", str(books.agency_id), "", "", "")
            with pytest.raises(asyncpg.PostgresError) as refused:
                await connection.execute(
                    "select post_journals('{a}', '{b}', '{c}', '{2026-03-02}', '{null}', '{1,1}', '{trust,trust}',"
                    " '{1000,2020}', '{GBP,GBP}', '{null,null}', '{null,null}', '{null,null}', '{5,-5}', now(), null)"
                )
        assert refused.value.sqlstate == "PL007"
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "insert into journals (agency_id, source, external_id, kind, effective_on, posted_at)"
        " values ($1, 'x', 'x', 'x', '2026-01-01', now())",
        "insert into journal_lines (agency_id, journal_id, position, book, account, currency, amount_minor, effective_on)"
        " values ($1, $1, 1, 'trust', 1000, 'GBP', 1, '2026-01-01')",
        "update journals set kind = 'y' where agency_id = $1",
        "update journal_lines set amount_minor = 1 where agency_id = $1",
        "delete from journal_lines where agency_id = $1",
        "delete from journals where agency_id = $1",
        "insert into balance_checkpoints (agency_id, book, account, currency, through, balance_minor)"
        " values ($1, 'trust', 2020, 'GBP', '2026-01-01', 1)",
        "update balance_checkpoints set balance_minor = 1 where agency_id = $1",
        "delete from balance_checkpoints where agency_id = $1",
        "update cases set principal_minor = 0 where agency_id = $1",
        "update cases set interest_minor = 0 where agency_id = $1",
        "update cases set costs_minor = 0 where agency_id = $1",
        "update closed_periods set through = '2020-01-01' where agency_id = $1",
        "delete from closed_periods where agency_id = $1",
    ],
)
async def test_the_application_writes_no_ledger_row_by_itself(books: Books, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(books.actor.scope):
            await sql(statement, books.agency_id)


async def test_a_reversal_is_the_exact_mirror_once(books: Books) -> None:
    journal = await books.post(*books.place("K1", 700), *books.receive("C1", 300))
    async with transaction(books.actor.scope):
        reversal = await reverse(books.actor, journal, "reversal", "1", DAY)
        assert await lines_of(books.agency_id, reversal) == [
            mirrored(line) for line in await lines_of(books.agency_id, journal)
        ]
    with pytest.raises(AlreadyReversed):
        async with transaction(books.actor.scope):
            await reverse(books.actor, journal, "reversal", "2", DAY)
    assert await books.signed_balances() == {}
    assert await books.wrong() == []


async def test_what_only_resembles_a_reversal_is_refused(books: Books) -> None:
    journal = await books.post(*books.receive("C1", 300), *books.receive("C2", 50))
    for lines in (
        books.remit("C1", 299),
        (*books.remit("C1", 300), *books.remit("C2", 50), *books.receive("C2", 1), *books.remit("C2", 1)),
        (*books.remit("C1", 50), *books.remit("C2", 50)),
    ):
        with pytest.raises(NotAMirror):
            await books.post_all(draft(*lines, reverses=journal))


async def test_a_refusal_says_which_account_when_and_how_much(books: Books) -> None:
    await books.post(*books.receive("C1", 300), on=date(2026, 3, 1))
    with pytest.raises(WouldOverdraw) as refused:
        await books.post(*books.remit("C1", 450), on=date(2026, 3, 5))
    assert (refused.value.account, refused.value.on, refused.value.missing_minor) == (2000, date(2026, 3, 5), 150)
    assert refused.value.client_id == str(books.clients["C1"])
    assert "1.50 GBP" in str(refused.value)
