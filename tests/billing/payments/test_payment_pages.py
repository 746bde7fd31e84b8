"""The pages of payments: what is posted is what was shown, and everybody sees what is theirs."""

import re
from datetime import timedelta

import asyncpg
import pytest

from tests.billing.money import NOON, TODAY, agreed, count, look, pay, promised
from tests.cases.casework import placed_case
from tests.people import Cast, Visit
from tests.spreadsheets import read_csv

pytestmark = pytest.mark.usefixtures("noon")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden {name}"
    return found[1]


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").split())


FORM = {"amount": "265.00", "received_on": TODAY.isoformat(), "channel": "bank", "reference": "E2E 3", "payer": "Weber"}


async def test_finance_finds_the_case_checks_the_split_and_posts_it_without_a_script(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=24_000)
    await promised(case_id, cast.negotiator, 24_000, TODAY + timedelta(days=2), at=NOON)
    browser = await visit(cast.finance)
    found = await browser.get("/payments/new", params={"q": "maschinenb"})
    assert f"/payments/new?case={case_id}" in found.text
    form = await browser.get("/payments/new", params={"case": str(case_id)})
    given = {**FORM, "case": str(case_id), "token": hidden(form.text, "token")}
    checked = await browser.post("/payments/check", data=given)
    said = text(checked.text)
    assert checked.status_code == 200
    assert "Too much: kept for the debtor 25.00" in said
    assert "240.00 × 25 % = 60.00" in said
    assert "The case is paid in full and closes." in said
    assert "promise of EUR 240.00" in said
    assert await count("payments", cast.nordkai.id) == 0
    given["shown"] = hidden(checked.text, "shown").replace("&amp;", "&")
    posted = await browser.post("/payments", data=given)
    assert posted.status_code == 303
    again = await browser.post("/payments", data=given)
    assert again.headers["location"] == posted.headers["location"]
    assert await count("payments", cast.nordkai.id) == 1
    page = text((await browser.get(posted.headers["location"])).text)
    assert "Payment of EUR 265.00" in page
    assert "2030 Debtor refunds" in page
    assert "cannot be deleted" in page


async def test_what_was_not_shown_is_shown_first(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    browser = await visit(cast.finance)
    form = await browser.get("/payments/new", params={"case": str(case_id)})
    given = {**FORM, "case": str(case_id), "token": hidden(form.text, "token")}
    refused = await browser.post("/payments", data=given)
    assert refused.status_code == 422
    assert "Please look at how the money is divided" in refused.text
    assert hidden(refused.text, "shown")
    assert await count("payments", cast.nordkai.id) == 0


async def test_the_preview_of_a_script_is_the_split_alone(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    browser = await visit(cast.finance)
    given = {**FORM, "case": str(case_id), "token": ""}
    part = await browser.post("/payments/check", data=given, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert 'id="split"' in part.text
    empty = await browser.post("/payments/check", data={**given, "amount": ""}, headers={"HX-Request": "true"})
    assert empty.status_code == 200
    wrong = await browser.post("/payments/check", data={**given, "amount": "2x"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    assert "This is not an amount in EUR." in wrong.text


async def test_the_list_is_narrowed_in_its_address_and_exported_as_it_is_seen(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    await agreed(cast, cast.lanting, "0.20")
    formula = "=HYPERLINK(1)"
    one = await placed_case(cast.nordkai, cast.brandt, debtor=formula)
    two = await placed_case(cast.nordkai, cast.lanting, debtor="上海华东机械")
    await pay(cast.finance, one, 10_000, payer="@SUM(A1)", reference="R 1")
    await pay(cast.finance, two, 20_000, channel="cheque", reference="100217")
    browser = await visit(cast.auditor)
    page = await browser.get("/payments", params={"channel": "cheque"})
    assert "上海华东机械" in page.text
    assert "HYPERLINK" not in page.text
    export = await browser.get("/payments.csv", params={"client": str(cast.brandt.id)})
    assert export.headers["content-type"].startswith("text/csv")
    rows = read_csv(export.content)
    assert [(row["Amount"], row["Fee"], row["Net to the client"]) for row in rows] == [("100.00", "25.00", "75.00")]
    assert rows[0]["Debtor"] == "'" + formula
    assert rows[0]["Payer"] == "'@SUM(A1)"
    assert rows[0]["Why this fee"].startswith("25 % because")


async def test_the_list_goes_on_behind_its_last_row(cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    from billing.payments import register

    defaults = register.list_payments.__defaults__
    monkeypatch.setattr(register.list_payments, "__defaults__", (*defaults[:-1], 2))  # type: ignore[index]
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    paid = [await pay(cast.finance, case_id, 1_000 + place) for place in range(3)]
    browser = await visit(cast.finance)
    first = await browser.get("/payments")
    assert f"/payments/{paid[0].id}" not in first.text
    second = await browser.get(f"/payments?before={paid[1].id}")
    assert f"/payments/{paid[0].id}" in second.text


async def test_a_payment_is_taken_back_from_its_page(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 10_000)
    browser = await visit(cast.finance)
    wrong = await browser.post(
        f"/payments/{payment.id}/reversal", data={"reason": "", "received_on": TODAY.isoformat()}
    )
    assert wrong.status_code == 422
    assert "Please choose why." in wrong.text
    done = await browser.post(
        f"/payments/{payment.id}/reversal", data={"reason": "returned_by_bank", "received_on": TODAY.isoformat()}
    )
    assert done.status_code == 303
    assert "went back" in (await browser.get(done.headers["location"])).text
    assert "Taken back on" in (await browser.get(f"/payments/{payment.id}")).text
    assert (await look(cast.finance.actor, case_id)).balance_minor == 100_000


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("owner", 200),
        ("finance", 200),
        ("auditor", 200),
        ("manager", 200),
        ("negotiator", 403),
        ("brandt_admin", 403),
        ("huadong_finance", 404),
    ],
)
async def test_who_may_see_a_payment(cast: Cast, visit: Visit, name: str, status: int) -> None:
    await agreed(cast, cast.brandt)
    payment = await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt), 10_000)
    browser = await visit(getattr(cast, name))
    assert (await browser.get(f"/payments/{payment.id}")).status_code == status
    ledger = {"manager": 403}.get(name, status)
    assert (await browser.get(f"/ledger/journals/{payment.journal_id}")).status_code == ledger


@pytest.mark.parametrize(
    ("name", "status"), [("manager", 403), ("negotiator", 403), ("auditor", 403), ("huadong_finance", 404)]
)
async def test_who_may_not_post_or_take_back(cast: Cast, visit: Visit, name: str, status: int) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 10_000)
    browser = await visit(getattr(cast, name))
    given = {**FORM, "case": str(case_id), "token": str(case_id), "shown": "x"}
    for path in ("/payments", "/payments/check"):
        assert (await browser.post(path, data=given)).status_code == status
    back = {"reason": "returned_by_bank", "received_on": TODAY.isoformat()}
    assert (await browser.post(f"/payments/{payment.id}/reversal", data=back)).status_code == status
    assert await count("payments", cast.nordkai.id) == 1


async def test_the_money_panel_of_a_case(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 10_000, payer="Sabine Weber", reference="E2E 8")
    path = f"/cases/{case_id}/money"
    for name in ("negotiator", "finance", "brandt_viewer"):
        browser = await visit(getattr(cast, name))
        whole = await browser.get(path)
        part = await browser.get(path, headers={"HX-Request": "true"})
        assert "<html" in whole.text
        assert "<html" not in part.text
        for said in (text(whole.text), text(part.text)):
            assert "100.00 × 25 % = 25.00" in said
            assert "If paid in full: fee 25 % 225.00" in said
        assert (f"/payments/{payment.id}" in part.text) == (name == "finance")
        assert "Sabine Weber" not in part.text
    for name in ("lanting_admin", "huadong_negotiator"):
        assert (await (await visit(getattr(cast, name))).get(path)).status_code == 404


async def test_what_the_ledger_refuses_is_said_on_the_page(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 10_000, on=TODAY - timedelta(days=1))
    browser = await visit(cast.finance)
    form = await browser.get("/payments/new", params={"case": str(case_id)})
    given = {**FORM, "case": str(case_id), "token": hidden(form.text, "token")}
    given["shown"] = hidden((await browser.post("/payments/check", data=given)).text, "shown")
    await owner.execute(
        "insert into closed_periods (id, agency_id, through, closed_at) values (uuidv7(), $1, $2, now())",
        *(cast.nordkai.id, TODAY),
    )
    refused = await browser.post("/payments", data=given)
    assert refused.status_code == 422
    assert "The books are closed through" in refused.text
    back = {"reason": "returned_by_bank", "received_on": TODAY.isoformat()}
    refused = await browser.post(f"/payments/{payment.id}/reversal", data=back)
    assert refused.status_code == 422
    assert "The books are closed through" in refused.text


async def test_the_pages_speak_the_readers_language(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.mingda, "0.30")
    case_id = await placed_case(cast.huadong, cast.mingda, currency="CNY", country="CN", debtor="上海华东机械")
    payment = await pay(cast.huadong_finance, case_id, 10_000)
    await owner.execute("update users set language = 'zh-Hans' where id = $1", cast.huadong_finance.user_id)
    browser = await visit(cast.huadong_finance)
    page = await browser.get(f"/payments/{payment.id}")
    assert 'lang="zh-Hans"' in page.text
    assert "2026年11月23日" in page.text
