"""The end of a month, as finance and a client live it: from the bank's file to a reconciliation of nought and a fee that
explains itself.
"""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import asyncpg
import xmlschema
from playwright.async_api import expect

from billing.bank_details.account import Account
from portal import clock
from tests.billing.bank.statements import IBAN, mt940, opened
from tests.billing.money import agreed, wrong
from tests.billing.remitting import own_confirmed, paid_into, terms
from tests.browser.conftest import Sit
from tests.browser.journey import ONE, content_of
from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.cases.casework import placed_case
from tests.people import PASSWORD, Cast

SCHEMA = Path(__file__).parents[1] / "data" / "bank" / "xsd" / "pain.001.001.09.xsd"
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
BRANDTS = Account(currency="EUR", holder="Brandt & Söhne", iban="DE89370400440532013000", bic="COBADEFFXXX")
OWN_IBAN = "DE02300209000106531065"


def today() -> date:
    """The agency's day."""
    return clock.now().astimezone(ZoneInfo("Europe/Berlin")).date()


def told(text: str, payer: str, account: str = "") -> str:
    """What a German bank writes of an entry."""
    return f"166?00GUTSCHRIFT?20{text}" + (f"?31{account}" if account else "") + f"?32{payer}"


async def take_in(finance: Visitor, name: str, content: bytes, new_lines: int) -> None:
    """Give a file of the bank and see what it told."""
    await finance.go("/bank")
    await finance.field("files").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})
    await finance.button("Take them in").click()
    await finance.page.wait_for_url("**/bank/statements/*")
    await finance.arrived()
    await expect(finance.page.locator("tbody tr")).to_have_count(new_lines)
    await expect(finance.page.locator(".c-badge").filter(has_text="Adds up")).to_be_visible()


async def waiting(finance: Visitor, number: int) -> None:
    """So many lines wait for a person, once the worker has been through them."""
    for _ in range(100):
        await finance.go("/bank/lines")
        if await finance.page.locator("[data-row]").count() == number:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{await finance.page.locator('[data-row]').all_inner_texts()} wait, not {number}")


async def accept(finance: Visitor, payer: str) -> None:
    """Accept what is proposed for a payer's line."""
    await finance.go("/bank/lines")
    row = finance.page.locator("[data-row]").filter(has_text=payer)
    await row.get_by_role("button", name=re.compile("^" + finance.t("Accept"))).click()
    await finance.settled()
    await expect(finance.page.locator("[data-row]").filter(has_text=payer)).to_have_count(0)


async def test_finance_closes_the_month_and_the_client_reads_why_it_paid_a_fee(
    cast: Cast, owner: asyncpg.Connection, site: Site, sit: Sit
) -> None:
    month_end = today().replace(day=1) - timedelta(days=1)
    before = datetime.combine(month_end - timedelta(days=20), time(12), UTC)
    await terms(owner, cast.brandt, vat="0.19")
    await agreed(cast, cast.brandt, since=before.date() - timedelta(days=30))
    await opened(cast.finance, "Trust EUR", iban=IBAN, holder="Nordkai")
    own = await opened(cast.finance, "Operating EUR", book="operating", iban=OWN_IBAN, holder="Nordkai")
    await own_confirmed(cast.owner, own.id, site.settings, at=before)
    await paid_into(cast, cast.brandt, site.settings, BRANDTS, at=before)
    names = ("Müller Maschinenbau GmbH", "Lindqvist Rör AB", "Ferretti Pompe S.p.A.")
    cases = [
        await placed_case(
            cast.nordkai, cast.brandt, amount_minor=amount, debtor=name, placed_at=before,
            due_on=month_end - timedelta(days=90),
        )
        for name, amount in zip(names, (1_000_00, 300_00, 800_00), strict=True)
    ]  # fmt: skip
    number = await owner.fetchval("select number from cases where id = $1", cases[0])

    finance = await sit(cast.finance)
    entries = [
        ("C400,00", told(f"RECHNUNG {number}", "MUELLER MASCHINENBAU")),
        ("C300,00", told("ZAHLUNG", "LINDQVIST ROR AB")),
        ("C300,00", told("DANKE", "K WEBER")),
        ("D3,00", "808?00ENTGELT?20ENTGELT KONTOFUEHRUNG"),
        ("C3,00", told("AUSGLEICH ENTGELT", "NORDKAI", OWN_IBAN)),
    ]
    first = mt940(entries, closing="1000,00", day=month_end)
    await take_in(finance, "october.sta", first, 5)
    await finance.check()
    await waiting(finance, 4)
    await finance.check()
    await accept(finance, "LINDQVIST")
    await accept(finance, "KONTOFUEHRUNG")
    await accept(finance, "NORDKAI")
    await finance.page.locator("[data-row]").filter(has_text="K WEBER").get_by_role("link").first.click()
    await finance.settled()
    await finance.link("Assign").first.click()
    await finance.page.wait_for_url("**/bank/lines/*")
    await finance.field("q").fill("Ferretti")
    await finance.button("Find").click()
    await finance.page.locator("[data-row] a").first.click()
    await finance.arrived()
    await expect(finance.page.locator("main")).to_contain_text("800.00 → 500.00")
    await finance.check()
    await finance.button("Book it to this case").click()
    await waiting(finance, 0)

    await finance.go("/remittances/new?currency=EUR")
    await finance.field("through").fill(today().isoformat())
    await finance.page.keyboard.press("Tab")
    await expect(finance.page.locator("#preview")).to_contain_text("702.50")
    await finance.settled()
    await finance.button("Make the draft").click()
    await finance.page.wait_for_url(ONE)
    run_path = finance.page.url.removeprefix(finance.url)
    await finance.button("It is right").click()
    await expect(finance.page.locator(".c-toast")).to_be_visible()
    second = await sit(cast.second_finance)
    await second.go(run_path)
    await second.field("password").fill(PASSWORD)
    await second.button("Approve").click()
    await expect(second.field("reference")).to_be_visible()
    run_number = await owner.fetchval("select number from remittance_runs where agency_id = $1", cast.nordkai.id)

    await finance.go(run_path)
    await finance.button("Make the payment file").click()
    await finance.arrived()
    await finance.check()
    async with finance.page.expect_download() as download:
        await finance.page.locator("a[href*='/payment-file']").click()
    paid = await content_of(await download.value)
    xmlschema.XMLSchema(SCHEMA).validate(paid.decode())
    sums = [Decimal(one.text or "") for one in ElementTree.fromstring(paid).iterfind(".//p:InstdAmt", SPACE)]
    assert sorted(sums) == [Decimal("297.50"), Decimal("702.50")]

    entries = [("D702,50", told(f"SAMMLER {run_number}", "")), ("D297,50", told("ENTNAHME", "NORDKAI", OWN_IBAN))]
    await take_in(
        finance, "november.sta", mt940(entries, number="2", opening="1000,00", closing="0,00", day=today()), 2
    )
    await waiting(finance, 2)
    await accept(finance, "SAMMLER")
    await accept(finance, "ENTNAHME")
    await waiting(finance, 0)
    await finance.go(run_path)
    await expect(finance.page.locator("main .c-badge").filter(has_text="Final")).to_have_count(1)

    for signer in (finance, second):
        await signer.go(f"/reconciliation?on={month_end.isoformat()}")
        await expect(signer.page.locator(".c-badge").filter(has_text="Difference 0.00")).to_have_count(1)
        await expect(signer.page.locator(".c-sides")).to_contain_text("1,000.00")
        if signer is finance:
            await signer.button("Sign off").click()
        else:
            await signer.field("password").fill(PASSWORD)
            await signer.button("Sign too").click()
        await expect(signer.page.locator(".c-toast")).to_be_visible()
        await signer.arrived()
        await signer.check()
    await finance.go(f"/reconciliation?on={today().isoformat()}")
    await expect(finance.page.locator(".c-badge").filter(has_text="Difference 0.00")).to_have_count(1)

    client = await sit(cast.brandt_admin, language="zh-Hans")
    await client.go("/statements")
    await client.page.locator("[data-row] a").first.click()
    await client.page.wait_for_url(ONE)
    await client.arrived()
    await expect(client.page.locator(".c-equation")).to_contain_text("702.50")
    await client.page.locator(".c-why").first.click()
    await expect(client.page.locator(".c-fee-sentence")).to_contain_text("25")
    await client.settled()
    await client.check()
    assert await wrong(cast.nordkai.id) == []
