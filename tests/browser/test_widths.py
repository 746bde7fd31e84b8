"""Pages on the screens they are read on: clients also on a phone, the agency from 1280 pixels up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import expect

from portal import clock
from tests.billing.money import pay
from tests.billing.planning import offered, wish
from tests.browser.conftest import Sit
from tests.browser.desks import due_cases
from tests.browser.visitor import Visitor
from tests.cases.documents.handing_in import handed_in
from tests.people import Cast


async def some_work(cast: Cast) -> dict[str, str]:
    """Cases with a payment and a plan; the addresses of what there is to see."""
    cases = await due_cases(cast, 3)
    document = await handed_in(cast.brandt_submitter.actor, cases[0], f"{'Rechnung ' * 12}.pdf")
    today = clock.today("Europe/Berlin")
    payment = await pay(cast.finance, cases[0], 100_000, on=today, at=clock.now())
    in_months = wish(
        first_on=today + timedelta(days=30),
        valid_until=today + timedelta(days=9),
        down_on=today,
        count=12,
        why="Why " * 20,
    )
    plan_id = await offered(cast.negotiator, cases[1], in_months, at=clock.now())
    return {
        "case": f"/cases/{cases[0]}",
        "documents": f"/cases/{cases[0]}/documents",
        "document": f"/documents/{document.id}",
        "recall": f"/cases/{cases[0]}/recall",
        "corrections": f"/cases/{cases[0]}/corrections",
        "account": f"/cases/{cases[0]}/account",
        "payment": f"/payments/{payment.id}",
        "plan": f"/plans/{plan_id}",
        "build": f"/cases/{cases[0]}/plan?kind=settlement",
    }


CLIENT_PAGES = (
    "/home", "/cases", "case", "documents", "document", "recall", "corrections", "account", "/placements",
    "/placements/new", "/cases/new", "/documents/add", "/statements", "/plans", "plan", "/agreement", "/people", "/keys", "/me",
)  # fmt: skip
STAFF_PAGES = (
    "/queue", "/cases", "case", "documents", "document", "recall", "corrections", "account", "/requests",
    "/plans", "plan", "build", "/settings/authority", "/acceptance", "/settings/acceptance", "/debtors/matches", "/clients", "/clients/new", "/payments", "/payments/new", "payment",
    "/remittances", "/remittances/new", "/statements", "/placements", "/audit", "/people", "/me", "/search?q=mull",
)  # fmt: skip


LISTS = frozenset({"/cases", "/placements", "/plans", "/statements"})
"""Lists that are cards on a phone: nothing of a row is out of sight."""


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
async def test_clients_read_every_page_on_a_phone_and_their_lists_are_cards(
    cast: Cast, sit: Sit, language: str
) -> None:
    places = await some_work(cast)
    admin = await sit(cast.brandt_admin, language=language, width=390, height=844)
    for page in CLIENT_PAGES:
        await admin.go(places.get(page, page))
        await reads(admin, page)
        await admin.check()
    await admin.go("/cases?sort=amount")
    await reads(admin, "/cases")


async def reads(client: Visitor, page: str) -> None:
    assert await client.sideways() <= 0, f"{page} scrolls sideways by {await client.sideways()} pixels"
    if page in LISTS:
        wide = await client.page.evaluate(
            "[...document.querySelectorAll('.t-wrap')].map(list => list.scrollWidth - list.clientWidth).filter(more => more > 0)"
        )
        assert wide == [], f"{page} has lists that go sideways by {wide} pixels"


async def test_the_agency_reads_every_page_on_its_screens(cast: Cast, sit: Sit) -> None:
    places = await some_work(cast)
    owner = await sit(cast.owner, width=1280)
    widths = [1280, 1440, 1920]
    for page in STAFF_PAGES:
        await owner.go(places.get(page, page))
        for width in widths:
            await owner.page.set_viewport_size({"width": width, "height": 1000})
            if width == 1280:
                await owner.check()
            sideways = await owner.sideways()
            assert sideways <= 0, f"{page} scrolls sideways by {sideways} pixels at {width}"
        widths.reverse()  # the next page opens as wide as this one was left


async def test_the_form_of_a_call_fits_a_screen_of_a_thousand_pixels(cast: Cast, sit: Sit) -> None:
    places = await some_work(cast)
    for width in (1280, 1440):
        negotiator = await sit(cast.negotiator, width=width)
        await negotiator.go(places["case"])
        # Who calls us may be answered at any hour: at night and on Sundays a call of ours asks for a reason as well.
        await negotiator.page.get_by_label("They called").check()
        await negotiator.settled()
        body = negotiator.page.locator(".l-act-body")
        overflow = await body.evaluate("one => one.scrollHeight - one.clientHeight")
        assert overflow <= 0, f"at {width} pixels the form is {overflow} pixels too long"
        await expect(negotiator.button("Save, next case")).to_be_in_viewport()
