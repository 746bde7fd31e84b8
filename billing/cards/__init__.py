"""Money through the payment processor: cards and bank methods, refunds, chargebacks and payouts."""

from billing.cards import accounts, processor, vault
from portal.settings import Settings


def configure(settings: Settings) -> None:
    """Take keys and addresses from the settings. Nothing is connected yet."""
    for part in (accounts, processor, vault):
        part.configure(settings)
