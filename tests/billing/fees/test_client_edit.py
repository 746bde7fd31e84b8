"""The owner edits a client's terms; what was approved stays as it was, and what is only prepared goes stale."""

import json
from uuid import UUID

import asyncpg
import pytest

from billing.bank_details.account import Account
from billing.statements.register import load_statement
from cases.client_terms import change_terms, edited, withdraw_change
from cases.clients import load_client
from cases.remittance_terms import Told, agreed_with
from portal.errors import Forbidden, NotFound, Refused
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.money import agreed, pay
from tests.billing.remitting import approved, paid_into, prepared, remitted, statement, terms
from tests.cases.casework import placed_case
from tests.editing import edit, fields
from tests.people import Cast, Visit

pytestmark = pytest.mark.usefixtures("noon")

GERMAN = Account(currency="GBP", holder="Brandt & Söhne", iban="DE89370400440532013000")


@pytest.fixture
def place(cast: Cast) -> str:
    return f"/clients/{cast.brandt.id}/edit"


@pytest.fixture
async def paid(cast: Cast, owner: asyncpg.Connection) -> UUID:
    """A case of Brandt with a payment that waits for its remittance."""
    await agreed(cast, cast.brandt)
    await terms(owner, cast.brandt, prefix="BS")
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    await pay(cast.finance, case_id, 30_000)
    return case_id


async def test_the_owner_saves_terms_and_the_trail_has_before_and_after(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, place: str
) -> None:
    browser = await visit(cast.owner)
    assert f'href="{place}"' in (await browser.get(f"/clients/{cast.brandt.id}")).text
    saved = await edit(
        browser, place, address="Kai 4\r\nKiel", vat_treatment="standard", vat_rate="19", terms_days="14", floor="1,000",
        statement_prefix="brs",
    )  # fmt: skip
    assert (saved.status_code, saved.headers["location"]) == (303, f"/clients/{cast.brandt.id}")
    row = await owner.fetchrow("select * from clients where id = $1", cast.brandt.id)
    assert row is not None
    assert (row["address"], str(row["vat_rate"]), row["terms_days"], row["remittance_floor_minor"]) == (
        "Kai 4\nKiel", "0.1900", 14, 100_000,
    )  # fmt: skip
    assert row["statement_prefix"] == "BRS"
    event = await owner.fetchrow("select * from audit_events where subject_id = $1", cast.brandt.id)
    assert event is not None
    assert event["action"] == "client.changed"
    assert json.loads(event["before"])["terms_days"] == 30
    assert json.loads(event["after"])["vat_rate"] == "0.19"
    assert "Kiel" not in event["facts"] + event["after"]
    # Opened again and saved as it is: nothing changes and nothing is told.
    assert (await edit(browser, place)).status_code == 303
    assert await owner.fetchval("select count(*) from audit_events where subject_id = $1", cast.brandt.id) == 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("name", "", "Please fill this in."),
        ("name", "suzhou lanting BEARINGS", "There is a client of this name already."),
        ("terms_days", "soon", "A whole number of days."),
        ("floor", "1.234", "This is not an amount in EUR."),
        ("vat_rate", "19", "A rate above zero where VAT is charged"),
        ("vat_rate", "19.125", "A percentage has at most two decimals."),
        ("statement_prefix", "B-1", "1 to 8 capital letters and digits."),
        ("statement_prefix", "SLB", "Another client&#39;s statements begin with it."),
        ("country", "XX", "Please choose one of the list."),
        ("time_zone", "Mars/Olympus", "Please choose one of the list."),
    ],
)
async def test_what_will_not_do_stands_beside_its_field(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, place: str, name: str, text: str, said: str
) -> None:
    await terms(owner, cast.lanting, prefix="SLB")
    browser = await visit(cast.owner)
    treatment = {"vat_treatment": "standard"} if text == "19.125" else {}
    answer = await edit(browser, place, **{"vat_number": "DE 5", **treatment, name: text})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'href="#f-{name}"' in answer.text
    assert fields(answer.text)["vat_number"] == "DE 5"
    assert await owner.fetchval("select vat_number from clients where id = $1", cast.brandt.id) == ""


async def test_a_second_tab_overwrites_nothing_that_it_has_not_seen(cast: Cast, visit: Visit, place: str) -> None:
    first, second = await visit(cast.owner), await visit(cast.owner)
    old = (await second.get(place)).text
    assert (await edit(first, place, vat_number="DE 1", terms_days="10")).status_code == 303
    answer = await edit(second, place, old, vat_number="DE 2", country="AT")
    assert answer.status_code == 422
    for said in ("Owner saved changes", "Saved meanwhile: DE1", "Filled in: Payment terms, days."):
        assert said in answer.text
    form = fields(answer.text)
    assert (form["vat_number"], form["terms_days"], form["country"]) == ("DE 2", "10", "AT")
    assert (await edit(second, place, answer.text)).status_code == 303
    form = fields((await first.get(place)).text)
    assert (form["vat_number"], form["terms_days"], form["country"]) == ("DE2", "10", "AT")


async def test_a_change_of_vat_makes_a_prepared_run_stale(
    cast: Cast, visit: Visit, settings: Settings, owner: asyncpg.Connection, place: str, paid: UUID
) -> None:
    browser = await visit(cast.owner)
    run_id = await prepared(cast.finance)
    page = (await browser.get(place)).text
    assert "A remittance with this client is prepared and not approved." in page
    assert f'href="/remittances/{run_id}"' in page
    assert "A change takes effect with the next statement that is approved." in page
    assert (await edit(browser, place, vat_treatment="standard", vat_rate="19")).status_code == 303
    with pytest.raises(Refused) as refused:
        await approved(cast.second_finance, run_id, settings)
    assert refused.value.code == "stale"
    assert (await statement(owner, run_id))["vat_minor"] == 0


@pytest.mark.parametrize("treatment", ["reverse_charge", "exempt"])
async def test_so_does_another_reason_for_no_vat(
    cast: Cast, visit: Visit, settings: Settings, place: str, paid: UUID, treatment: str
) -> None:
    run_id = await prepared(cast.finance)
    assert (await edit(await visit(cast.owner), place, vat_treatment=treatment)).status_code == 303
    with pytest.raises(Refused) as refused:
        await approved(cast.second_finance, run_id, settings)
    assert refused.value.code == "stale"


async def test_so_does_another_account(cast: Cast, visit: Visit, settings: Settings, place: str, paid: UUID) -> None:
    run_id = await prepared(cast.finance)
    await paid_into(cast, cast.brandt, settings, GERMAN)
    with pytest.raises(Refused) as refused:
        await approved(cast.second_finance, run_id, settings)
    assert refused.value.code == "stale"
    page = (await (await visit(cast.owner)).get(place)).text
    assert f'href="/clients/{cast.brandt.id}/payout-account"' in page


async def test_what_does_not_touch_the_money_lets_a_prepared_run_be(
    cast: Cast, visit: Visit, settings: Settings, place: str, paid: UUID
) -> None:
    run_id = await prepared(cast.finance)
    assert (await edit(await visit(cast.owner), place, address="Kai 4", terms_days="7")).status_code == 303
    await approved(cast.second_finance, run_id, settings)


async def test_an_approved_statement_keeps_the_letterhead_it_was_approved_with(
    cast: Cast, visit: Visit, settings: Settings, owner: asyncpg.Connection, place: str, paid: UUID
) -> None:
    browser = await visit(cast.owner)
    await edit(browser, "/settings", address="Am Hafen 1", licence="No. 7", vat_number="DE1")
    await edit(browser, place, address="Kai 4", vat_number="DE2", vat_treatment="reverse_charge")
    made = (await statement(owner, await remitted(cast, settings)))["id"]
    pdf = f"/statements/{made}/pdf"
    before = await browser.get(pdf)
    await edit(browser, "/settings", name="Nordkai AG", address="Elsewhere 9", licence="No. 8", vat_number="DE8")
    await edit(browser, place, name="Brandt AG", address="Elsewhere 2", vat_number="DE9", vat_treatment="exempt")
    async with transaction(cast.finance.actor.scope, read_only=True):
        kept = (await load_statement(cast.finance.actor, made)).letterhead
    assert (kept.agency_name, kept.agency_address, kept.agency_licence, kept.agency_vat_number) == (
        "Nordkai Inkasso", "Am Hafen 1", "No. 7", "DE1",
    )  # fmt: skip
    assert (kept.client_name, kept.client_address, kept.client_vat_number, kept.vat_treatment) == (
        "Brandt & Söhne", "Kai 4", "DE2", "reverse_charge",
    )  # fmt: skip
    assert before.status_code == 200
    assert (await browser.get(pdf)).content == before.content
    for table in (f"/statements/{made}/csv", "/statements.csv"):
        text = (await browser.get(table)).text
        assert "Brandt & Söhne" in text and "Brandt AG" not in text, table


async def test_the_numbers_of_statements_are_fixed_with_the_first(
    cast: Cast, visit: Visit, settings: Settings, owner: asyncpg.Connection, place: str, paid: UUID
) -> None:
    browser = await visit(cast.owner)
    await remitted(cast, settings)
    assert "They are fixed since the first statement" in (await browser.get(place)).text
    answer = await edit(browser, place, statement_prefix="NEW")
    assert answer.status_code == 422
    assert "Statements were numbered with this already." in answer.text
    assert await owner.fetchval("select statement_prefix from clients where id = $1", cast.brandt.id) == "BS"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("manager", 403),
        ("negotiator", 403),
        ("finance", 403),
        ("auditor", 403),
        ("brandt_admin", 403),
        ("lanting_admin", 403),
        ("huadong_owner", 404),
        ("huadong_finance", 403),
    ],
)
async def test_nobody_else_edits_a_client(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, place: str, name: str, status: int
) -> None:
    form = fields((await (await visit(cast.owner)).get(place)).text)
    person = getattr(cast, name)
    browser = await visit(person)
    assert (await browser.get(place)).status_code == status
    assert (await browser.post(place, data={**form, "country": "AT"})).status_code == status
    assert place not in (await browser.get(f"/clients/{cast.brandt.id}")).text
    async with transaction(cast.owner.actor.scope):
        agreed = await agreed_with(cast.owner.actor, cast.brandt.id)
        seen = edited(await load_client(cast.owner.actor, cast.brandt.id), agreed.latest)
    for change in (change_terms, withdraw_change):
        terms = (seen, seen) if change is change_terms else ()
        with pytest.raises(NotFound if status == 404 else Forbidden):
            async with transaction(person.actor.scope):
                await change(person.actor, cast.brandt.id, *terms, Told(None, has_money=False))
    assert (await browser.post(f"{place}/withdrawal")).status_code == status
    assert await owner.fetchval("select country from clients where id = $1", cast.brandt.id) == "DE"
