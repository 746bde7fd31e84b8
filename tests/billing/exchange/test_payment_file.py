"""Euros that were bought for a run leave by its payment file, whatever the run's currency."""

from __future__ import annotations

from uuid import UUID
from xml.etree import ElementTree

import asyncpg
import pytest

from billing.bank.accounts import Given, OwnAccount, load_account, open_account
from billing.bank_details.account import Account
from billing.remittance.draft import review
from billing.remittance.payment_file import content_of, make_file, plan_of
from billing.remittance.run import load_run
from portal import clock
from portal.errors import Refused
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.exchange.exchanging import collected, executed, pays_in, quoted
from tests.billing.money import NOON
from tests.billing.remitting import approved, own_confirmed, paid_into, prepared
from tests.people import Cast, Person, Visit

EUROS, OURS = "DE89370400440532013000", "DE02300209000106531065"


async def opened(person: Person, currency: str, iban: str, book: str = "trust") -> OwnAccount:
    given = Given(book=book, currency=currency, name=f"{book} {currency}", holder="Nordkai", iban=iban)
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            return await load_account(person.actor, await open_account(person.actor, given))


async def through(cast: Cast, settings: Settings, target: str) -> UUID:
    """A run of 760.00 dollars to be exchanged, approved."""
    run_id = await prepared(cast.finance, "USD", reviewed=False)
    await quoted(cast.finance, run_id, "0.7900", target)
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await review(cast.finance.actor, run_id)
    await approved(cast.second_finance, run_id, settings)
    return run_id


async def test_euros_that_were_bought_leave_by_a_payment_file(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    await opened(cast.owner, "EUR", EUROS)
    own = await opened(cast.owner, "EUR", OURS, "operating")
    await own_confirmed(cast.finance, own.id, settings)
    account = Account(currency="EUR", holder="Brandt GmbH", iban="IE29AIBK93115212345678")
    await paid_into(cast, cast.brandt, settings, account)
    await pays_in(owner, cast.brandt, "USD>EUR", gain="agency")
    for client, minor in ((cast.brandt, 100_000), (cast.lanting, 10_000)):
        await collected(cast, owner, client, minor)
    run_id = await through(cast, settings, "EUR")
    with clock.at(NOON):
        with pytest.raises(Refused) as refused:
            async with transaction(cast.finance.actor.scope):
                await make_file(cast.finance.actor, run_id, "EUR")
        assert refused.value.code == "not_exchanged"
        await executed(cast.finance, run_id, 76_000, 60_116, "0.7910", "EUR")
        async with transaction(cast.finance.actor.scope):
            plan = await plan_of(cast.finance.actor, await load_run(cast.finance.actor, run_id), "USD")
            assert [(one.name, one.currency, one.amount_minor) for one in plan.by_hand] == [
                (cast.lanting.name, "USD", 7_600), (cast.nordkai.name, "USD", 26_400),
            ]  # fmt: skip
            await make_file(cast.finance.actor, run_id, "EUR")
            content = (await content_of(cast.finance.actor, run_id, "EUR"))[1]
        page = (await (await visit(cast.finance)).get(f"/remittances/{run_id}")).text
    assert "pain.001.001.09" in page
    paid = [
        (one.get("Ccy"), one.text) for one in ElementTree.fromstring(content).iter() if one.tag.endswith("InstdAmt")
    ]
    assert paid == [("EUR", "600.40"), ("EUR", "0.76")]
