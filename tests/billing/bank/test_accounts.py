"""Accounts at banks: opened once, named as banks name them, closed when nothing stands on them."""

from __future__ import annotations

from dataclasses import replace

import asyncpg
import pytest

from billing.bank.accounts import (
    Given,
    account_meant,
    checked,
    close_account,
    list_accounts,
    load_account,
    open_account,
    rename_account,
)
from billing.bank_details.account import Account
from billing.bank_details.change import propose
from portal.errors import Forbidden, NotFound, Refused
from portal.ledger.journal import cr, dr, post
from portal.ledger.tables import Book
from portal.people.actor import system
from portal.tenancy.database import transaction
from tests.billing.bank.statements import DUPLICATE_IBAN, IBAN, opened
from tests.people import Cast, Person
from tests.portal.ledger.books import draft

GIVEN = Given(book="trust", currency="EUR", name="Trust", iban="de41 5001 0517 0123 4567 89")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"iban": "DE41500105170123456780"}, "iban"),
        ({"iban": ""}, "iban"),
        ({"account_number": "12345"}, "account_number"),
        ({"iban": "", "account_number": "1?"}, "account_number"),
        ({"currency": "XXX"}, "currency"),
        ({"book": "memo"}, "book"),
        ({"name": " "}, "name"),
        ({"name": "N" * 61}, "name"),
        ({"bic": "COBA"}, "bic"),
    ],
)
def test_what_cannot_be_an_account_is_refused_at_its_field(changed: dict[str, str], field: str) -> None:
    assert checked(GIVEN).iban == IBAN
    with pytest.raises(Refused) as refused:
        checked(replace(GIVEN, **changed))  # type: ignore[arg-type]
    assert refused.value.field == field


async def test_accounts_of_a_book_and_currency_are_numbered_and_none_is_kept_twice(cast: Cast) -> None:
    first = await opened(cast.finance)
    second = await opened(cast.owner, "Second", iban=DUPLICATE_IBAN)
    own = await opened(cast.finance, "Own", book="operating", account_number="99887766")
    assert [one.position for one in (first, second, own)] == [1, 2, 1]
    for twin in ({"iban": IBAN}, {"account_number": "9988 7766"}):
        with pytest.raises(Refused) as refused:
            await opened(cast.finance, "Twin", **twin)
        assert refused.value.code == "kept_already"
    in_dollars = await opened(cast.finance, "Dollars", currency="USD")
    assert in_dollars.position == 1
    async with transaction(cast.auditor.actor.scope, read_only=True):
        listed = await list_accounts(cast.auditor.actor)
    assert [one.name for one in listed] == ["Trust EUR", "Second", "Dollars", "Own"]


async def test_who_may_not_keep_accounts_and_who_sees_none(cast: Cast) -> None:
    account = await opened(cast.finance)

    async def refused(person: Person, kind: type[Exception]) -> None:
        async with transaction(person.actor.scope):
            for what in (
                open_account(person.actor, GIVEN),
                rename_account(person.actor, account.id, "Mine"),
                close_account(person.actor, account.id),
            ):
                with pytest.raises(kind):
                    await what

    for person in (cast.auditor, cast.manager, cast.negotiator, cast.brandt_admin):
        await refused(person, Forbidden)
    async with transaction(cast.huadong_finance.actor.scope):
        with pytest.raises(NotFound):
            await rename_account(cast.huadong_finance.actor, account.id, "Mine")
        with pytest.raises(NotFound):
            await close_account(cast.huadong_finance.actor, account.id)


async def test_an_account_is_closed_when_no_money_stands_on_it_and_nothing_would_come_to(cast: Cast) -> None:
    first, second = await opened(cast.finance), await opened(cast.finance, "Second", iban=DUPLICATE_IBAN)
    actor = cast.finance.actor
    async with transaction(actor.scope):
        moved = (dr(Book.TRUST, 1000, 500, "EUR", bank_account=second.id), cr(Book.TRUST, 2020, 500, "EUR"))
        await post(system(actor.agency_id), [draft(*moved)])
    for account, code in ((first, "first_of_several"), (second, "not_empty")):
        async with transaction(actor.scope):
            with pytest.raises(Refused) as refused:
                await close_account(actor, account.id)
        assert refused.value.code == code
    third = await opened(cast.finance, "Third", account_number="5555666677")
    async with transaction(actor.scope):
        await close_account(actor, third.id)
        await rename_account(actor, first.id, "  Main   trust ")
        assert (await load_account(actor, third.id)).closed_on is not None
        assert (await load_account(actor, first.id)).name == "Main trust"
        with pytest.raises(Refused):
            await close_account(actor, third.id)


async def test_an_account_says_whether_debtors_are_told_to_pay_there(cast: Cast, owner: asyncpg.Connection) -> None:
    account = await opened(cast.finance)
    assert not account.debtors_pay_here
    async with transaction(cast.owner.actor.scope):
        await propose(cast.owner.actor, Account(currency="EUR", holder="Nordkai", iban=IBAN))
    await owner.execute(
        "update bank_details set status = 'in_force', decided_by = $2, decided_at = now() where agency_id = $1",
        cast.nordkai.id, cast.finance.user_id,
    )  # fmt: skip
    async with transaction(cast.finance.actor.scope, read_only=True):
        assert (await load_account(cast.finance.actor, account.id)).debtors_pay_here


async def test_banks_name_an_account_in_many_ways(cast: Cast) -> None:
    german = await opened(cast.finance)
    dutch = await opened(cast.finance, "Dutch", account_number="156750961")
    named = {
        IBAN: german, "50010517/0123456789": german, "50010517/123456789": german, "0123456789": german,
        "1567.50.961EUR": dutch, "ABNANL2A/156750961": dutch, "DE41500105170123456780": None, "50010518/0123456789": None,
        "": None, "1": None,
    }  # fmt: skip
    for said, account in named.items():
        assert account_meant(said, "EUR", [german, dutch]) == account, said
    with pytest.raises(Refused) as refused:
        account_meant(IBAN, "USD", [german, dutch])
    assert refused.value.code == "wrong_currency"
