"""The page of write-offs: shown before it is proposed, without a script, and each sees and may do what is theirs."""

from __future__ import annotations

import pytest

from portal.identity import new_id
from tests.billing.money import agreed, look
from tests.billing.payments.test_payment_pages import hidden, text
from tests.cases.casework import placed_case
from tests.people import Cast, Visit

pytestmark = pytest.mark.usefixtures("noon")


async def test_a_write_off_goes_from_its_form_to_its_clients_word_and_back(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    here = f"/cases/{case_id}/write-offs"
    browser = await visit(cast.negotiator)
    for how in ("all", "part", "named"):
        assert "Propose a write-off" in (await browser.get(here, params={"how": how})).text
    form = {
        "how": "named",
        "principal": "900",
        "reason": "untraceable",
        "note": "Offices empty",
        "token": str(new_id()),
    }
    assert (await browser.post(f"{here}/check", data={**form, "principal": "1000.01"})).status_code == 422
    checked = await browser.post(f"{here}/check", data=form)
    assert "1,000.00 → 100.00" in text(checked.text) and "the client" in text(checked.text)
    assert "225.00 if it were paid" in text(checked.text) and "10 % of the claim is kept" in text(checked.text)
    assert (await browser.post(here, data={**form, "shown": "something else"})).status_code == 422
    assert (await browser.post(here, data={**form, "shown": hidden(checked.text, "shown")})).status_code == 303
    beside = await browser.get(f"/cases/{case_id}/money", headers={"hx-request": "true"})
    assert "Write-off of EUR 900.00" in text(beside.text) and "waits for approval" in beside.text
    waits = await (await visit(cast.manager)).get("/plans")
    assert here in waits.text and "900.00" in waits.text, "beside the plans that wait"
    client = await visit(cast.brandt_admin)
    assert "to write off EUR 900.00" in text((await client.get("/home")).text)
    assert here in (await client.get("/plans")).text
    page = await client.get(here)
    assert "Approve the write-off" in page.text and "of the claim is kept" not in page.text, (
        "the agency's limits are its own"
    )
    act = "/write-offs/" + page.text.split("/write-offs/")[1].split("/decision")[0]
    assert (await client.post(f"{act}/decision", data={"verdict": "decline"})).status_code == 422
    answer = {"verdict": "approve", "shown": hidden(page.text, "shown")}
    assert (await client.post(f"{act}/decision", data=answer)).status_code == 303
    assert (await look(cast.owner.actor, case_id)).balance_minor == 10_000
    assert "written off" in (await client.get(f"/cases/{case_id}")).text
    for person in (cast.finance, cast.auditor, cast.brandt_viewer):
        seen = await (await visit(person)).get(here)
        assert seen.status_code == 200 and "Propose a write-off" not in seen.text and "/undoing" not in seen.text
    leads = await visit(cast.manager)
    assert f"{act}/undoing" in (await leads.get(here)).text
    assert (await leads.post(f"{act}/undoing", data={"because": ""})).status_code == 422
    assert (await leads.post(f"{act}/undoing", data={"because": "A new address is known"})).status_code == 303
    assert (await look(cast.owner.actor, case_id)).balance_minor == 100_000
    assert "A new address is known" in (await client.get(here)).text
