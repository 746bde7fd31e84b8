"""A client mends a row where it stands, and types one case; both in a browser."""

from __future__ import annotations

import asyncpg
from playwright.async_api import expect

from tests.browser.conftest import Sit
from tests.cases.intake.placements import csv_text, row
from tests.people import Cast


async def test_a_row_is_mended_in_the_grid_and_a_case_typed_by_hand(
    cast: Cast, owner: asyncpg.Connection, sit: Sit
) -> None:
    client = await sit(cast.brandt_submitter)
    await client.go("/placements/new")
    rows = [row(0), row(1, Country="Italien", InvoiceDate="02.06.2026"), row(2, InvoiceDate="31.02.2026")]
    file = {"name": "october.csv", "mimeType": "text/csv", "buffer": csv_text(rows).encode()}
    await client.page.set_input_files("[name=file]", file)  # type: ignore[arg-type]
    await client.button("Check the file").click()
    await client.page.get_by_role("link", name="Correct row 4").click()
    await client.page.locator("[name='invoices.0.issued_on']").fill("2026-02-28")
    await client.check()
    await client.button("Save and check").click()
    await expect(client.page.get_by_text("Row 4 can be placed now.")).to_be_visible()
    await client.button("Use what is proposed").click()
    await expect(client.page.get_by_text("Row 3 can be placed now.")).to_be_visible()
    await client.page.get_by_role("button", name="Hand over 3 cases").click()
    await expect(client.page.locator(".c-acknowledge")).to_be_visible()

    await client.go("/cases/new")
    for name, text in (("reference", "K-1"), ("name", "Anna Ferretti"), ("invoices.0.number", "R-1")):
        await client.field(name).fill(text)
    await client.field("kind").select_option("person")
    await client.field("country").select_option("IT")
    await client.field("invoices.0.issued_on").fill("2026-06-02")
    await client.field("invoices.0.amount").fill("1000.00")
    await client.button("Add a credit note or payment").click()
    await client.field("credits.0.credit_kind").select_option("payment")
    await client.field("credits.0.credit_amount").fill("150.00")
    await client.field("costs").fill("40.00")
    await client.field("costs").blur()
    await expect(client.page.locator("#claim")).to_contain_text("890.00")
    await client.check()
    await client.button("Hand over the case").click()
    await expect(client.page.get_by_role("link", name="Add documents")).to_be_visible()
    placed = "select placed_minor from cases where agency_id = $1 and reference = 'K-1'"
    assert await owner.fetchval(placed, cast.nordkai.id) == 890_00
