"""To whom money goes back, and whether that is another than one would expect.

A refund's payee is the way by which money is led astray. So whoever asks names payee, account and amount, and none of them
is ever changed: another payee is another request, which another person approves anew and proves who they are. The account
that the money had come from is no change. Any other is; where the bank does not say where it came from, any other than one
named before. A change is told to the debtor and waits three days after its approval.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from billing.bank_details.account import Account, compact
from portal.people.actor import Actor
from portal.tenancy.database import sql_one, sql_value

# What brought the money: suspended money's own journal, the payment that it was a part of, or what that was matched from.
ORIGIN: Final = """
with came as (
    select s.journal_id, s.payment_id from suspense s where s.agency_id = $1 and s.id = $2
    union all
    select p.journal_id, p.id from payments p where p.agency_id = $1 and p.id = $3),
brought as (
    select journal_id from came
    union all
    select p.journal_id from came join payments p on p.agency_id = $1 and p.id = came.payment_id
    union all
    select s.journal_id from came join payments p on p.agency_id = $1 and p.id = came.payment_id
    join suspense s on s.agency_id = $1 and s.id = p.suspense_id),
line as (
    select l.counterparty_account, m.bank_account_id from brought
    join bank_matches m on m.agency_id = $1 and m.journal_id = brought.journal_id and m.undone_at is null
    join bank_lines l on l.agency_id = $1 and l.id = m.bank_line_id and l.amount_minor > 0
    order by l.booked_on, l.id limit 1)
select coalesce((select counterparty_account from line), '') as sender,
       coalesce((select bank_account_id from line),
                (select l.bank_account_id from brought join journal_lines l on l.agency_id = $1
                 and l.journal_id = brought.journal_id and l.account = 1000 and l.bank_account_id is not null
                 limit 1)) as bank_account_id
"""
BEFORE: Final = """
select exists (select from refunds where agency_id = $1 and (case_id = $2 or suspense_id = $3) and way = 'bank'
               and (lower(holder), iban, account_number) <> (lower($4), $5, $6))
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where money came from and where it stands, as far as that is known."""

    sender: str
    """The account that had sent it, by its bank line; empty where none tells it."""
    bank_account_id: UUID | None
    """The trust account that it came to."""


async def origin_of(actor: Actor, *, suspense_id: UUID | None = None, payment_id: UUID | None = None) -> Origin:
    """Where suspended money, or the money of a payment, came from."""
    row = await sql_one(ORIGIN, actor.agency_id, suspense_id, payment_id)
    assert row is not None
    return Origin(compact(row["sender"]), row["bank_account_id"])


async def is_other(
    actor: Actor, account: Account, origin: Origin, *, case_id: UUID | None, suspense_id: UUID | None
) -> bool:
    """Whether a payee is another than the account that had sent the money, or than one named before."""
    if origin.sender:
        return origin.sender not in (account.iban, account.account_number)
    named = (account.holder, account.iban, account.account_number)
    return bool(await sql_value(BEFORE, actor.agency_id, case_id, suspense_id, *named))
