"""The file by which the bank pays a run: valid, made once, and to the cent what the run pays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree

import asyncpg
import pytest
import xmlschema

from billing.bank.accounts import Given, open_account
from billing.bank_details import change
from billing.bank_details.account import Account
from billing.remittance.payment_file import content_of, make_file, plan_of
from billing.remittance.run import load_run
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY, agreed, pay
from tests.billing.remitting import approved, own_confirmed, paid, paid_into, prepared, terms
from tests.cases.casework import placed_case
from tests.people import Cast, Person, Visit

SCHEMA = Path(__file__).parents[2] / "data" / "bank" / "xsd" / "pain.001.001.09.xsd"
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
BRANDTS = Account(currency="EUR", holder="Brandt & Söhne", iban="DE89370400440532013000", bic="COBADEFFXXX")
CHINESE = Account(currency="EUR", holder="苏州兰亭轴承有限公司", iban="NL91ABNA0417164300")


async def approved_run(cast: Cast, owner: asyncpg.Connection, settings: Settings) -> UUID:
    """Brandt is paid by SEPA, Lanting has a name that it cannot carry; the agency has both of its accounts."""
    with clock.at(NOON):
        async with transaction(cast.owner.actor.scope):
            for book, iban in (("trust", "DE02120300000000202051"), ("operating", "DE02300209000106531065")):
                given = Given(book=book, currency="EUR", name=f"{book} account", holder="Nordkai", iban=iban)
                account_id = await open_account(cast.owner.actor, given)
    await own_confirmed(cast.finance, account_id, settings)
    for client, amount in ((cast.brandt, 100_033), (cast.lanting, 40_000)):
        await terms(owner, client)
        await agreed(cast, client)
        await pay(cast.finance, await placed_case(cast.nordkai, client, amount_minor=500_000), amount)
    await paid_into(cast, cast.brandt, settings, BRANDTS)
    await paid_into(cast, cast.lanting, settings, CHINESE)
    run_id = await prepared(cast.finance, "EUR")
    await approved(cast.second_finance, run_id, settings)
    return run_id


async def made(person: Person, run_id: UUID, currency: str = "EUR") -> bytes:
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            await make_file(person.actor, run_id, currency)
            return (await content_of(person.actor, run_id, currency))[1]


async def test_the_file_is_valid_made_once_and_pays_to_the_cent(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    run_id = await approved_run(cast, owner, settings)
    content = await made(cast.finance, run_id)
    assert await made(cast.second_finance, run_id) == content, "the same bytes, whoever asks again"
    xmlschema.XMLSchema(SCHEMA).validate(content.decode())
    root = ElementTree.fromstring(content)
    paid = [
        (
            transfer.findtext("p:Cdtr/p:Nm", None, SPACE),
            transfer.findtext("p:CdtrAcct/p:Id/p:IBAN", None, SPACE),
            transfer.findtext("p:Amt/p:InstdAmt", None, SPACE),
        )
        for transfer in root.iterfind(".//p:CdtTrfTxInf", SPACE)
    ]
    run = await look(cast.finance, run_id)
    assert paid == [
        ("Brandt & Sohne", BRANDTS.iban, "750.25"),
        ("Nordkai", "DE02300209000106531065", f"{run.kept_minor / 100:.2f}"),
    ]
    assert {each.text for each in root.iterfind(".//p:DbtrAcct/p:Id/p:IBAN", SPACE)} == {"DE02120300000000202051"}
    assert root.findtext(".//p:GrpHdr/p:NbOfTxs", None, SPACE) == "2"


async def look(person: Person, run_id: UUID):  # type: ignore[no-untyped-def]
    async with transaction(person.actor.scope, read_only=True):
        return await load_run(person.actor, run_id)


async def test_whoever_cannot_be_paid_by_it_is_named(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings
) -> None:
    run_id = await approved_run(cast, owner, settings)
    with clock.at(NOON):
        browser = await visit(cast.finance)
        page = (await browser.get(f"/remittances/{run_id}")).text
        assert "Its name cannot be written in a payment file." in page
        assert "2 transfers of" in page
        for _ in range(2):
            assert (await browser.post(f"/remittances/{run_id}/payment-file", data={})).status_code == 303
        first = await browser.get(f"/remittances/{run_id}/payment-file")
        assert first.headers["content-type"].startswith("application/xml")
        assert "attachment" in first.headers["content-disposition"]
        assert (
            await (await visit(cast.second_finance)).get(f"/remittances/{run_id}/payment-file")
        ).content == first.content
        for name, status in (("auditor", 403), ("negotiator", 403), ("brandt_admin", 403), ("huadong_finance", 404)):
            other = await visit(getattr(cast, name))
            assert (await other.get(f"/remittances/{run_id}/payment-file")).status_code == status, name
            assert (await other.post(f"/remittances/{run_id}/payment-file", data={})).status_code == status, name


async def test_a_changed_account_moves_the_day_of_the_file(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await approved_run(cast, owner, settings)
    other = Account(currency="EUR", holder="Brandt & Söhne", iban="IE29AIBK93115212345678")
    await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt), 9_000, at=NOON + timedelta(hours=1))
    await paid_into(cast, cast.brandt, settings, other, at=NOON + timedelta(hours=2))
    run_id = await prepared(cast.finance, "EUR", at=NOON + timedelta(hours=3))
    await approved(cast.second_finance, run_id, settings, at=NOON + timedelta(hours=4))
    with clock.at(NOON + timedelta(hours=5)):
        async with transaction(cast.finance.actor.scope, read_only=True):
            plan = await plan_of(cast.finance.actor, await load_run(cast.finance.actor, run_id), "EUR")
    assert plan.execution_on == TODAY + timedelta(days=3)


async def test_nobody_approves_what_goes_to_an_account_that_they_entered(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt)
    await agreed(cast, cast.brandt)
    await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt), 100_000)
    await paid_into(cast, cast.brandt, settings, BRANDTS)
    run_id = await prepared(cast.second_finance, "EUR")
    with pytest.raises(Refused) as refused:
        await approved(cast.owner, run_id, settings)
    assert refused.value.code == "payee_four_eyes"
    await approved(cast.finance, run_id, settings)


async def test_nothing_is_paid_by_the_file_to_an_account_that_was_taken_away_since(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    run_id = await approved_run(cast, owner, settings)
    detail_id = await owner.fetchval(
        "select id from bank_details where client_id = $1 and status = 'in_force'", cast.brandt.id
    )
    with clock.at(NOON + timedelta(hours=1)):
        async with transaction(cast.owner.actor.scope):
            await change.end(cast.owner.actor, detail_id)
        async with transaction(cast.finance.actor.scope, read_only=True):
            plan = await plan_of(cast.finance.actor, await load_run(cast.finance.actor, run_id), "EUR")
        page = (await (await visit(cast.finance)).get(f"/remittances/{run_id}")).text
    assert [transfer.account.holder for transfer in plan.transfers] == ["Nordkai"]
    with pytest.raises(Refused) as refused:
        await paid(cast.finance, run_id, at=NOON + timedelta(hours=1))
    assert refused.value.code == "no_account"
    assert "Brandt &amp; Söhne" in page.split("was replaced or taken away")[0].rsplit("The account of", 1)[1]


async def test_an_account_that_took_the_approved_ones_place_rests_before_it_is_paid(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    run_id = await approved_run(cast, owner, settings)
    other = Account(currency="EUR", holder="Brandt & Söhne", iban="IE29AIBK93115212345678")
    second = await paid_into(cast, cast.brandt, settings, other, at=NOON + timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        await paid(cast.finance, run_id, at=NOON + timedelta(hours=2))
    assert refused.value.code == "account_rests"
    rested = NOON + timedelta(days=3)
    await paid(cast.finance, run_id, on=rested.date(), at=rested)
    sent = "select paid_detail_id from statements where run_id = $1 and client_id = $2"
    assert await owner.fetchval(sent, run_id, cast.brandt.id) == second


async def test_what_the_file_paid_before_the_account_was_changed_went_to_the_approved_one(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    run_id = await approved_run(cast, owner, settings)
    first = await owner.fetchval(
        "select id from bank_details where client_id = $1 and status = 'in_force'", cast.brandt.id
    )
    await made(cast.finance, run_id)
    other = Account(currency="EUR", holder="Brandt & Söhne", iban="IE29AIBK93115212345678")
    await paid_into(cast, cast.brandt, settings, other, at=NOON + timedelta(hours=1))
    await paid(cast.finance, run_id, at=NOON + timedelta(hours=2))
    sent = "select paid_detail_id from statements where run_id = $1 and client_id = $2"
    assert await owner.fetchval(sent, run_id, cast.brandt.id) == first


async def test_a_run_has_a_file_in_its_own_currency_once_it_is_approved(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt)
    await agreed(cast, cast.brandt)
    for currency in ("EUR", "GBP"):
        await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt, currency=currency), 10_000)
    pounds = Account(
        currency="GBP", holder="Brandt & Söhne", account_number="12345678", bank_code="20-20-15", bank_name="Bank"
    )
    await paid_into(cast, cast.brandt, settings, pounds)
    euros, run_id = await prepared(cast.finance, "EUR"), await prepared(cast.finance, "GBP")
    await approved(cast.second_finance, run_id, settings)
    for of, currency, code in ((euros, "EUR", "not_approved"), (run_id, "GBP", "no_payer")):
        with pytest.raises(Refused) as refused:
            await made(cast.finance, of, currency)
        assert refused.value.code == code
    for person, error in ((cast.auditor, Forbidden), (cast.huadong_finance, NotFound)):
        with pytest.raises(error):
            await made(person, run_id, "GBP")
    with pytest.raises(NotFound):
        await made(cast.finance, run_id, "EUR")
    given = Given(
        book="trust", currency="GBP", name="Pounds", holder="Nordkai", account_number="87654321", bank_code="200000"
    )
    async with transaction(cast.owner.actor.scope):
        await open_account(cast.owner.actor, given)
    content = await made(cast.finance, run_id, "GBP")
    assert await made(cast.second_finance, run_id, "GBP") == content
    xmlschema.XMLSchema(SCHEMA).validate(content.decode())
    root = ElementTree.fromstring(content)
    assert [one.text for one in root.iterfind(".//p:CdtrAcct/p:Id/p:Othr/p:Id", SPACE)] == ["12345678"]
    assert [(one.get("Ccy"), one.text) for one in root.iterfind(".//p:InstdAmt", SPACE)] == [("GBP", "75.00")]
