"""An account for debtors is entered by one person and confirmed by another; all owners hear of it, debtors only then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from billing.bank_details.account import Account
from billing.bank_details.change import confirm, decline, end, propose
from billing.bank_details.instructions import Instructions, instructions_for
from billing.bank_details.register import account_in_force, all_details
from billing.remittance.proof import Proof
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.jobs import work_off
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.bank_details.test_account import CHINESE, GERMAN
from tests.billing.money import NOON, look
from tests.cases.casework import placed_case
from tests.letterbox import Letterbox
from tests.people import PASSWORD, Cast, Person, Visit

PLACE = "/settings/bank-details"


async def entered(person: Person, account: Account = GERMAN) -> UUID:
    async with transaction(person.actor.scope):
        return await propose(person.actor, account)


async def confirmed(person: Person, detail_id: UUID, settings: Settings) -> None:
    async with transaction(person.actor.scope):
        await confirm(person.actor, detail_id, Proof(password=PASSWORD), settings.secret_key)


async def told(person: Person, case_id: UUID, amount_minor: int = 100_000) -> Instructions | None:
    case = await look(person.actor, case_id)
    async with transaction(person.actor.scope, read_only=True):
        return await instructions_for(person.actor, case, amount_minor)


async def test_debtors_see_an_account_once_a_second_person_has_confirmed_it(
    cast: Cast, settings: Settings, letterbox: Letterbox
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    with clock.at(NOON):
        first = await entered(cast.owner)
        assert await entered(cast.owner) == first, "entered again it is the same"
        assert await told(cast.negotiator, case_id) is None
        with pytest.raises(Refused, match="somebody else confirms"):
            await confirmed(cast.owner, first, settings)
        await confirmed(cast.finance, first, settings)
        with pytest.raises(Refused, match="decided already"):
            await confirmed(cast.finance, first, settings)
        pay = await told(cast.negotiator, case_id)
        assert pay is not None and pay.account.iban == "DE89370400440532013000"
        assert (pay.reference, pay.creditor_reference) == ("2026-00001", "RF32202600001")
        assert pay.picture.startswith("data:image/svg+xml")
        await work_off(agency_id=cast.nordkai.id)
    mails = [str(mail.get_content()) for people, mail in letterbox.kept if people == [cast.owner.email]]
    assert len(mails) == 2 and "It is not shown before" in mails[0] and "Finance confirmed" in mails[1]
    assert all("370400440532013" not in mail and "3000" in mail for mail in mails), "the number itself stays inside"


async def test_a_changed_account_keeps_the_old_one_until_it_is_confirmed_and_every_version_after_it(
    cast: Cast, settings: Settings
) -> None:
    actor = cast.owner.actor
    with clock.at(NOON):
        await confirmed(cast.finance, await entered(cast.owner), settings)
    with clock.at(NOON + timedelta(days=1)):
        other = replace(GERMAN, iban="GB29NWBK60161331926819", bic="")
        second = await entered(cast.owner, other)
        with pytest.raises(Refused, match="waits to be confirmed"):
            await entered(cast.owner, replace(GERMAN, holder="Somebody else"))
        async with transaction(actor.scope):
            shown = await account_in_force(actor, "EUR")
            assert shown is not None and shown.iban.startswith("DE89")
        await confirmed(cast.finance, second, settings)
        async with transaction(actor.scope):
            now, before = await account_in_force(actor, "EUR"), await account_in_force(actor, "EUR", NOON)
            assert now is not None and now.iban.startswith("GB29")
            assert before is not None and before.iban.startswith("DE89"), "a letter of then is the same today"
            versions = (await all_details(actor))["EUR"]
            assert [(one.version, one.status.value) for one in versions] == [(2, "in_force"), (1, "replaced")]
            await end(actor, second)
            assert await account_in_force(actor, "EUR") is None


async def test_who_may_change_where_debtors_pay(cast: Cast, settings: Settings) -> None:
    detail_id = await entered(cast.owner)
    for person in (cast.manager, cast.negotiator, cast.finance, cast.auditor, cast.brandt_admin):
        with pytest.raises(Forbidden):
            await entered(person)
    for person in (cast.manager, cast.negotiator, cast.auditor):
        with pytest.raises(Forbidden):
            await confirmed(person, detail_id, settings)
    for person in (cast.huadong_finance, cast.lanting_admin):
        with pytest.raises(NotFound):
            await confirmed(person, detail_id, settings)
    async with transaction(cast.finance.actor.scope):
        await decline(cast.finance.actor, detail_id)
    with pytest.raises(Refused, match="decided already"):
        await confirmed(cast.second_finance, detail_id, settings)


async def test_the_database_itself_refuses_what_one_person_alone_would_confirm(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    detail_id = await entered(cast.owner)
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute(
            "update bank_details set status = 'in_force', decided_by = proposed_by, decided_at = now() where id = $1",
            detail_id,
        )


async def test_the_pages_enter_confirm_with_a_password_and_show_it_on_the_case(cast: Cast, visit: Visit) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="CNY")
    with clock.at(NOON):
        owner, finance = await visit(cast.owner), await visit(cast.finance)
        given = {"currency": "CNY", "holder": CHINESE.holder, "account_number": CHINESE.account_number}
        wrong = await owner.post(PLACE, data=given)
        assert wrong.status_code == 422 and CHINESE.holder in wrong.text
        given |= {"bank_name": CHINESE.bank_name, "branch": CHINESE.branch, "bank_code": CHINESE.bank_code}
        assert (await owner.post(PLACE, data=given)).status_code == 303
        page = await finance.get(PLACE)
        url = page.text.split('action="' + PLACE)[1].split('"')[0]
        guess = await finance.post(PLACE + url, data={"password": "not this one"})
        assert guess.status_code == 422 and "This is not your password." in guess.text
        assert (await finance.post(PLACE + url, data={"password": PASSWORD})).status_code == 303
        shown = await (await visit(cast.negotiator)).get(f"/cases/{case_id}/bank-details", params={"amount": "12.50"})
        assert CHINESE.branch in shown.text and "CNAPS" in shown.text and "12.50" in shown.text
        assert (await (await visit(cast.brandt_admin)).get(f"/cases/{case_id}/bank-details")).status_code == 403
