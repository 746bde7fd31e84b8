"""The agency's own accounts, to which its part of a remittance goes. Money leaves the clients' account to one only after
another person than whoever entered it has confirmed it; one that comes after another rests for days from then on, as a
client's changed account does (`billing.bank_details`). All owners are told.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final
from uuid import UUID

from billing.bank.accounts import OwnAccount, load_account
from billing.bank.mail import tell_owners
from billing.bank_details.account import Account
from billing.bank_details.register import REST_DAYS
from billing.remittance.proof import Proof, prove
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.ledger.tables import Book
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql_one, sql_value

PAYEE: Final = """
select b.id, b.name, b.holder, b.iban, b.account_number, b.bank_name, b.bank_code, b.bic, b.created_by, b.created_by_name, b.confirmed_by_name, b.confirmed_at,
       exists (select from bank_accounts e where e.agency_id = b.agency_id and e.book = b.book and e.currency = b.currency
               and (e.confirmed_at, e.id) < (b.confirmed_at, b.id)) as is_changed
from bank_accounts b
where b.agency_id = $1 and b.book = 'operating' and b.currency = $2 and b.closed_on is null
  and b.confirmed_at is not null order by b.iban = '', b.position limit 1
"""
CONFIRM: Final = """
update bank_accounts set confirmed_by = $3, confirmed_by_name = $4, confirmed_at = $5
where agency_id = $1 and id = $2 and confirmed_at is null and closed_on is null returning id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPayee:
    """The account of the agency's own that its part of a run goes to, with who entered and who confirmed it."""

    id: UUID
    name: str
    holder: str
    iban: str
    account_number: str
    bank_name: str
    bank_code: str
    bic: str
    created_by: UUID | None
    created_by_name: str
    confirmed_by_name: str
    confirmed_at: datetime
    is_changed: bool
    """Another was confirmed before it."""

    def account(self, currency: str) -> Account:
        """The account as a payment file names it."""
        return Account(
            currency=currency, holder=self.holder or self.name, iban=self.iban, account_number=self.account_number,
            bank_name=self.bank_name, bank_code=self.bank_code, bic=self.bic,
        )  # fmt: skip

    def payable_from(self, zone: tzinfo) -> date:
        """The first day on which money may go there."""
        if not self.is_changed:
            return date.min
        return self.confirmed_at.astimezone(zone).date() + timedelta(days=REST_DAYS)


async def own_payee(actor: Actor, currency: str) -> OwnPayee | None:
    """Where the agency's part of a run in a currency goes; None where no account is confirmed."""
    row = await sql_one(PAYEE, actor.agency_id, currency)
    return OwnPayee(**row) if row else None


async def confirm_account(actor: Actor, bank_account_id: UUID, proof: Proof, secret_key: str) -> None:
    """Confirm an account of the agency's own that somebody else entered: from now on its part of a run may go there.

    Raises:
        NotFound: there is none for the actor.
        Refused: it is the clients', is closed or confirmed already, the actor entered it, or the proof of who they are does
            not fit.
    """
    actor.require("payees.confirm")
    _check(actor, await load_account(actor, bank_account_id))
    await prove(actor, proof, secret_key)
    said = (actor.user_id, actor.name, clock.now())
    if await sql_value(CONFIRM, actor.agency_id, bank_account_id, *said) is None:
        raise Refused(N_("This was decided already."), code="decided")
    account = await load_account(actor, bank_account_id)
    facts = {"book": account.book, "currency": account.currency, "account_ends": account.ends}
    await record(
        actor, "bank_account.confirmed", "bank_account", account.id, facts=facts, personal={"name": account.name}
    )
    await tell_owners(actor, account.id, "bank_account.confirmed")


def _check(actor: Actor, account: OwnAccount) -> None:
    if account.book != Book.OPERATING:
        raise Refused(N_("Only accounts of the agency's own are confirmed here."), code="not_own")
    if account.closed_on is not None:
        raise Refused(N_("This account is closed."), code="closed")
    if account.confirmed_at is not None:
        raise Refused(N_("This was decided already."), code="decided")
    if account.created_by == actor.user_id:
        raise Refused(
            N_("You entered this account, so that somebody else confirms it. No money leaves on one person's word."),
            code="four_eyes",
        )
