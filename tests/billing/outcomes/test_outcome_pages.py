"""The page of other outcomes: shown before it is saved, without a script, and each sees and may do what is theirs."""

from __future__ import annotations

import asyncpg
import pytest

from portal.identity import new_id
from tests.billing.money import look
from tests.billing.outcomes.test_outcomes import a_case, recorded
from tests.billing.outcomes.test_outcomes import goods as goods_of
from tests.billing.payments.test_payment_pages import hidden, text
from tests.people import Cast, Visit

pytestmark = pytest.mark.usefixtures("noon")


async def test_goods_are_proposed_as_they_were_shown_and_confirmed_by_the_client(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    case_id, paper = await a_case(cast, owner)
    browser, here = await visit(cast.negotiator), f"/cases/{case_id}/outcomes"
    assert "Nothing of the kind" in (await browser.get(here)).text
    for kind in ("goods", "set_off", "collateral", "extension", "standstill"):
        assert (await browser.get(here, params={"kind": kind})).status_code == 200
    form = {"kind": "goods", "what": "40 bearings", "on": "2026-11-20", "value": "400", "agreed_with": "S. Weber",
            "document": str(paper), "token": str(new_id())}  # fmt: skip
    checked = await browser.post(f"{here}/check", data=form)
    assert checked.status_code == 200 and "1,000.00 → 600.00" in text(checked.text)
    assert "25 %" in text(checked.text) and "asked to confirm" in text(checked.text)
    assert (await browser.post(here, data={**form, "shown": "something else"})).status_code == 422
    sent = await browser.post(here, data={**form, "shown": hidden(checked.text, "shown")})
    assert sent.status_code == 303
    beside = await browser.get(f"/cases/{case_id}/money", headers={"hx-request": "true"})
    assert "Goods returned, EUR 400.00" in text(beside.text) and "waits for the client" in beside.text
    client = await visit(cast.brandt_admin)
    assert "goods returned, worth EUR 400.00" in text((await client.get("/home")).text)
    page = await client.get(here)
    assert "Off the principal" in page.text and "Confirm it" in page.text
    outcome = page.text.split("/outcomes/")[1].split("/decision")[0]
    answer = {"verdict": "confirm", "shown": hidden(page.text, "shown")}
    assert (await client.post(f"/outcomes/{outcome}/decision", data={"verdict": "decline"})).status_code == 422
    assert (await client.post(f"/outcomes/{outcome}/decision", data=answer)).status_code == 303
    assert (await look(cast.owner.actor, case_id)).balance_minor == 60_000
    for person in (cast.finance, cast.auditor, cast.brandt_viewer):
        seen = await (await visit(person)).get(here)
        assert seen.status_code == 200 and "Record another" not in seen.text and "Report another" not in seen.text


async def test_a_claim_that_moved_meanwhile_is_confirmed_only_as_it_stands(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    case_id, paper = await a_case(cast, owner)
    outcome = await recorded(cast.negotiator, case_id, goods_of(paper))
    client = await visit(cast.brandt_submitter)
    stale = await client.post(f"/outcomes/{outcome.id}/decision", data={"verdict": "confirm", "shown": "other"})
    assert stale.status_code == 422 and (await look(cast.owner.actor, case_id)).balance_minor == 100_000
