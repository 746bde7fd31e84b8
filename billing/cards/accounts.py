"""How an agency reaches the processor: its settings, and what of them a debtor's browser needs."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from billing.cards.tables import AccountMode
from billing.cards.vault import unseal
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes
from portal.settings import Settings
from portal.tenancy.database import sql_one

METHODS: Final = ("card", "sepa_debit")
"""What debtors may pay with."""

_platform: list[str] = [""]


def configure(settings: Settings) -> None:
    """Take the platform's publishable key from the settings."""
    _platform[:] = [settings.stripe_publishable_key or ""]


@dataclass(frozen=True, slots=True)
class Account:
    """An agency at the processor, its secrets opened."""

    mode: AccountMode
    account_id: str
    publishable_key: str
    """Of the agency itself; empty where it uses the platform's."""
    secret_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    methods: tuple[str, ...]
    is_on: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """What a debtor's browser needs to pay an agency. ``account_id`` is empty where the key is the agency's own."""

    publishable_key: str
    account_id: str
    methods: tuple[str, ...]


KEPT: Final = """
select mode, account_id, publishable_key, secret_key, webhook_secret, methods, is_on
from processor_accounts where agency_id = $1
"""


async def account_of(agency_id: UUID) -> Account | None:
    """The account of an agency, on or off; in a transaction that sees what the agency sees."""
    row = await sql_one(KEPT, agency_id)
    if row is None:
        return None
    return Account(
        mode=AccountMode(row["mode"]),
        account_id=row["account_id"],
        publishable_key=row["publishable_key"],
        secret_key=unseal(agency_id, row["secret_key"]),
        webhook_secret=unseal(agency_id, row["webhook_secret"]),
        methods=tuple(row["methods"].split(",")),
        is_on=row["is_on"],
    )


async def offered_by(actor: Actor) -> Offered | None:
    """How a debtor may pay the actor's agency; None where it takes no cards now. For anybody of the agency's."""
    async with with_the_agencys_eyes(actor):
        account = await account_of(actor.agency_id)
    if account is None or not account.is_on:
        return None
    connected = account.mode is AccountMode.CONNECTED
    key = _platform[0] if connected else account.publishable_key
    return Offered(key, account.account_id if connected else "", account.methods) if key else None
