"""The pages of agreements to pay: what is offered is what was shown, without a script, and each sees what is theirs."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import asyncpg
import pytest
from pypdf import PdfReader

from portal.jobs import work_off
from portal.storage import store
from tests.billing.money import TODAY, agreed, look
from tests.billing.payments.test_payment_pages import hidden, text
from tests.billing.planning import offered, plan_now, running, settlement, wish
from tests.cases.casework import placed_case
from tests.people import Cast, Visit

pytestmark = pytest.mark.usefixtures("noon")

FORM = {
    "kind": "plan", "down": "100", "down_on": "2026-11-30", "by": "count", "count": "3", "amount": "", "rhythm": "month",
    "anchor_day": "", "first_on": "2026-12-31", "day_off": "next", "rate": "4", "accelerates": "1", "guarantor": "J. Müller", "guarantor_phone": "030 55501499", "guarantor_address": "Weg 1, 10115 Berlin",
    "why": "Two of his customers pay late", "language": "en", "valid_until": (TODAY + timedelta(days=9)).isoformat(),
}  # fmt: skip


async def test_a_plan_is_drawn_up_counted_and_offered_without_a_script(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    browser, here = await visit(cast.negotiator), f"/cases/{case_id}/plan"
    first = await browser.get(here)
    assert first.status_code == 200 and "6 × 150.00" in text(first.text)
    counted = await browser.post(f"{here}/preview", data=FORM)
    said = text(counted.text)
    assert counted.status_code == 200
    assert "Thu 31 Dec 2026" in said or "31 Dec" in said
    assert "is no working day" in said, "31 January is a Sunday"
    assert "Within yours" in said and "to 9, a supervisor" in said
    assert "First payment 10.0 %" in said
    form = {**FORM, "shown": hidden(counted.text, "shown")}
    sent = await browser.post(here, data={**form, "offer_now": "1"})
    assert sent.status_code == 303
    again = await browser.post(here, data={**form, "offer_now": "1"})
    assert again.headers["location"] == sent.headers["location"], "the back button offers nothing twice"
    page = await browser.get(sent.headers["location"])
    assert "Offered to the debtor" in page.text and "J. Müller" in page.text and "Weg 1, 10115 Berlin" in page.text
    changed = await browser.post(here, data={**form, "count": "4", "offer_now": "1"})
    assert changed.status_code == 422 and "look at the payments again" in text(changed.text)


async def test_a_field_that_cannot_be_read_is_named_and_nothing_typed_is_lost(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    browser, here = await visit(cast.negotiator), f"/cases/{case_id}/plan"
    wrong = await browser.post(here, data={**FORM, "count": "four"})
    assert wrong.status_code == 422 and "A whole number." in wrong.text
    assert 'value="four"' in wrong.text and "Two of his customers pay late" in wrong.text
    typing = await browser.post(f"{here}/preview", data={**FORM, "count": ""}, headers={"hx-request": "true"})
    assert typing.status_code == 200 and "<form" not in typing.text
    late = await browser.post(here, data={**FORM, "valid_until": "2027-06-01"})
    assert late.status_code == 422 and "60 days ahead" in late.text


async def test_a_draft_is_kept_and_gone_on_with(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    browser, here = await visit(cast.negotiator), f"/cases/{case_id}/plan"
    kept = await browser.post(here, data={**FORM, "by": "amount", "amount": "250.00", "count": ""})
    plan_id = kept.headers["location"].rpartition("/")[2]
    opened = await browser.get(here, params={"draft": plan_id})
    assert 'value="250.00"' in opened.text and hidden(opened.text, "saved") == "1"
    assert "Draft, kept" in opened.text
    thrown = await browser.post(f"/plans/{plan_id}/end")
    assert thrown.status_code == 303
    assert (await browser.post(f"/plans/{plan_id}/end")).status_code == 422


async def test_the_client_decides_in_its_portal_with_the_effect_in_money(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    plan_id = await offered(cast.negotiator, case_id, settlement(50_000, why="Insolvency is near"))
    home = await (await visit(cast.brandt_admin)).get("/home")
    assert f"/plans/{plan_id}" in home.text and "a settlement for EUR 500.00" in text(home.text)
    browser = await visit(cast.brandt_admin)
    page = text((await browser.get(f"/plans/{plan_id}")).text)
    assert "You would receive EUR 375.00 after our fee, and forgive EUR 500.00" in page
    assert "Insolvency is near" in page and "a supervisor" not in page, "our limits are no business of theirs"
    await browser.post("/preferences", data={"language": "zh-Hans"})
    assert "需要您决定" in (await browser.get(f"/plans/{plan_id}")).text
    await browser.post("/preferences", data={"language": "en"})
    viewer = await visit(cast.brandt_viewer)
    assert "Your word is needed" not in (await viewer.get(f"/plans/{plan_id}")).text
    assert (await viewer.post(f"/plans/{plan_id}/decision", data={"verdict": "approve"})).status_code == 403
    sibling = await visit(cast.lanting_admin)
    assert (await sibling.get(f"/plans/{plan_id}")).status_code == 404
    assert str(plan_id) not in (await sibling.get("/plans")).text
    assert (await browser.post(f"/plans/{plan_id}/decision", data={"verdict": "decline"})).status_code == 422
    done = await browser.post(f"/plans/{plan_id}/decision", data={"verdict": "approve"})
    assert done.status_code == 303
    assert (await plan_now(cast.owner.actor, plan_id)).status == "approved"


async def test_an_approved_offer_is_written_down_once_and_its_bytes_never_change(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    plan_id = await offered(cast.negotiator, case_id, wish(guarantor="J. Müller", language="zh-Hans"))
    await work_off(agency_id=cast.nordkai.id)
    await work_off(agency_id=cast.nordkai.id)
    plan = await plan_now(cast.owner.actor, plan_id)
    [paper] = await owner.fetch("select * from documents where case_id = $1", case_id)
    assert (paper["id"], paper["kind"], paper["state"], paper["sha256"]) == (
        *(plan.document_id, "contract", "released"),
        plan.document_sha256,
    )
    kept = await store.read(paper["object_key"], paper["version_id"])
    printed = [page.extract_text() for page in PdfReader(io.BytesIO(kept)).pages]
    assert len(printed) == 2 and "还款担保书" in printed[1] and "J. Müller" in printed[1], (
        "a guarantee to sign by itself"
    )
    browser = await visit(cast.negotiator)
    shown = await browser.get(f"/plans/{plan_id}/agreement.pdf")
    assert shown.content == kept and kept.startswith(b"%PDF")
    client = await visit(cast.brandt_viewer)
    assert (await client.get(f"/plans/{plan_id}/agreement.pdf")).content == kept


async def test_the_lists_show_what_waits_runs_and_has_ended(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    first, second = [await placed_case(cast.nordkai, cast.brandt) for _ in range(2)]
    waiting = await offered(cast.negotiator, first, wish(count=12))
    runs = await running(cast.negotiator, second)
    manager = await visit(cast.manager)
    assert str(waiting) in (await manager.get("/plans")).text
    page = await manager.get("/plans", params={"show": "running"})
    assert str(runs) in page.text and str(waiting) not in page.text and "100.00 on 30 Nov" in text(page.text)
    assert (await manager.get("/plans", params={"after": "nonsense"})).status_code == 404
    case = await (await visit(cast.negotiator)).get(f"/cases/{second}/money", headers={"hx-request": "true"})
    assert f"/plans/{runs}" in case.text and "Plan of EUR 1,000.00" in text(case.text)


async def test_those_who_lead_set_the_limits_and_what_is_offered_next_is_held_to_them(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    browser, here = await visit(cast.manager), f"/clients/{cast.brandt.id}/authority"
    opened = await browser.get(here)
    values = dict(re.findall(r'name="(\w+)" type="text" value="([^"]*)"', opened.text))
    assert values["floor_0"] == "80" and values["length_own_0"] == "9"
    seen = hidden(opened.text, "seen").replace("&#34;", '"').replace("&quot;", '"')
    strict = {**values, "own": "1", "length_own_0": "2", "company_days": "12", "company_misses": "3", "seen": seen}
    for wrong in ({"floor_0": "101"}, {"company_misses": "1"}, {"person_days": "0"}):
        assert (await browser.post(here, data={**strict, **wrong})).status_code == 422
    saved = await browser.post(here, data=strict)
    assert saved.status_code == 303
    late = await browser.post(here, data={**strict, "length_own_0": "5"})
    assert late.status_code == 422 and "changed" in text(late.text), "a second tab overwrites nothing unseen"
    plan_id = await offered(cast.negotiator, case_id)
    plan = await plan_now(cast.owner.actor, plan_id)
    assert (plan.rung, plan.break_days, plan.break_misses) == ("supervisor", 12, 3)
    for person, status in ((cast.negotiator, 403), (cast.brandt_admin, 403), (cast.huadong_owner, 404)):
        other = await visit(person)
        assert (await other.post(here, data=strict)).status_code == status
    assert (await (await visit(cast.negotiator)).get(here)).status_code == 200
    assert (await browser.post("/settings/authority", data={**strict, "seen": seen})).status_code in (303, 422)


async def test_a_debtor_in_china_gets_its_agreement_in_chinese(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, country="CN", debtor="杭州瑞丰阀门有限公司")
    page = await (await visit(cast.negotiator)).get(f"/cases/{case_id}/plan?kind=settlement")
    assert '<option value="zh-Hans" selected>' in page.text and "900" in page.text
    assert (await look(cast.owner.actor, case_id)).agreement == ""
