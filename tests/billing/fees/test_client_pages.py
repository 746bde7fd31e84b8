"""The owner takes on a client with its fee agreement in one go; the client reads it in plain sentences."""

import re

import asyncpg
import pytest

from tests.billing.money import TODAY, agreed, count
from tests.people import Cast, Visit

pytestmark = pytest.mark.usefixtures("noon")

FORM = {
    "name": "Cascade Ridge", "address": "", "country": "US", "language": "en", "time_zone": "America/New_York",
    "terms_days": "30", "vat_treatment": "outside", "vat_rate": "", "vat_number": "", "rate": "25",
    "effective_from": TODAY.isoformat(), "bears_principal": "1", "bears_interest": "1", "bears_costs": "1",
    "selected_by": "placement", "remittance_method": "net", "remittance_cycle": "monthly", "floor": "0",
    "allocation": "costs,interest,principal",
}  # fmt: skip


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").split())


async def test_the_owner_creates_a_client_and_its_agreement(cast: Cast, visit: Visit) -> None:
    browser = await visit(cast.owner)
    assert (await browser.get("/clients/new")).status_code == 200
    done = await browser.post("/clients", data=FORM)
    assert done.status_code == 303
    page = text((await browser.get(done.headers["location"])).text)
    assert "Cascade Ridge" in page
    assert "We charge 25 % of every payment. It holds for cases placed from 23 Nov 2026 on." in page
    assert "Paid into no account yet" in page
    assert "Cascade Ridge" in (await browser.get("/clients")).text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rate": ""}, "Please fill this in."),
        ({"rate": "101"}, "A percentage between 0 and 100."),
        ({"bears_principal": "", "bears_interest": "", "bears_costs": ""}, "Choose at least one."),
        ({"effective_from": ""}, "Please fill this in."),
        ({"name": ""}, "Please fill this in."),
        ({"terms_days": "many"}, "A whole number of days."),
        ({"floor": "1.234"}, "This is not an amount in EUR."),
        ({"vat_treatment": "standard"}, "A rate above zero where VAT is charged"),
    ],
)
async def test_neither_is_kept_when_one_of_them_is_wrong(
    cast: Cast, visit: Visit, change: dict[str, str], said: str
) -> None:
    browser = await visit(cast.owner)
    refused = await browser.post("/clients", data={**FORM, **change})
    assert refused.status_code == 422
    assert said in refused.text
    assert change.get("name", "Cascade Ridge") in refused.text
    assert await count("clients", cast.nordkai.id) == 2
    assert await count("fee_agreements", cast.nordkai.id) == 0


async def test_a_new_version_is_made_on_the_clients_page(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    browser = await visit(cast.owner)
    path = f"/clients/{cast.brandt.id}"
    given = {
        "effective_from": TODAY.isoformat(), "selected_by": "placement", "age_from": "due", "basis_0": "flat",
        "mode_0": "whole", "limits_0": "payment", "rate_0_0": "25", "bears_0_principal": "1",
    }  # fmt: skip
    early = await browser.post(f"{path}/agreements", data={**given, "effective_from": "2026-01-01"})
    assert early.status_code == 422
    assert "which began on 1\u00a0Mar\u00a02026" in early.text
    assert (await browser.post(f"{path}/agreements", data=given)).status_code == 303
    page = text((await browser.get(path)).text)
    assert "Version 2 in force" in page
    assert "25 % of every payment, on principal only" in page
    assert "Version 1 earlier" in page


@pytest.mark.parametrize(
    ("name", "seen", "created"),
    [
        ("manager", 200, 403),
        ("negotiator", 200, 403),
        ("finance", 200, 403),
        ("auditor", 200, 403),
        ("brandt_admin", 403, 403),
        ("huadong_owner", 404, 303),
    ],
)
async def test_who_sees_clients_and_who_makes_them(
    cast: Cast, visit: Visit, name: str, seen: int, created: int
) -> None:
    await agreed(cast, cast.brandt)
    browser = await visit(getattr(cast, name))
    shown = await browser.get(f"/clients/{cast.brandt.id}")
    assert shown.status_code == seen
    if seen == 200:
        assert ("We charge" in shown.text) == (name != "negotiator")
    assert (await browser.post("/clients", data=FORM)).status_code == created
    version = await browser.post(f"/clients/{cast.brandt.id}/agreements", data=FORM)
    assert version.status_code == (404 if name == "huadong_owner" else 403)


async def test_a_client_reads_its_own_agreement(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    await agreed(cast, cast.lanting, "0.17")
    page = text((await (await visit(cast.brandt_viewer)).get("/agreement")).text)
    assert "We charge 25 % of every payment. It holds for cases placed from 1 Mar 2026 on." in page
    assert "17 %" not in page
    empty = await (await visit(cast.mingda_submitter)).get("/agreement")
    assert "No fee agreement yet" in empty.text


async def test_the_floor_of_a_new_client_is_ten_of_the_agencys_currency(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    for currency, floor in (("JPY", "10"), ("KWD", "10.000"), ("EUR", "10.00")):
        await owner.execute("update agencies set base_currency = $2 where id = $1", cast.nordkai.id, currency)
        page = (await (await visit(cast.owner)).get("/clients/new")).text
        assert f'value="{floor}"' in page.split('name="floor"')[1].split(">")[0], currency
