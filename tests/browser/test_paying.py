"""A debtor pays by card at midnight, at a telephone, through the stand-in; the client's statement shows it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import asyncpg
import pytest
from playwright.async_api import expect

from billing.cards import vault
from billing.payments.processor_journals import take_payout
from billing.payments.told import PaidOut
from portal import clock
from portal.identity import new_id
from portal.pages.assets import build
from portal.people.actor import system
from portal.settings import Settings
from portal.tenancy.database import as_job, transaction
from tests.billing.cards.conftest import stand_in
from tests.billing.money import agreed, wrong
from tests.billing.remitting import remitted
from tests.browser.conftest import Sit
from tests.browser.site import Site, running
from tests.cases.casework import placed_case
from tests.cases.claim_page.coming import POSTAL_CODE, link_to, number_of
from tests.people import Cast

__all__ = ["stand_in"]

CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "40", "cvc": "123", "postal_code": "20457"}


@pytest.fixture(scope="module")
def site(settings: Settings, stand_in: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The portal, with the stand-in for its processor."""
    build()
    there = dataclasses.replace(
        settings,
        stripe_secret_key=stand_in["PORTAL_STRIPE_SECRET_KEY"],
        stripe_webhook_secret=stand_in["PORTAL_STRIPE_WEBHOOK_SECRET"],
        stripe_publishable_key=stand_in["PORTAL_STRIPE_PUBLISHABLE_KEY"],
        stripe_api_base=stand_in["PORTAL_STRIPE_API_BASE"],
    )
    with running(there, tmp_path_factory.mktemp("paying")) as site:
        yield site


async def test_a_card_payment_reaches_the_clients_statement(
    cast: Cast, owner: asyncpg.Connection, sit: Sit, site: Site
) -> None:
    now, agency = clock.now(), cast.nordkai.id
    await agreed(cast, cast.brandt, since=(now - timedelta(days=60)).date())
    await owner.execute(
        "insert into processor_accounts (id, agency_id, mode, publishable_key, secret_key, webhook_secret, is_on, changed_at)"
        " values ($1, $2, 'own', $3, $4, $5, true, $6)",
        *(new_id(), agency, site.settings.stripe_publishable_key),
        *(vault.seal(agency, site.settings.stripe_secret_key or ""), vault.seal(agency, "whsec_of_nobody"), now),
    )
    case_id = await placed_case(
        cast.nordkai, cast.brandt, amount_minor=120_000, placed_at=now - timedelta(days=20), next_at=now
    )
    number = await number_of(cast.negotiator, case_id)

    debtor = await sit(language="zh-Hans", width=390, height=844)
    await debtor.go(await link_to(cast.negotiator, case_id, now))
    await debtor.field("reference").fill(number)
    await debtor.field("postal_code").fill(POSTAL_CODE)
    await debtor.button("Continue").first.click()
    await debtor.link("Pay now").click()
    await debtor.field("amount").fill("500.00")
    await debtor.button("Pay by card").click()
    for place, value in CARD.items():
        await debtor.page.get_by_placeholder(place, exact=True).fill(value)
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
