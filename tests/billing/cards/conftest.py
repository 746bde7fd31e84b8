"""The stand-in for the processor, as a server of its own, and an agency that takes cards there."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator

import pytest

from billing import cards
from portal.backends.home import Home
from portal.backends.servers import started
from portal.backends.stripe import StripeStandIn
from portal.settings import Settings
from tests.billing.cards.scripted import scripted

__all__ = ["paid_there", "scripted", "stand_in"]


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings by which the stand-in is reached; started with the first test that pays."""
    home = Home(tmp_path_factory.mktemp("stripe"))
    with home.hold("command"), started(home, [StripeStandIn(home)]) as reached:
        yield reached


@pytest.fixture
async def paid_there(database: Settings, stand_in: dict[str, str]) -> AsyncIterator[Settings]:
    """The portal speaks to the stand-in for this test."""
    settings = dataclasses.replace(
        database,
        stripe_secret_key=stand_in["PORTAL_STRIPE_SECRET_KEY"],
        stripe_webhook_secret=stand_in["PORTAL_STRIPE_WEBHOOK_SECRET"],
        stripe_publishable_key=stand_in["PORTAL_STRIPE_PUBLISHABLE_KEY"],
        stripe_api_base=stand_in["PORTAL_STRIPE_API_BASE"],
    )
    cards.configure(settings)
    yield settings
    cards.configure(database)
