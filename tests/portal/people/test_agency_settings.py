"""The owner edits the agency's settings; nobody's change is lost, and what is approved keeps its letterhead."""

import json

import asyncpg
import pytest

from portal.errors import Forbidden
from portal.jobs import work_off
from portal.people.agency_settings import change_settings, load_settings
from portal.tenancy.database import sql_value, transaction
from tests.editing import edit, fields
from tests.people import Cast, Visit


async def test_the_owner_saves_the_letterhead_and_the_trail_has_before_and_after(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    browser = await visit(cast.owner)
    page = (await browser.get("/queue")).text
    assert 'href="/settings"' in page
    saved = await edit(browser, "/settings", address="Am Hafen 1\r\n20457 Hamburg", licence="No. 7", vat_number="de 1")
    assert (saved.status_code, saved.headers["location"]) == (303, "/settings")
    assert "Saved." in (await browser.get("/settings")).text
    row = await owner.fetchrow("select address, licence, vat_number, name from agencies where id = $1", cast.nordkai.id)
    assert tuple(row or ()) == ("Am Hafen 1\n20457 Hamburg", "No. 7", "DE1", "Nordkai Inkasso")
    event = await owner.fetchrow(
        "select id, before, after, actor_id from audit_events where agency_id = $1 and action = 'agency.changed'",
        cast.nordkai.id,
    )
    assert event is not None
    assert json.loads(event["before"]) == {"licence": "", "vat_number": ""}
    assert json.loads(event["after"]) == {"licence": "No. 7", "vat_number": "DE1"}
    apart = await owner.fetch("select name, value from audit_personal where event_id = $1", event["id"])
    assert dict(map(tuple, apart)) == {"address_before": "", "address": "Am Hafen 1\n20457 Hamburg"}
    assert event["actor_id"] == cast.owner.user_id


async def test_saving_what_is_there_already_tells_the_trail_nothing(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    await owner.execute("update agencies set time_zone = 'Etc/UTC' where id = $1", cast.nordkai.id)
    browser = await visit(cast.owner)
    assert (await edit(browser, "/settings")).status_code == 303
    assert not await owner.fetchval(
        "select count(*) from audit_events where agency_id = $1 and action = 'agency.changed'", cast.nordkai.id
    )


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("name", " ", "Please fill this in."),
        ("name", "x" * 121, "A name of 1 to 120 characters."),
        ("address", "x" * 501, "At most 500 characters."),
        ("licence", "x" * 301, "At most 300 characters."),
        ("time_zone", "Mars/Olympus", "Please choose a time zone."),
        ("language", "fr", "Please choose a language."),
        ("base_currency", "USD", "There are clients already"),
        ("retention_years", "six", "A whole number from 1 to 30."),
        ("unfinished_days", "6", "A whole number from 7 to 365."),
    ],
)
async def test_what_will_not_do_stands_beside_its_field(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, name: str, text: str, said: str
) -> None:
    browser = await visit(cast.owner)
    answer = await edit(browser, "/settings", **{"vat_number": "DE 5", name: text})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'href="#f-{name}"' in answer.text
    assert fields(answer.text)["vat_number"] == "DE 5"
    assert await owner.fetchval("select vat_number from agencies where id = $1", cast.nordkai.id) == ""
    # What stood there at first came along: corrected, it is saved.
    assert (await edit(browser, "/settings", answer.text, name="Nordkai", address="", licence="", base_currency="EUR",
                       language="en", time_zone="Europe/Berlin", retention_years="6", unfinished_days="90")).status_code == 303  # fmt: skip


async def test_a_second_tab_overwrites_nothing_that_it_has_not_seen(cast: Cast, visit: Visit) -> None:
    first, second = await visit(cast.owner), await visit(cast.owner)
    old = (await second.get("/settings")).text
    assert (await edit(first, "/settings", name="Nordkai AG", licence="No. 7")).status_code == 303
    answer = await edit(second, "/settings", old, name="Nordkai SE", vat_number="DE1")
    assert answer.status_code == 422
    assert "Owner saved changes" in answer.text
    assert "Saved meanwhile: Nordkai AG" in answer.text
    assert "Filled in: Licence." in answer.text
    form = fields(answer.text)
    assert (form["name"], form["licence"], form["vat_number"]) == ("Nordkai SE", "No. 7", "DE1")
    # Who has seen it decides.
    assert (await edit(second, "/settings", answer.text)).status_code == 303
    form = fields((await first.get("/settings")).text)
    assert (form["name"], form["licence"], form["vat_number"]) == ("Nordkai SE", "No. 7", "DE1")


@pytest.mark.parametrize("brought", ["", "[]", "no json", '{"name": 1}', "[" * 5000])
async def test_a_form_that_does_not_say_what_it_showed_saves_nothing(cast: Cast, visit: Visit, brought: str) -> None:
    browser = await visit(cast.owner)
    answer = await edit(browser, "/settings", name="Another", seen=brought)
    assert answer.status_code == 422
    assert fields((await browser.get("/settings")).text)["name"] == "Nordkai Inkasso"


async def test_the_base_currency_changes_only_before_the_first_client(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    browser = await visit(cast.owner)
    assert "It is fixed since the first client" in (await browser.get("/settings")).text
    await owner.execute("update memberships set client_id = null, role = 'auditor' where client_id is not null"
                        " and agency_id = $1", cast.nordkai.id)  # fmt: skip
    for table in ("remittance_terms", "clients"):
        await owner.execute(f"delete from {table} where agency_id = $1", cast.nordkai.id)
    assert (await edit(browser, "/settings", base_currency="USD")).status_code == 303
    assert await owner.fetchval("select base_currency from agencies where id = $1", cast.nordkai.id) == "USD"
    assert (await edit(browser, "/settings", base_currency="XXY")).status_code == 422


async def test_moving_to_another_time_zone_begins_the_day_there(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    browser = await visit(cast.owner)
    assert (await edit(browser, "/settings", time_zone="Asia/Shanghai")).status_code == 303
    assert await owner.fetchval("select time_zone from agencies where id = $1", cast.nordkai.id) == "Asia/Shanghai"
    # The day is begun, and it judges promises and puts the queue in order.
    assert await work_off(agency_id=cast.nordkai.id) >= 2


async def test_a_code_can_be_asked_of_whoever_approves_money(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    browser = await visit(cast.owner)
    page = (await browser.get("/settings")).text
    assert "Without two-step login so far: Finance, Owner, Second Finance." in page
    assert (await edit(browser, "/settings", password_approves_money=None)).status_code == 303
    assert await owner.fetchval("select password_approves_money from agencies where id = $1", cast.nordkai.id) is False
    assert (await edit(browser, "/settings", password_approves_money="1")).status_code == 303


@pytest.mark.parametrize(
    "name", ["manager", "negotiator", "finance", "auditor", "brandt_admin", "brandt_submitter", "brandt_viewer"]
)
async def test_nobody_but_an_owner_sees_or_changes_the_settings(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, name: str
) -> None:
    person = getattr(cast, name)
    form = fields((await (await visit(cast.owner)).get("/settings")).text)
    browser = await visit(person)
    assert (await browser.get("/settings")).status_code == 403
    assert (await browser.post("/settings", data={**form, "name": "Mine"})).status_code == 403
    assert 'href="/settings"' not in (await browser.get("/me")).text
    async with transaction(person.actor.scope):
        seen = await load_settings(person.actor)
        with pytest.raises(Forbidden):
            await change_settings(person.actor, seen, seen)
    assert await owner.fetchval("select name from agencies where id = $1", cast.nordkai.id) == "Nordkai Inkasso"


async def test_an_owner_of_another_agency_edits_that_one(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> None:
    browser = await visit(cast.huadong_owner)
    assert fields((await browser.get("/settings")).text)["name"] == "华东商账"
    form = fields((await (await visit(cast.owner)).get("/settings")).text)
    assert (await browser.post("/settings", data={**form, "name": "Mine"})).status_code == 422
    assert await owner.fetchval("select name from agencies where id = $1", cast.nordkai.id) == "Nordkai Inkasso"
    async with transaction(cast.huadong_owner.actor.scope):
        # The policy stands behind the page: another agency's row is not there.
        assert await sql_value("update agencies set name = 'Mine' where id = $1 returning 1", cast.nordkai.id) is None


async def test_the_sample_shows_the_way_to_an_agency_of_ones_own(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    browser = await visit(cast.negotiator)
    assert (await browser.get("/own-agency")).status_code == 404
    await owner.execute("update agencies set is_sample = true where id = $1", cast.nordkai.id)
    assert 'href="/own-agency"' in (await browser.get("/queue")).text
    assert "agency add --slug" in (await browser.get("/own-agency")).text
    client = await visit(cast.brandt_admin)
    assert (await client.get("/own-agency")).status_code == 404
    assert 'href="/own-agency"' not in (await client.get("/home")).text
