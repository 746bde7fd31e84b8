"""A debtor at a telephone: the proof, what is owed, and an objection, in Chinese and in both colours."""

from __future__ import annotations

import asyncpg
from playwright.async_api import expect

from portal import clock
from tests.browser.conftest import Sit
from tests.cases.casework import placed_case
from tests.cases.claim_page.coming import POSTAL_CODE, link_to, number_of
from tests.people import Cast


async def test_a_debtor_proves_reads_and_objects_at_a_telephone(
    cast: Cast, owner: asyncpg.Connection, sit: Sit
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=28_001_523)
    for language in ("en", "zh-Hans"):
        debtor = await sit(language=language, width=390, height=844)
        await debtor.go(await link_to(cast.negotiator, case_id, clock.now()))
        await debtor.field("reference").fill(await number_of(cast.negotiator, case_id))
        await debtor.field("postal_code").fill(POSTAL_CODE)
        await debtor.button("Continue").first.click()
        await expect(debtor.page.locator(".c-claim-amount")).to_contain_text("280,015.23")
        await debtor.check()
        wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not await debtor.page.evaluate(wider)
    await debtor.go("/claim/dispute")
    await debtor.field("reason").select_option("price")
    await debtor.field("note").fill("价格不对")
    await debtor.button("Send").click()
    await expect(debtor.page.get_by_text(debtor.t("You dispute the whole claim"))).to_be_visible()
    await debtor.check()
    assert await owner.fetchval("select note from disputes where case_id = $1", case_id) == "价格不对"
