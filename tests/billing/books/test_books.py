"""The ledger to read: balances of any day, drilled down to journals, taken home, and periods that close."""

from __future__ import annotations

import re
from datetime import timedelta

import asyncpg
import pytest

from portal.settings import Settings
from tests.billing.books.ledgers import found_wrong, told
from tests.billing.fees.test_client_pages import text
from tests.billing.money import TODAY, agreed, pay
from tests.billing.remitting import remitted, terms
from tests.cases.casework import placed_case
from tests.people import Cast, Visit
from tests.spreadsheets import read_csv

pytestmark = pytest.mark.usefixtures("noon")


async def business(cast: Cast, owner: asyncpg.Connection, settings: Settings) -> None:
    """Two clients' cases, paid and remitted, and one payment more after that."""
    for client, name in ((cast.brandt, "Hofmann GmbH"), (cast.lanting, "Moreau SARL")):
        await terms(owner, client)
        await agreed(cast, client)
        await pay(cast.finance, await placed_case(cast.nordkai, client, currency="GBP", debtor=name), 10_000)
    await remitted(cast, settings)
    await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt, currency="GBP", debtor="Nowak"), 4_000)


async def test_balances_are_read_down_to_the_journal(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings
) -> None:
    await business(cast, owner, settings)
    browser = await visit(cast.finance)
    page = text((await browser.get("/ledger")).text)
    assert "1000 Trust bank 40.00" in page
    assert "2000 Client funds 1 client 40.00" in page or "2000 Client funds 2 clients 40.00" in page
    assert "Difference 0.00" in page and "differs" not in page
    account = await browser.get("/ledger/accounts/2000?currency=GBP")
    assert "Brandt & Söhne 40.00" in text(account.text).replace("&amp;", "&")
    [of_brandt] = set(re.findall(r'href="(/ledger/accounts/2000\?currency=GBP&amp;client=[0-9a-f-]+)"', account.text))
    lines = await browser.get(of_brandt.replace("&amp;", "&"))
    said = text(lines.text)
    assert "receipt 40.00 40.00" in said, "credited, and what stood after it"
    assert "approval of a remittance 100.00 0.00" in said
    assert "Moreau" not in said
    journal = re.findall(r"/ledger/journals/[0-9a-f-]{36}", lines.text)[0]
    assert "2000 Client funds" in text((await browser.get(journal)).text)


async def test_a_past_day_is_as_it_was(cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    await pay(cast.finance, case_id, 10_000, on=TODAY - timedelta(days=1))
    await pay(cast.finance, case_id, 5_000, on=TODAY)
    browser = await visit(cast.auditor)
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    assert "1000 Trust bank 150.00" in text((await browser.get("/ledger")).text)
    assert "1000 Trust bank 100.00" in text((await browser.get(f"/ledger?on={yesterday}")).text)
    lines = text((await browser.get(f"/ledger/accounts/1000?currency=GBP&on={yesterday}")).text)
    assert "Stands at 100.00 GBP" in lines and "150.00" not in lines
    assert "Nothing had been posted by then" in text((await browser.get("/ledger?on=2020-01-01")).text)


async def test_another_program_finds_the_same_balances(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings
) -> None:
    await business(cast, owner, settings)
    start = TODAY - timedelta(days=3000)
    whole = await told(cast.nordkai.id, start, TODAY)
    assert found_wrong(whole) == []
    assert '  client: "Brandt & Söhne"' in whole and "Liabilities:Trust:T2000:C" in whole
    last_day = await told(cast.nordkai.id, TODAY, TODAY)
    assert '* "Opening balances"' in last_day, "what stood before the period opens it"
    assert found_wrong(last_day) == []
    assert found_wrong(re.sub(r"(balance \S*T1000 *) 40\.00", r"\1 40.01", whole)), "a false balance is found"
    browser = await visit(cast.finance)
    answer = await browser.get(f"/ledger/journals.beancount?since={start}&until={TODAY}")
    assert answer.text.count(" * ") == whole.count(" * ")
    assert "attachment" in answer.headers["content-disposition"]


async def test_journals_are_taken_home_line_by_line(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings
) -> None:
    await business(cast, owner, settings)
    browser = await visit(cast.finance)
    answer = await browser.get(f"/ledger/journals.csv?since=2026-01-01&until={TODAY}")
    rows = read_csv(answer.content)
    debit, credit = (sum(float(row[side] or 0) for row in rows) for side in ("Debit", "Credit"))
    assert debit == pytest.approx(credit) and debit > 0
    assert {row["Client"] for row in rows} >= {"Brandt & Söhne", "Suzhou Lanting Bearings"}
    wrong = await browser.get("/ledger/journals.csv?since=2026-02-01&until=2026-01-01")
    assert wrong.status_code == 422 and "Not before the first day." in wrong.text


async def test_closed_books_take_no_payment_and_a_correction_lands_in_the_open_period(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    browser, yesterday = await visit(cast.finance), TODAY - timedelta(days=1)
    for day, said in ((TODAY, "This day is not over yet."), ("", "Please fill this in.")):
        refused = await browser.post("/ledger/closures", data={"through": str(day)})
        assert refused.status_code == 422 and said in refused.text
    for _ in range(2):  # a double click closes once
        assert (await browser.post("/ledger/closures", data={"through": yesterday.isoformat()})).status_code == 303
    page = text((await browser.get("/ledger")).text)
    assert page.count("Closed through") == 1
    earlier = await browser.post("/ledger/closures", data={"through": (yesterday - timedelta(days=1)).isoformat()})
    assert earlier.status_code == 422 and "The books are closed through" in earlier.text
    with pytest.raises(Exception, match="closed"):
        await pay(cast.finance, case_id, 5_000, on=yesterday)
    await pay(cast.finance, case_id, 5_000, on=TODAY)


async def test_who_reads_the_ledger_and_who_closes_it(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt, currency="GBP"), 10_000)
    data = {"through": (TODAY - timedelta(days=1)).isoformat()}
    for name, read, closed in (
        ("auditor", 200, 403), ("negotiator", 403, 403), ("manager", 403, 403), ("brandt_admin", 403, 403),
    ):  # fmt: skip
        browser = await visit(getattr(cast, name))
        for path in (
            "/ledger",
            "/ledger/accounts/1000?currency=GBP",
            "/ledger/journals.csv?since=2026-01-01&until=2026-12-31",
        ):
            assert (await browser.get(path)).status_code == read, (name, path)
        assert (await browser.post("/ledger/closures", data=data)).status_code == closed
    theirs = text((await (await visit(cast.huadong_owner)).get("/ledger")).text)
    assert "Nothing had been posted by then" in theirs
    browser = await visit(cast.finance)
    for path in ("/ledger/accounts/1001?currency=GBP", "/ledger/accounts/1000?currency=XXQ", "/ledger?on=never"):
        assert (await browser.get(path)).status_code == 404, path
