"""Another person approves a refund and proves who they are, or somebody says no. Nothing is posted before it is paid."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from billing.bank_details.register import REST_DAYS
from billing.refunds.held import hold_of
from billing.refunds.register import Refund, load_refund
from billing.refunds.tables import RefundStatus
from billing.refunds.trail import tell_case, write_trail
from billing.remittance.proof import Proof, prove
from portal import clock
from portal.errors import Refused
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_value

DECIDED: Final = """
update refunds set status = $3, decided_by = $4, decided_by_name = $5, decided_at = $6, pay_from = $7
where agency_id = $1 and id = $2
"""
FILE: Final = """
select f.file_name from filed_refunds x join payment_files f on f.agency_id = x.agency_id and f.id = x.file_id
where x.agency_id = $1 and x.refund_id = $2
"""
SUSPENDED: Final = "update suspense set status = $3 where agency_id = $1 and id = $2"


async def approve(actor: Actor, refund_id: UUID, proof: Proof, secret_key: str) -> None:
    """Approve what somebody else asked for, with a proof of who one is. Another payee than expected rests before it is paid,
    and what came by cheque, direct debit or card waits until it cannot be taken back any more.

    Raises:
        NotFound: there is no such refund here.
        Refused: the actor asked for it, it was decided already, or the proof does not fit.
    """
    actor.require("remittances.approve")
    _check_other(actor, await load_refund(actor, refund_id))
    await prove(actor, proof, secret_key)
    refund = await load_refund(actor, refund_id, lock=True)
    _check_other(actor, refund)
    rested_on = await agency_day(actor) + timedelta(days=REST_DAYS if refund.is_other_payee else 0)
    held = await hold_of(actor, refund)
    await _decide(actor, refund, RefundStatus.APPROVED, max(rested_on, held.until))
    if refund.suspense_id is not None:
        await sql(SUSPENDED, actor.agency_id, refund.suspense_id, "approved")
    if refund.is_other_payee:
        await enqueue("refunds.tell", {"agency_id": actor.agency_id, "refund_id": refund.id})
    await write_trail(actor, refund, "refund.approved")
    await tell_case(actor, refund, "refund.approved", client_sees=False, is_other_payee=refund.is_other_payee)


async def decline(actor: Actor, refund_id: UUID, *, not_carried_out: bool = False) -> None:
    """Say no to a refund, or take it back as long as it is not paid; the money stays where it is. Of one that
    stands in a payment file, ``not_carried_out`` says that the bank did not pay it.

    Raises:
        NotFound: there is no such refund here.
        Refused: it was paid, or is over; it stands in a payment file, and nobody said that the bank did not pay it.
    """
    actor.require("payments.record")
    refund = await load_refund(actor, refund_id, lock=True)
    if not refund.is_open:
        raise Refused(N_("This refund was decided already."), code="decided")
    file_name = await file_of(actor, refund.id)
    if file_name and not not_carried_out:
        raise Refused(
            N_("It stands in the payment file %(name)s. Decline it only if the bank did not carry it out, and say so."),
            field="not_carried_out",
            code="filed",
            name=file_name,
        )
    await _decide(actor, refund, RefundStatus.DECLINED, refund.pay_from)
    if refund.suspense_id is not None:
        await sql(SUSPENDED, actor.agency_id, refund.suspense_id, "waiting")
    await write_trail(actor, refund, "refund.declined")


async def file_of(actor: Actor, refund_id: UUID) -> str:
    """The name of the payment file that a refund stands in; empty where it stands in none."""
    found: str | None = await sql_value(FILE, actor.agency_id, refund_id)
    return found or ""


def _check_other(actor: Actor, refund: Refund) -> None:
    if refund.status is not RefundStatus.ASKED:
        raise Refused(N_("This refund was decided already."), code="decided")
    if refund.asked_by == actor.user_id:
        raise Refused(
            N_("You asked for this refund, so that somebody else approves it. No money leaves on one person's word."),
            code="four_eyes",
        )


async def _decide(actor: Actor, refund: Refund, status: RefundStatus, pay_from: date | None) -> None:
    who = (actor.user_id, actor.name, clock.now(), pay_from)
    await sql(DECIDED, actor.agency_id, refund.id, status, *who)
