"""Suspended money is asked to be sent back to whoever had sent it; from there on it is a refund like any other."""

from typing import Final
from uuid import UUID

from billing.bank_details.account import Account, checked
from billing.refunds.ask import keep_request
from billing.suspense.register import load_suspended
from billing.suspense.tables import SuspenseStatus
from billing.unclaimed.claimed import claimed
from portal.errors import NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql

ASKED: Final = "update suspense set status = 'asked' where agency_id = $1 and id = $2"


async def ask_to_send_back(actor: Actor, suspense_id: UUID, payee: Account) -> UUID:
    """Ask that a piece of suspended money is sent back to somebody, at an account that is named; gives the refund's id.

    Raises:
        NotFound: there is no such money here.
        Refused: it is not waiting, the account cannot be right, or the processor has it, which pays it back itself.
    """
    actor.require("payments.record")
    suspended = await load_suspended(actor, suspense_id, lock=True)
    if not suspended.is_here:
        raise Refused(N_("This money is not in suspense any more."), code="not_here")
    if suspended.status is not SuspenseStatus.WAITING:
        raise Refused(N_("%(name)s asked for it already."), code="under_way", name=suspended.asked_by_name)
    if suspended.charge_id:
        raise Refused(
            N_("The payment processor has this money: it goes back by a refund there, or by a chargeback."),
            code="by_processor",
        )
    account = checked(payee)
    if account.currency != suspended.currency:
        raise NotFound
    await claimed(actor, suspense_id=suspended.id)
    await sql(ASKED, actor.agency_id, suspended.id)
    refund = await keep_request(
        actor, account, suspended.amount_minor, client_id=suspended.client_id, case_id=suspended.case_id,
        suspense_id=suspended.id,
    )  # fmt: skip
    return refund.id
