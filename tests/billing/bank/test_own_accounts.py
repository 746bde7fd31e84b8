"""The agency's own accounts, to which its part of remittances goes: entered by one person, confirmed by another, at rest where
they come after another.
"""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from billing.bank.accounts import close_account, load_account
from billing.bank.confirming import own_payee
from billing.remittance.payment_file import Plan, plan_of
from billing.remittance.run import load_run
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.jobs import work_off
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.bank.statements import opened
from tests.billing.money import NOON, TODAY, agreed, pay
from tests.billing.remitting import approved, own_confirmed, prepared, terms
from tests.cases.casework import placed_case
from tests.letterbox import Letterbox
from tests.people import PASSWORD, Cast, Visit

OWN, OTHER = "DE02300209000106531065", "DE02120300000000202051"


async def test_another_person_than_who_entered_it_confirms_an_account_of_the_agencys_own(
    cast: Cast, settings: Settings, letterbox: Letterbox
) -> None:
    trust = await opened(cast.finance, "Trust")
    own = await opened(cast.finance, "Own", book="operating", iban=OWN)
    for person, account, kind, code in (
        (cast.finance, own, Refused, "four_eyes"),
        (cast.owner, trust, Refused, "not_own"),
        (cast.manager, own, Forbidden, ""),
        (cast.auditor, own, Forbidden, ""),
        (cast.brandt_admin, own, Forbidden, ""),
        (cast.huadong_finance, own, NotFound, ""),
    ):
        with pytest.raises(kind) as refused:
            await own_confirmed(person, account.id, settings)
        assert getattr(refused.value, "code", "") == code or not code
    await own_confirmed(cast.owner, own.id, settings)
    with pytest.raises(Refused, match="decided already"):
        await own_confirmed(cast.second_finance, own.id, settings)
    async with transaction(cast.auditor.actor.scope, read_only=True):
        kept = await load_account(cast.auditor.actor, own.id)
    assert (kept.confirmed_by_name, kept.confirmed_at) == (cast.owner.actor.name, NOON)
    await work_off(agency_id=cast.nordkai.id)
    told = [str(mail.get_content()) for people, mail in letterbox.kept if people == [cast.owner.email]]
    assert [OWN[-4:] in each and OWN not in each for each in told] == [True, True], "entered, and confirmed"


async def test_the_database_keeps_one_person_from_being_both(cast: Cast, owner: asyncpg.Connection) -> None:
    own = await opened(cast.finance, "Own", book="operating", iban=OWN)
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute(
            "update bank_accounts set confirmed_by = created_by, confirmed_at = now() where id = $1", own.id
        )


async def planned(cast: Cast, owner: asyncpg.Connection, settings: Settings) -> Plan:
    """What the payment file of a run over 1,000.00 would hold: 250.00 and VAT of it are ours."""
    await terms(owner, cast.brandt)
    await agreed(cast, cast.brandt)
    await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt), 100_000)
    run_id = await prepared(cast.finance, "EUR")
    with pytest.raises(Refused) as refused:
        await approved(cast.second_finance, run_id, settings)
    assert refused.value.code == "own_four_eyes"
    await approved(cast.owner, run_id, settings)
    with clock.at(NOON + timedelta(hours=1)):
        async with transaction(cast.finance.actor.scope, read_only=True):
            return await plan_of(cast.finance.actor, await load_run(cast.finance.actor, run_id), "EUR")


async def test_our_part_goes_to_a_confirmed_account_alone_and_to_one_that_comes_after_another_once_it_has_rested(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    first = await opened(cast.finance, "Own", book="operating", iban=OWN)
    with clock.at(NOON):
        page = await (await visit(cast.owner)).get(f"/bank/accounts/{first.id}")
        assert "Waits to be confirmed" in page.text
        wrong = await (await visit(cast.owner)).post(f"/bank/accounts/{first.id}/confirmation", data={"password": "no"})
        assert (wrong.status_code, "This is not your password." in wrong.text) == (422, True)
        right = {"password": PASSWORD}
        assert (
            await (await visit(cast.owner)).post(f"/bank/accounts/{first.id}/confirmation", data=right)
        ).status_code == 303
        async with transaction(cast.finance.actor.scope):
            await close_account(cast.finance.actor, first.id)
            assert await own_payee(cast.finance.actor, "EUR") is None
    second = await opened(cast.second_finance, "Other", book="operating", iban=OTHER)
    await own_confirmed(cast.finance, second.id, settings)
    plan = await planned(cast, owner, settings)
    assert [one.account.iban for one in plan.transfers] == [OTHER]
    assert plan.execution_on == TODAY + timedelta(days=3)


async def test_what_nobody_else_confirmed_is_paid_by_hand(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await opened(cast.second_finance, "Own", book="operating", iban=OWN)
    await terms(owner, cast.brandt)
    await agreed(cast, cast.brandt)
    await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt), 100_000)
    run_id = await prepared(cast.finance, "EUR")
    await approved(cast.second_finance, run_id, settings)
    async with transaction(cast.finance.actor.scope, read_only=True):
        plan = await plan_of(cast.finance.actor, await load_run(cast.finance.actor, run_id), "EUR")
    assert plan.transfers == []
    assert "confirmed by a second person" in plan.by_hand[-1].why
