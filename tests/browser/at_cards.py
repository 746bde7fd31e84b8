"""What tests with a card share: a portal that knows the stand-in, an agency that takes cards, a debtor who types one."""

from __future__ import annotations

import dataclasses
from uuid import UUID

import asyncpg

from billing.cards import vault
from portal import clock
from portal.identity import new_id
from portal.settings import Settings
from tests.browser.conftest import Sit
from tests.browser.visitor import Visitor
from tests.cases.claim_page.coming import POSTAL_CODE, link_to, number_of
from tests.people import Agency, Person

CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "40", "cvc": "123", "postal_code": "20457"}


def with_stand_in(settings: Settings, stand_in: dict[str, str]) -> Settings:
    """The same settings, and the stand-in for the processor."""
    return dataclasses.replace(
        settings,
        stripe_secret_key=stand_in["PORTAL_STRIPE_SECRET_KEY"],
        stripe_webhook_secret=stand_in["PORTAL_STRIPE_WEBHOOK_SECRET"],
        stripe_publishable_key=stand_in["PORTAL_STRIPE_PUBLISHABLE_KEY"],
        stripe_api_base=stand_in["PORTAL_STRIPE_API_BASE"],
    )


async def takes_cards(owner: asyncpg.Connection, agency: Agency, settings: Settings) -> None:
    """The agency takes cards by keys of its own."""
    await owner.execute(
        "insert into processor_accounts (id, agency_id, mode, publishable_key, secret_key, webhook_secret, is_on, changed_at)"
        " values ($1, $2, 'own', $3, $4, $5, true, $6)",
        *(new_id(), agency.id, settings.stripe_publishable_key),
        *(vault.seal(agency.id, settings.stripe_secret_key or ""), vault.seal(agency.id, "whsec_of_nobody")),
        clock.now(),
    )


async def debtor_at_a_telephone(sit: Sit, person: Person, case_id: UUID, *, language: str = "en") -> Visitor:
    """The debtor of a case before its own page, by a private link that somebody of the agency made, and the proof."""
    debtor = await sit(language=language, width=390, height=844)
    await debtor.go(await link_to(person, case_id, clock.now()))
    await debtor.field("reference").fill(await number_of(person, case_id))
    await debtor.field("postal_code").fill(POSTAL_CODE)
    await debtor.button("Continue").first.click()
    await debtor.page.wait_for_url("**/claim")
    await debtor.arrived()
    return debtor


async def type_card(debtor: Visitor) -> None:
    """Into the processor's own form."""
    for place, value in CARD.items():
        await debtor.page.get_by_placeholder(place, exact=True).fill(value)
