"""A refund is asked for: payee, account and amount are written down, and never changed."""

from typing import Final
from uuid import UUID

from billing.bank_details.account import Account
from billing.bank_details.register import FIELDS
from billing.refunds.payee import is_other, origin_of
from billing.refunds.register import Refund, load_refund
from billing.refunds.trail import write_trail
from portal import clock
from portal.identity import new_id
from portal.people.actor import Actor
from portal.tenancy.database import sql

INSERT: Final = """
insert into refunds (id, agency_id, client_id, case_id, payment_id, suspense_id, amount_minor, bank_account_id, sent_from, is_other_payee,
                     asked_by, asked_by_name, asked_at, currency, holder, iban, account_number, bank_name, branch, bank_code, bic)
values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
"""


async def keep_request(
    actor: Actor,
    account: Account,
    amount_minor: int,
    *,
    client_id: UUID | None,
    case_id: UUID | None,
    payment_id: UUID | None = None,
    suspense_id: UUID | None = None,
) -> Refund:
    """Write down that somebody asks to pay back a payment's surplus, or suspended money, to an account that was checked. The
    caller holds it, and knows that so much of it is there.
    """
    origin = await origin_of(actor, suspense_id=suspense_id, payment_id=payment_id)
    other = await is_other(actor, account, origin, case_id=case_id, suspense_id=suspense_id)
    refund_id = new_id()
    await sql(
        INSERT,
        *(actor.agency_id, refund_id, client_id, case_id, payment_id, suspense_id, amount_minor),
        *(origin.bank_account_id, origin.sender, other),
        *(actor.user_id, actor.name, clock.now(), *(getattr(account, name) for name in FIELDS)),
    )
    refund = await load_refund(actor, refund_id)
    personal = {"name": account.holder, "iban": account.iban or account.account_number}
    await write_trail(actor, refund, "refund.asked", personal, is_other_payee=other)
    return refund
