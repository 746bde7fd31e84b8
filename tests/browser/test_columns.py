"""A client says in its browser what the columns of its own file mean, and sees the cases that result."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import expect

from tests.browser.conftest import Sit
from tests.people import Cast

IBM = Path(__file__).parents[1] / "data" / "ibm-receivables.csv"


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
async def test_a_receivables_history_is_placed_without_touching_the_file(
    cast: Cast, owner: asyncpg.Connection, sit: Sit, language: str
) -> None:
    client = await sit(cast.brandt_submitter, language=language)
    await client.go("/placements/new")
    await client.page.set_input_files("[name=file]", IBM)
    await client.button("Check the file").click()
    await expect(client.page.get_by_role("heading", name=client.t("What the columns mean"))).to_be_visible()
    await client.settled()
    await client.check()
    # What nobody can guess of this file: its customers have numbers for names, and it names no currency.
    await client.page.get_by_label(client.t("Meaning of “%(column)s”", column="customerID")).select_option("name")
    await client.page.get_by_label(client.t("Meaning of “%(column)s”", column="SettledDate")).select_option("")
    await client.page.get_by_label(client.t("Meaning of “%(column)s”", column="countryCode")).select_option("")
    await client.field("all_currency").select_option("USD")
    await client.field("all_country").select_option("US")
    await expect(client.page.locator("#made")).to_contain_text("6627-ELFBK")
    await client.settled()
    await client.check(themes=("light",))
    await client.button("Check the file").click()
    hand_over = client.page.get_by_role("button", name="2,586")
    await expect(hand_over).to_be_visible(timeout=120_000)
    await hand_over.click()
    await expect(client.page.locator(".c-acknowledge")).to_be_visible(timeout=120_000)
    await client.arrived()
    assert await owner.fetchval("select count(*) from cases where agency_id = $1", cast.nordkai.id) == 2586
