"""The payment processor as the portal speaks to it, and how an agency reaches it. Never called while rows are locked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from billing.cards.accounts import Account, account_of
from billing.cards.objects import Charge, Dispute, Event, Given, Intent, Payout, Refund, Setup, Transaction
from billing.cards.stripe_client import StripeProcessor
from billing.cards.tables import AccountMode
from portal.errors import Refused
from portal.pages.text import N_
from portal.settings import Settings
from portal.tenancy.database import as_job, transaction

_settings: list[Settings] = []


def configure(settings: Settings) -> None:
    """Take the platform's key and the processor's address from the settings. Nothing is connected yet."""
    _settings[:] = [settings]


class NotSetUp(Refused):
    """The agency takes no money through the processor."""

    def __init__(self) -> None:
        super().__init__(N_("Card payments are not set up for this agency."), code="not_set_up")


class Processor(Protocol):
    """What the portal asks of the processor, for one agency. Amounts are in our minor units.

    Each call has a time limit. All may raise `Unanswered`, and `Rejected` or its kin for what cannot be done.
    """

    async def create_customer(self, ours: UUID, name: str) -> str:
        """Make somebody methods can be kept for; gives the customer's id. The same ``ours`` gives the same."""

    async def create_intent(
        self,
        ours: UUID,
        amount_minor: int,
        currency: str,
        methods: Sequence[str],
        *,
        customer_id: str = "",
        keep: bool = False,
        given: Given | None = None,
    ) -> Intent:
        """Begin taking money; with what the debtor's browser has ``given``, take it at once. ``keep`` lets the method be
        charged again later.

        Raises:
            Declined: the bank said no.
        """

    async def charge_off_session(
        self, ours: UUID, amount_minor: int, currency: str, *, customer_id: str, method_id: str, kind: str
    ) -> Intent:
        """Take money from a kept method while the debtor is away.

        Raises:
            Declined: the bank said no, or wants the debtor to confirm (``authentication_required``).
        """

    async def fetch_intent(self, intent_id: str) -> Intent:
        """An intent with its charge, balance transaction and method."""

    async def fetch_charge(self, charge_id: str) -> Charge:
        """A charge with its balance transaction."""

    async def cancel_intent(self, intent_id: str) -> Intent:
        """Give an intent up."""

    async def create_setup(self, ours: UUID, customer_id: str, methods: Sequence[str]) -> Setup:
        """Begin keeping a method without taking money."""

    async def confirm_setup(self, setup_id: str, given: Given) -> Setup:
        """Keep what the debtor's browser has given; the bank may want the debtor to confirm it.

        Raises:
            Declined: the bank said no.
        """

    async def fetch_setup(self, setup_id: str) -> Setup:
        """A setup with its method."""

    async def forget_method(self, method_id: str) -> None:
        """Let go of a kept method; one that is gone already is no error."""

    async def refund(self, ours: UUID, charge_id: str, amount_minor: int, currency: str) -> Refund:
        """Give money back, whole or in part."""

    async def list_refunds(self, charge_id: str) -> list[Refund]:
        """What was given back of a charge, or tried to be."""

    async def fetch_refund(self, refund_id: str) -> Refund:
        """A refund as it stands."""

    async def fetch_dispute(self, dispute_id: str) -> Dispute:
        """A chargeback as it stands, with what it moved."""

    async def fetch_payout(self, payout_id: str) -> Payout:
        """A payout as it stands."""

    async def list_payout(self, payout_id: str) -> list[Transaction]:
        """What a payout is made of, without the payout itself."""

    async def list_events(self, since: datetime) -> list[Event]:
        """The events since a moment, the oldest first. The processor keeps them for thirty days."""

    async def try_out(self) -> None:
        """Ask for something harmless, to see whether the key is accepted."""


async def processor_of(agency_id: UUID) -> Processor:
    """The processor as an agency reaches it, also while the agency takes no new payments. Outside transactions.

    Raises:
        NotSetUp: it has no account there, or the platform has no key.
    """
    async with transaction(as_job(agency_id), read_only=True):
        return processor_with(await account_of(agency_id))


def processor_with(account: Account | None) -> Processor:
    """The processor by an agency's account.

    Raises:
        NotSetUp: there is no account, or a key is missing.
    """
    if account is None:
        raise NotSetUp
    connected = account.mode is AccountMode.CONNECTED
    key = _settings[0].stripe_secret_key if connected else account.secret_key
    if not key or (connected and not account.account_id):
        raise NotSetUp
    return StripeProcessor(key, account.account_id if connected else None, _settings[0].stripe_api_base)
