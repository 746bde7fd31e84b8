"""Agreements as their people make them: the debtor at a telephone, the agency and its client at their desks, day by day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from playwright.async_api import expect

from billing.cards.autopay import collect
from cases.plans.follow import judge_due
from cases.situation import reorder
from portal import clock
from portal.app import configure
from portal.jobs import work_off
from portal.pages.assets import build
from portal.pages.formats import date_long
from portal.pages.text import speaking
from portal.settings import Settings
from tests.billing.cards.conftest import stand_in
from tests.billing.money import agreed, wrong
from tests.browser.at_cards import debtor_at_a_telephone, takes_cards, type_card, with_stand_in
from tests.browser.conftest import Sit
from tests.browser.journey import ONE
from tests.browser.site import Site, running_here
from tests.browser.visitor import Visitor
from tests.cases.casework import placed_case
from tests.cases.claim_page.coming import number_of
from tests.people import Agency, Cast

__all__ = ["stand_in"]

WITHOUT_MONEY = "pm_card_chargeCustomerFail"
"""The stand-in's card that may be kept, and then pays nothing."""


@pytest.fixture
async def site(database: Settings, stand_in: dict[str, str]) -> AsyncIterator[Site]:
    """The portal within the test, so that its days can pass, with the stand-in for its processor."""
    build()
    async with running_here(with_stand_in(database, stand_in)) as site:
        yield site
    configure(database)


def morning_of(day: date) -> datetime:
    """When the agency's people come in."""
    return datetime.combine(day, time(9), ZoneInfo("Europe/Berlin"))


async def morning(agency: Agency, day: date) -> None:
    """What the jobs of an agency's morning do: the queue is put in order, agreements are judged, what is due is collected."""
    with clock.at(morning_of(day)):
        await reorder({"agency_id": str(agency.id)})
        await judge_due({"agency_id": str(agency.id)})
        await collect({"agency_id": str(agency.id)})
        await work_off(agency_id=agency.id)


def shown_day(day: date, visitor: Visitor) -> str:
    """A date as this visitor reads it."""
    with speaking(visitor.language):
        return date_long(day)


async def collected(owner: asyncpg.Connection, case_id: UUID) -> list[tuple[int, int, str]]:
    """Which payment of the plan was tried, for which time, and what came of it."""
    rows = await owner.fetch(
        "select plan_position, attempt, status from card_payments where case_id = $1 order by id", case_id
    )
    return [tuple(row) for row in rows]


async def test_a_plan_that_the_debtor_proposes_is_approved_and_collected_on_its_days(
    cast: Cast, owner: asyncpg.Connection, sit: Sit, site: Site
) -> None:
    now, agency = clock.now(), cast.nordkai
    await agreed(cast, cast.brandt, since=(now - timedelta(days=60)).date())
    await takes_cards(owner, agency, site.settings)
    case_id = await placed_case(
        agency, cast.brandt, amount_minor=120_000, placed_at=now - timedelta(days=20), next_at=now
    )
    number = await number_of(cast.negotiator, case_id)

    debtor = await debtor_at_a_telephone(sit, cast.negotiator, case_id, language="zh-Hans")
    await debtor.link("Pay in instalments").click()
    await debtor.field("down").fill("80.00")
    await debtor.field("count").fill("2")
    await debtor.field("rhythm").select_option("week")
    await debtor.field("why").fill("客户月底才付款")
    await expect(debtor.page.locator("#preview")).to_contain_text("560.00")
    await debtor.settled()
    await debtor.button("Send the proposal").click()
    await expect(debtor.page.get_by_text(debtor.t("We have your proposal"))).to_be_visible()
    await debtor.check()

    soon = now.date() + timedelta(days=5)
    await morning(agency, soon)
    with clock.at(morning_of(soon)):
        negotiator = await sit(cast.negotiator)
        await negotiator.go("/queue")
        await expect(negotiator.page.locator("[data-row]")).to_contain_text("1,200.00")
    negotiator = await sit(cast.negotiator)
    await negotiator.go(f"/cases/{case_id}")
    await negotiator.page.locator("a[href^='/plans/']").first.click()
    await negotiator.page.wait_for_url(ONE)
    await expect(negotiator.button("Approve")).to_have_count(0)

    manager = await sit(cast.manager)
    await manager.go("/plans")
    await manager.link(number).click()
    await manager.page.wait_for_url(ONE)
    await expect(manager.page.locator(".c-quote")).to_have_text("客户月底才付款")
    await manager.check()
    await manager.button("Approve").click()
    await expect(manager.page.locator(".c-toast")).to_contain_text(manager.t("Approved."))
    plan_path = manager.page.url.removeprefix(manager.url)

    await debtor.go("/claim")
    await debtor.link("Look at the agreement").click()
    await debtor.field("name").fill("王丽")
    await debtor.field("agrees").check()
    await debtor.button("Agree to this").click()
    await debtor.link("Automatic payment").click()
    await type_card(debtor)
    await debtor.field("name").fill("王丽")
    await debtor.field("agrees").check()
    await debtor.button("Collect my payments").click()
    await expect(debtor.page.locator(".c-claim-note")).to_contain_text("4242")
    await debtor.check()

    dues = await owner.fetch("select due_on from plan_lines where case_id = $1 order by position", case_id)
    first, second, third = (row["due_on"] for row in dues)
    await morning(agency, first)
    assert await collected(owner, case_id) == [(0, 1, "succeeded")]
    card = await owner.fetchval("select method_id from saved_methods where case_id = $1", case_id)
    await owner.execute("update saved_methods set method_id = $2 where case_id = $1", case_id, WITHOUT_MONEY)
    await morning(agency, second)
    assert (await collected(owner, case_id))[1:] == [(1, 1, "failed")]
    again_on = second + timedelta(days=3)
    with clock.at(morning_of(second) + timedelta(hours=1)):
        debtor = await debtor_at_a_telephone(sit, cast.negotiator, case_id, language="zh-Hans")
        await expect(debtor.page.locator("nav a[href='/claim/autopay']")).to_contain_text(shown_day(again_on, debtor))
        await debtor.link("Automatic payment").click()
        await expect(debtor.page.locator(".c-claim-note")).to_contain_text("560.00")
        await debtor.check()
        manager = await sit(cast.manager)
        await manager.go(plan_path)
        await expect(manager.page.get_by_text(manager.t("The bank declined the payment."))).to_be_visible()
    await owner.execute("update saved_methods set method_id = $2 where case_id = $1", case_id, card)
    await morning(agency, again_on)
    assert (await collected(owner, case_id))[2:] == [(1, 2, "succeeded")]
    last = max(third, again_on)
    await morning(agency, last)
    assert (await collected(owner, case_id))[3:] == [(2, 1, "succeeded")]

    with clock.at(morning_of(last + timedelta(days=1))):
        debtor = await debtor_at_a_telephone(sit, cast.negotiator, case_id, language="zh-Hans")
        await expect(debtor.page.get_by_text(debtor.t("Nothing is left to pay."))).to_be_visible()
        await debtor.link("Your agreement").click()
        await expect(debtor.page.locator(".c-claim-items .t-good")).to_have_count(3)
        await debtor.check()
        for person in (cast.manager, cast.brandt_admin):
            somebody = await sit(person)
            await somebody.go(plan_path)
            await expect(somebody.page.locator(".is-plan .t-good")).to_have_count(3)
            await somebody.go(f"/cases/{case_id}")
            await expect(somebody.page.locator(".c-timeline")).to_contain_text(somebody.t("Agreement fulfilled"))
    assert await wrong(agency.id) == []


async def test_a_settlement_below_the_agencys_own_limits_is_the_clients_to_decide(
    cast: Cast, owner: asyncpg.Connection, sit: Sit, site: Site
) -> None:
    now, agency = clock.now(), cast.nordkai
    await agreed(cast, cast.lanting, since=(now - timedelta(days=60)).date())
    await takes_cards(owner, agency, site.settings)
    case_id = await placed_case(
        agency, cast.lanting, amount_minor=100_000, placed_at=now - timedelta(days=20), next_at=now
    )
    number = await number_of(cast.negotiator, case_id)

    negotiator = await sit(cast.negotiator)
    await negotiator.go(f"/cases/{case_id}/plan?kind=settlement")
    await negotiator.field("offer").fill("500.00")
    await negotiator.field("why").fill("He sells the workshop; nobody else will get more.")
    await expect(negotiator.page.locator("#preview")).to_contain_text("375.00")
    await negotiator.settled()
    await negotiator.button("Ask for approval").click()
    await negotiator.page.wait_for_url("**/plans/*")
    plan_path = negotiator.page.url.removeprefix(negotiator.url)
    manager = await sit(cast.manager)
    await manager.go(plan_path)
    await expect(manager.button("Approve")).to_have_count(0)

    client = await sit(cast.lanting_admin, language="zh-Hans")
    await client.go("/plans")
    await client.check()
    await client.link(number).click()
    await client.page.wait_for_url(ONE)
    panel = client.page.locator(".c-panel").filter(has_text=client.t("Your word is needed"))
    await expect(panel).to_contain_text("375.00")
    await expect(panel).to_contain_text("500.00")
    await client.check()
    await client.button("Approve").click()
    await expect(client.page.locator(".c-toast")).to_be_visible()

    debtor = await debtor_at_a_telephone(sit, cast.negotiator, case_id)
    await debtor.link("Look at the agreement").click()
    await debtor.field("name").fill("Jana Müller")
    await debtor.field("agrees").check()
    await debtor.button("Agree to this").click()
    await debtor.link("Pay it now").click()
    await expect(debtor.field("amount")).to_have_value("500.00")
    await debtor.button("Pay by card").click()
    await type_card(debtor)
    await debtor.page.locator("form[data-card] button[type=submit]").click()
    await expect(debtor.page.get_by_text(debtor.t("Paid. Thank you."))).to_be_visible()
    await debtor.go("/claim")
    await expect(debtor.page.get_by_text(debtor.t("Nothing is left to pay."))).to_be_visible()
    await debtor.check()
    for person in (cast.negotiator, cast.lanting_admin):
        somebody = await sit(person)
        await somebody.go(plan_path)
        await expect(somebody.page.locator(".is-plan .t-good")).to_have_count(1)
        await somebody.go(f"/cases/{case_id}")
        await expect(somebody.page.locator(".c-timeline")).to_contain_text("EUR 500.00 written off")
    assert await owner.fetchval("select balance_minor from cases where id = $1", case_id) == 0
    assert await wrong(agency.id) == []
