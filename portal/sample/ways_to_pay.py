"""Where money goes in the sample: accounts that two people confirmed, of the agency for its debtors and of its clients; and
cards at the stand-in.
"""

from urllib.parse import urlsplit
from uuid import UUID

from billing.bank.accounts import Given, open_account
from billing.bank.confirming import confirm_account
from billing.bank_details.account import Account
from billing.bank_details.change import confirm, propose
from billing.cards.settings import WantedAccount, change_account
from billing.cards.tables import AccountMode
from billing.remittance.proof import Proof
from portal.ledger.tables import Book
from portal.people.permissions import Role
from portal.sample.cast import PASSWORD
from portal.sample.founding import Office
from portal.settings import Settings
from portal.tenancy.database import transaction

LOOPBACK = "127.0.0.1"
NAMES = {
    "en": {Book.TRUST: "Trust", Book.OPERATING: "Operating"},
    "zh-Hans": {Book.TRUST: "代收专户", Book.OPERATING: "自有账户"},
}
"""What the agencies call their accounts, by whose money it is."""


async def open_ways_to_pay(office: Office, settings: Settings) -> None:
    """Give a sample agency its bank accounts; cards only where the processor is the stand-in on this machine."""
    owner, finance = office.one(Role.OWNER), office.one(Role.FINANCE)
    accounts: list[tuple[Account, UUID | None]] = [(account, None) for account in office.plan.accounts]
    for client in office.plan.clients:
        accounts += [(account, office.clients[client.key]) for account in client.accounts]
    for account, client_id in accounts:
        async with transaction(owner.scope):
            detail_id = await propose(owner, account, client_id)
        async with transaction(finance.scope):
            await confirm(finance, detail_id, Proof(password=PASSWORD), settings.secret_key)
            if client_id is None:
                await open_account(finance, _kept(office, account, Book.TRUST))
    for account in office.plan.own_accounts:
        async with transaction(finance.scope):
            account_id = await open_account(finance, _kept(office, account, Book.OPERATING))
        async with transaction(owner.scope):
            await confirm_account(owner, account_id, Proof(password=PASSWORD), settings.secret_key)
    if settings.stripe_secret_key and urlsplit(settings.stripe_api_base).hostname == LOOPBACK:
        async with transaction(owner.scope):
            await change_account(owner, _keys_of(settings), "")


def _kept(office: Office, account: Account, book: Book) -> Given:
    """An account as one whose bank's files are read: those that debtors pay into hold the clients' money."""
    name = f"{NAMES[office.plan.language][book]} {account.currency}"
    return Given(
        book=book, currency=account.currency, name=name, holder=account.holder,
        iban=account.iban, account_number=account.account_number, bank_name=account.bank_name, bank_code=account.bank_code,
        bic=account.bic,
    )  # fmt: skip


def _keys_of(settings: Settings) -> WantedAccount:
    return WantedAccount(
        mode=AccountMode.OWN,
        publishable_key=settings.stripe_publishable_key or "",
        secret_key=settings.stripe_secret_key or "",
        webhook_secret=settings.stripe_webhook_secret or "",
        methods=("card",),
        is_on=True,
    )
