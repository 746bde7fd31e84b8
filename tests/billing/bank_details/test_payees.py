"""Where a client is paid: entered by one person, confirmed by another, told to those it concerns, and at rest for three days."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from billing.bank_details.account import Account
from billing.bank_details.change import confirm, propose
from billing.bank_details.register import accounts_in_force
from billing.remittance.pay import pay as paid
from billing.remittance.proof import Proof
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.jobs import work_off
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY, agreed, pay
from tests.billing.remitting import approved, paid_into, prepared, terms
from tests.cases.casework import placed_case
from tests.letterbox import Letterbox
from tests.people import PASSWORD, Cast, Person, Visit

BRANDTS = Account(currency="GBP", holder="Brandt & Söhne", iban="GB33BUKB20201555555555")
OTHER = replace(BRANDTS, iban="GB29NWBK60161331926819")


async def entered(person: Person, client_id: UUID, account: Account = BRANDTS) -> UUID:
    async with transaction(person.actor.scope):
        return await propose(person.actor, account, client_id)


async def confirmed(person: Person, detail_id: UUID, settings: Settings) -> None:
    async with transaction(person.actor.scope):
        await confirm(person.actor, detail_id, Proof(password=PASSWORD), settings.secret_key)


async def ends(person: Person, client_id: UUID) -> list[str]:
    async with transaction(person.actor.scope, read_only=True):
        return [each.account.iban[-4:] for each in await accounts_in_force(person.actor, client_id)]


async def test_the_client_enters_its_account_and_the_agency_confirms_it(
    cast: Cast, settings: Settings, letterbox: Letterbox
) -> None:
    with clock.at(NOON):
        detail_id = await entered(cast.brandt_admin, cast.brandt.id)
        assert await ends(cast.finance, cast.brandt.id) == []
        with pytest.raises(Forbidden):
            await confirmed(cast.brandt_admin, detail_id, settings)
        await confirmed(cast.finance, detail_id, settings)
        assert await ends(cast.brandt_viewer, cast.brandt.id) == ["5555"]
        await work_off(agency_id=cast.nordkai.id)
    told = {people[0]: str(mail.get_content()) for people, mail in letterbox.kept}
    assert set(told) == {cast.owner.email, cast.brandt_admin.email}
    assert "GB33BUKB2020155" not in "".join(told.values()), "the number itself stays inside"
    assert "/payout-account" in told[cast.brandt_admin.email]
    assert f"/clients/{cast.brandt.id}/payout-account" in told[cast.owner.email]


async def test_nobody_confirms_what_they_entered_or_reaches_a_siblings_account(cast: Cast, settings: Settings) -> None:
    with clock.at(NOON):
        detail_id = await entered(cast.finance, cast.brandt.id)
        with pytest.raises(Refused, match="somebody else confirms"):
            await confirmed(cast.finance, detail_id, settings)
        for person in (cast.manager, cast.negotiator, cast.auditor, cast.brandt_viewer):
            with pytest.raises(Forbidden):
                await entered(person, cast.brandt.id)
        for person in (cast.lanting_admin, cast.huadong_owner):
            with pytest.raises(NotFound):
                await entered(person, cast.brandt.id)
        for person in (cast.manager, cast.auditor):
            with pytest.raises(Forbidden):
                await confirmed(person, detail_id, settings)
        with pytest.raises(NotFound):
            await confirmed(cast.huadong_finance, detail_id, settings)
        await confirmed(cast.owner, detail_id, settings)
        assert await ends(cast.lanting_admin, cast.brandt.id) == []


async def test_a_changed_account_rests_for_three_days_and_the_first_does_not(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt)
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    await pay(cast.finance, case_id, 10_000)
    await paid_into(cast, cast.brandt, settings, BRANDTS)
    await confirmed_as_paid(cast, settings)
    await pay(cast.finance, case_id, 20_000, at=NOON + timedelta(hours=2))
    await paid_into(cast, cast.brandt, settings, OTHER, at=NOON + timedelta(hours=3))
    run_id = await prepared(cast.finance, at=NOON + timedelta(hours=4))
    await approved(cast.second_finance, run_id, settings, at=NOON + timedelta(hours=5))
    with pytest.raises(Refused, match="nothing is paid there before") as refused:
        await confirmed_as_paid(cast, settings, run_id, days=2)
    assert refused.value.field == "paid_on"
    await confirmed_as_paid(cast, settings, run_id, days=3)


async def confirmed_as_paid(cast: Cast, settings: Settings, run_id: UUID | None = None, *, days: int = 0) -> None:
    if run_id is None:
        run_id = await prepared(cast.finance)
        await approved(cast.second_finance, run_id, settings)
    with clock.at(NOON + timedelta(days=days, hours=6)):
        async with transaction(cast.finance.actor.scope):
            await paid(cast.finance.actor, run_id, TODAY + timedelta(days=days), "SEPA 1")


async def test_the_pages_lead_a_change_through_both_sides(cast: Cast, visit: Visit) -> None:
    with clock.at(NOON):
        client, finance = await visit(cast.brandt_admin), await visit(cast.finance)
        wrong = await client.post("/payout-account", data={"currency": "GBP", "holder": "B", "iban": "GB00"})
        assert wrong.status_code == 422 and "its check digits do not fit" in wrong.text
        given = {"currency": "GBP", "holder": BRANDTS.holder, "iban": BRANDTS.iban}
        assert (await client.post("/payout-account", data=given)).status_code == 303
        assert "somebody else confirms it" in (await client.get("/payout-account")).text
        place = f"/clients/{cast.brandt.id}/payout-account"
        page = await finance.get(place)
        assert "Call the client at a number that you knew before" in page.text
        [detail] = set(re.findall(rf"{place}/([0-9a-f-]{{36}})/confirmation", page.text))
        elsewhere = f"/clients/{cast.lanting.id}/payout-account/{detail}/confirmation"
        assert (await finance.post(elsewhere, data={"password": PASSWORD})).status_code == 404
        assert (await finance.post(f"{place}/{detail}/confirmation", data={"password": "no"})).status_code == 422
        assert (await finance.post(f"{place}/{detail}/confirmation", data={"password": PASSWORD})).status_code == 303
        assert "Remittances go here" in (await client.get("/payout-account")).text
        assert "GBP •••• 5555" in (await client.get("/agreement")).text
        sibling = await visit(cast.lanting_admin)
        assert "5555" not in (await sibling.get("/payout-account")).text
        assert (await sibling.post(f"/payout-account/{detail}/end", data={})).status_code == 404
        assert (await (await visit(cast.negotiator)).get(place)).status_code == 403
