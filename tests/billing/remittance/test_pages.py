"""A remittance through the pages: drafted, reviewed, approved by somebody else, paid, read by the client."""

import asyncio

import asyncpg
import pytest

from portal import clock
from portal.jobs import work_off
from portal.settings import Settings
from tests.billing.money import NOON, TODAY, agreed, pay, wrong
from tests.billing.remitting import books, look, prepared, statement, terms
from tests.cases.casework import placed_case
from tests.people import PASSWORD, Cast, Visit


@pytest.fixture
async def released(cast: Cast, owner: asyncpg.Connection) -> None:
    """GBP 800 received by us and 200 by the client, fee 25 %, VAT 20 %."""
    await terms(owner, cast.brandt, vat="0.2")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000, currency="GBP")
    await pay(cast.finance, case_id, 80_000)
    await pay(cast.finance, case_id, 20_000, channel="direct")


async def test_from_preview_to_closed_statement(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, released: None
) -> None:
    with clock.at(NOON):
        finance, second, client = [await visit(who) for who in (cast.finance, cast.second_finance, cast.brandt_viewer)]
        preview = await finance.get(f"/remittances/new?currency=GBP&through={TODAY}")
        assert preview.status_code == 200
        for figure in ("1,000.00", "200.00", "250.00", "50.00", "500.00"):
            assert figure in preview.text
        made = await finance.post("/remittances", data={"currency": "GBP", "period_to": TODAY.isoformat()})
        assert made.status_code == 303
        url = made.headers["location"]
        assert (await finance.get(url)).status_code == 200
        assert (await client.get("/statements")).text.count("/statements/0") == 0

        assert (await finance.post(f"{url}/review")).status_code == 303
        page = (await finance.get(url)).text
        assert "so that somebody else approves it" in page
        assert 'name="password"' not in page
        assert 'name="password"' in (await second.get(url)).text
        refused = await second.post(f"{url}/approval", data={"password": "not this one at all"})
        assert (refused.status_code, "This is not your password." in refused.text) == (422, True)
        assert (await second.post(f"{url}/approval", data={"password": PASSWORD})).status_code == 303

        shown = (await client.get("/statements")).text
        run_id = url.rpartition("/")[2]
        made_statement = await owner.fetchrow("select * from statements where run_id = $1", run_id)
        assert made_statement is not None
        assert made_statement["number"] in shown
        assert "Approved, to be paid" in shown

        late = await finance.post(f"{url}/payment", data={"paid_on": "2026-11-22", "reference": "X"})
        assert (late.status_code, "cannot have been paid before" in late.text) == (422, True)
        sent = {"paid_on": TODAY.isoformat(), "reference": "SEPA 17"}
        assert (await finance.post(f"{url}/payment", data=sent)).status_code == 303
        assert (await finance.post(f"{url}/payment", data=sent)).status_code == 303
        assert (await finance.get(url)).status_code == 200
        assert (await finance.get("/remittances")).text.count("R-00001") == 1

        statement_page = await client.get(f"/statements/{made_statement['id']}")
        assert "Paid\N{NO-BREAK SPACE}" not in statement_page.text
        for figure in ("1,000.00", "200.00", "250.00", "50.00", "500.00", "VAT 20"):
            assert figure in statement_page.text
    assert (await books(cast.brandt)).bank == 0
    assert await wrong(cast.nordkai.id) == []
    await work_off(agency_id=cast.nordkai.id)


async def test_a_draft_is_prepared_again_and_cancelled(cast: Cast, visit: Visit, released: None) -> None:
    run_id = await prepared(cast.finance)
    with clock.at(NOON):
        second = await visit(cast.second_finance)
        assert (await second.post(f"/remittances/{run_id}/preparation")).status_code == 303
        assert (await look(cast.finance, run_id)).prepared_by == cast.second_finance.user_id
        again = await second.post("/remittances", data={"currency": "GBP", "period_to": TODAY.isoformat()})
        assert (again.status_code, "is not approved yet" in again.text) == (422, True)
        assert (await second.post(f"/remittances/{run_id}/cancellation")).status_code == 303
        assert "was cancelled" in (await second.get(f"/remittances/{run_id}")).text
        made = await second.post("/remittances", data={"currency": "GBP", "period_to": TODAY.isoformat()})
        assert made.status_code == 303


async def test_wrong_passwords_are_limited(cast: Cast, visit: Visit, released: None) -> None:
    run_id = await prepared(cast.finance)
    with clock.at(NOON):
        second = await visit(cast.second_finance)
        answers = [
            (await second.post(f"/remittances/{run_id}/approval", data={"password": f"wrong number {n}"})).status_code
            for n in range(7)
        ]
        assert answers == [422] * 5 + [429] * 2
        # The right one has to wait as well.
        late = await second.post(f"/remittances/{run_id}/approval", data={"password": PASSWORD})
        assert late.status_code == 429
    assert (await look(cast.finance, run_id)).approved_at is None


async def test_wrong_proofs_given_at_once_do_not_slip_past_the_limit_together(
    cast: Cast, visit: Visit, released: None
) -> None:
    run_id = await prepared(cast.finance)
    with clock.at(NOON):
        second = await visit(cast.second_finance)
        guesses = (second.post(f"/remittances/{run_id}/approval", data={"password": f"wrong {n}"}) for n in range(12))
        answers = await asyncio.gather(*guesses)
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 7
    assert (await look(cast.finance, run_id)).approved_at is None


async def test_a_code_is_asked_for_where_two_step_login_is_on(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings, released: None
) -> None:
    import pyotp

    from portal.people.second_factor import confirm, prepare
    from portal.tenancy.database import transaction

    run_id = await prepared(cast.finance)
    person = cast.second_finance
    async with transaction(person.actor.scope):
        seed = await prepare(person.user_id, settings.secret_key)
        before = NOON.replace(minute=50, hour=NOON.hour - 1)
        await confirm(person.user_id, pyotp.TOTP(seed).at(before), before, settings.secret_key)
    with clock.at(NOON):
        second = await visit(person)
        await owner.execute("update sessions set second_factor_at = $2 where user_id = $1", person.user_id, NOON)
        assert 'name="code"' in (await second.get(f"/remittances/{run_id}")).text
        with_password = await second.post(f"/remittances/{run_id}/approval", data={"password": PASSWORD})
        assert with_password.status_code == 422
        wrong_code = await second.post(f"/remittances/{run_id}/approval", data={"code": "000000"})
        assert (wrong_code.status_code, "does not fit" in wrong_code.text) == (422, True)
        right = {"code": pyotp.TOTP(seed).at(NOON)}
        assert (await second.post(f"/remittances/{run_id}/approval", data=right)).status_code == 303
    assert (await look(cast.finance, run_id)).approved_by == person.user_id


async def test_an_agency_may_insist_on_a_code(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, released: None
) -> None:
    await owner.execute("update agencies set password_approves_money = false where id = $1", cast.nordkai.id)
    run_id = await prepared(cast.finance)
    with clock.at(NOON):
        second = await visit(cast.second_finance)
        assert "Turn two-step login on" in (await second.get(f"/remittances/{run_id}")).text
        answer = await second.post(f"/remittances/{run_id}/approval", data={"password": PASSWORD})
        assert (answer.status_code, "Turn two-step login on" in answer.text) == (422, True)


async def test_who_may_see_and_do_what(cast: Cast, visit: Visit, owner: asyncpg.Connection, released: None) -> None:
    run_id = await prepared(cast.finance)
    drafted = (await statement(owner, run_id))["id"]
    auditor, manager, foreign = await visit(cast.auditor), await visit(cast.manager), await visit(cast.huadong_finance)
    sibling, client = await visit(cast.lanting_admin), await visit(cast.brandt_admin)
    assert (await auditor.get(f"/remittances/{run_id}")).status_code == 200
    assert (await auditor.get("/remittances/new")).status_code == 403
    assert (await manager.get(f"/remittances/{run_id}")).status_code == 403
    assert (await foreign.get(f"/remittances/{run_id}")).status_code == 404
    assert (await client.get(f"/remittances/{run_id}")).status_code == 403
    for step in ("review", "preparation", "cancellation", "approval", "payment"):
        assert (await auditor.post(f"/remittances/{run_id}/{step}")).status_code == 403
        assert (await client.post(f"/remittances/{run_id}/{step}")).status_code == 403
        assert (await foreign.post(f"/remittances/{run_id}/{step}")).status_code == 404
    assert (await auditor.get(f"/statements/{drafted}")).status_code == 200
    for somebody in (client, sibling, foreign):
        for ending in ("", "/csv", "/xlsx", "/pdf"):
            assert (await somebody.get(f"/statements/{drafted}{ending}")).status_code == 404
