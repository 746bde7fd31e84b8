"""A debtor pays by card at midnight, at a telephone, through the stand-in; the client's statement shows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import asyncpg
import pytest
from playwright.async_api import expect

from billing.payments.processor_journals import take_payout
from billing.payments.told import PaidOut
from portal import clock
from portal.pages.assets import build
from portal.people.actor import system
from portal.settings import Settings
from portal.tenancy.database import as_job, transaction
from tests.billing.cards.conftest import stand_in
from tests.billing.money import agreed, wrong
from tests.billing.remitting import remitted
from tests.browser.at_cards import debtor_at_a_telephone, takes_cards, type_card, with_stand_in
from tests.browser.conftest import Sit
from tests.browser.site import Site, running
from tests.cases.casework import placed_case
from tests.cases.claim_page.coming import number_of
from tests.people import Cast

__all__ = ["stand_in"]


@pytest.fixture(scope="module")
def site(settings: Settings, stand_in: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The portal, with the stand-in for its processor."""
    build()
    with running(with_stand_in(settings, stand_in), tmp_path_factory.mktemp("paying")) as site:
        yield site


async def test_a_card_payment_reaches_the_clients_statement(
    cast: Cast, owner: asyncpg.Connection, sit: Sit, site: Site
) -> None:
    now, agency = clock.now(), cast.nordkai.id
    await agreed(cast, cast.brandt, since=(now - timedelta(days=60)).date())
    await takes_cards(owner, cast.nordkai, site.settings)
    case_id = await placed_case(
        cast.nordkai, cast.brandt, amount_minor=120_000, placed_at=now - timedelta(days=20), next_at=now
    )
    number = await number_of(cast.negotiator, case_id)

    debtor = await debtor_at_a_telephone(sit, cast.negotiator, case_id, language="zh-Hans")
    await debtor.link("Pay now").click()
    await debtor.field("amount").fill("500.00")
    await debtor.button("Pay by card").click()
    await type_card(debtor)
    await debtor.page.locator("form[data-card] button[type=submit]").dblclick()
    await expect(debtor.page.get_by_text(debtor.t("Paid. Thank you."))).to_be_visible()
    await debtor.page.reload()
    await expect(debtor.page.locator(".c-claim-amount")).to_contain_text("500.00")

    assert await owner.fetchval("select count(*) from payments where case_id = $1", case_id) == 1
    async with transaction(as_job(agency)):
        paid_out = PaidOut(payout_id=f"po_{case_id.hex}", currency="EUR", amount_minor=50_000, on=now.date())
        await take_payout(system(agency), paid_out)
    later = now + timedelta(days=9)
    run_id = await remitted(cast, site.settings, "EUR", at=later)
    statement_id = await owner.fetchval("select id from statements where run_id = $1", run_id)
    client = await sit(cast.brandt_admin)
    await client.go(f"/statements/{statement_id}")
    await expect(client.page.get_by_role("row", name=number)).to_contain_text("500.00")
    assert await wrong(agency) == []
