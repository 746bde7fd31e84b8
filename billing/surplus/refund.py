"""What was paid too much goes back to the debtor (event 13): asked by one person, approved by another, paid on a day.

A refund's payee is the way by which money is led astray. So whoever asks names payee, account and amount, and none of them
is ever changed: another payee is another request, which another person approves anew and proves who they are. Whoever is
named for a case first is what that second person approves, and may be paid at once. A payee or account that differs from
one named for the case before is a change, and waits three days after its approval, in which the timeline tells of it.
"""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from billing.bank_details.account import Account, checked
from billing.bank_details.register import FIELDS
from billing.payments.register import load_payment
from billing.payments.split import one_line
from billing.remittance.proof import Proof, prove
from billing.spoken import Spoken
from billing.surplus.left import surplus_left
from billing.surplus.register import Refund, load_refund
from billing.surplus.tables import RefundStatus
from billing.unclaimed.claimed import claimed
from cases.casework import load_case, tell
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.ledger.journal import JournalDraft, cr, dr, post
from portal.ledger.tables import Book
from portal.pages.formats import date_full, money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_value

SOURCE: Final = "surplus"
"""The source of journals by which surplus leaves T2030 without the processor."""

CHANGED_DAYS: Final = 3
"""Days for which a changed payee is not paid."""

INSERT: Final = """
insert into surplus_refunds (id, agency_id, client_id, case_id, payment_id, amount_minor, is_other_payee, asked_by,
                             asked_by_name, asked_at, currency, holder, iban, account_number, bank_name, branch, bank_code, bic)
values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
"""
OTHER: Final = """
select exists (select from surplus_refunds where agency_id = $1 and case_id = $2 and way = 'bank'
               and (lower(holder), iban, account_number) <> (lower($3), $4, $5))
"""
CARD_FAILED: Final = """
select exists (select from card_refunds r join card_payments c on c.agency_id = r.agency_id and c.id = r.card_payment_id
               where r.agency_id = $1 and c.charge_id = $2 and r.status = 'failed')
"""


async def ask_to_refund(actor: Actor, payment_id: UUID, amount_minor: int | None, payee: Account) -> UUID:
    """Ask that a payment's surplus is paid to somebody, at an account that is named; gives the refund's id.

    Raises:
        NotFound: there is no such payment here.
        Refused: so much is not there, a refund is under way, the account cannot be right, or the processor has the
            money and was not asked yet to give it back to the card.
    """
    actor.require("payments.record")
    payment = await load_payment(actor, payment_id)
    case = await load_case(actor, payment.case_id, lock=True)
    account = checked(payee)
    if account.currency != payment.currency:
        raise NotFound
    left = await surplus_left(actor, payment.id)
    if left.asked_minor:
        raise Refused(N_("A refund of this money is under way already."), code="under_way")
    if amount_minor is None or not 0 < amount_minor <= left.free_minor:
        raise Refused(
            N_("Of this payment %(left)s is kept for the debtor."),
            field="amount",
            code="over_what_is_left",
            left=Spoken(money, left.free_minor, payment.currency),
        )
    if payment.charge_id and not await sql_value(CARD_FAILED, actor.agency_id, payment.charge_id):
        raise Refused(
            N_("It was paid through the processor, and goes back the same way: ask to refund it there."),
            code="by_processor",
        )
    await claimed(actor, payment_id=payment.id)
    numbers = (account.holder, account.iban, account.account_number)
    refund_id, other = new_id(), await sql_value(OTHER, actor.agency_id, case.id, *numbers)
    await sql(
        INSERT,
        *(actor.agency_id, refund_id, case.client_id, case.id, payment.id, amount_minor, other),
        *(actor.user_id, actor.name, clock.now(), *(getattr(account, name) for name in FIELDS)),
    )
    personal = {"name": account.holder, "iban": account.iban or account.account_number}
    await _record(actor, await load_refund(actor, refund_id), "surplus.refund_asked", personal)
    return refund_id


async def decline(actor: Actor, refund_id: UUID) -> None:
    """Say no to a refund, or take it back as long as it is not paid; the money stays the debtor's.

    Raises:
        NotFound: there is no such refund here.
        Refused: it was paid, or is over.
    """
    actor.require("payments.record")
    refund = await load_refund(actor, refund_id, lock=True)
    if not refund.is_open:
        raise Refused(N_("This refund was decided already."), code="decided")
    await _decide(actor, refund, RefundStatus.DECLINED, refund.pay_from)
    await _record(actor, refund, "surplus.refund_declined")


async def approve(actor: Actor, refund_id: UUID, proof: Proof, secret_key: str) -> None:
    """Approve what somebody else asked for, with a proof of who one is. Nothing is posted before it is paid.

    Raises:
        NotFound: there is no such refund here.
        Refused: the actor asked for it, it was decided already, or the proof does not fit.
    """
    actor.require("remittances.approve")
    _check_other(actor, await load_refund(actor, refund_id))
    await prove(actor, proof, secret_key)
    refund = await load_refund(actor, refund_id, lock=True)
    _check_other(actor, refund)
    wait = timedelta(days=CHANGED_DAYS if refund.is_other_payee else 0)
    await _decide(actor, refund, RefundStatus.APPROVED, await agency_day(actor) + wait)
    await _record(actor, refund, "surplus.refund_approved")
    case = await load_case(actor, refund.case_id)
    facts = {"amount_minor": refund.amount_minor, "currency": refund.currency, "is_other_payee": refund.is_other_payee}
    await tell(actor, case, "surplus.refund_approved", "money", facts, client_sees=False)


async def pay(
    actor: Actor, refund_id: UUID, paid_on: date | None, reference: str, bank_account_id: UUID | None = None
) -> None:
    """Book that an approved refund left the trust account on a day, and which one where somebody says so; the same again
    changes nothing.

    Raises:
        NotFound: there is no such refund here.
        Refused: it is not approved, its payee was changed too lately, the money is not there, or the day will not do.
    """
    actor.require("payments.record")
    refund = await load_refund(actor, refund_id, lock=True)
    if refund.status is RefundStatus.PAID:
        return
    if refund.status is not RefundStatus.APPROVED:
        raise Refused(N_("Only an approved refund can be paid."), code="not_approved")
    day, named = await _day(actor, refund, paid_on), one_line(reference)
    if not named:
        raise Refused(N_("Please fill this in."), field="reference", code="missing")
    if refund.amount_minor > (await surplus_left(actor, refund.payment_id)).here_minor:
        raise Refused(N_("So much of this money is not there any more."), code="not_here")
    lines = (
        dr(Book.TRUST, 2030, refund.amount_minor, refund.currency),
        cr(Book.TRUST, 1000, refund.amount_minor, refund.currency, bank_account=bank_account_id),
    )
    async with savepoint():
        [journal_id] = await post(actor, [JournalDraft(SOURCE, str(refund.id), "surplus refund", day, lines)])
    await sql(
        "update surplus_refunds set status = 'paid', paid_on = $3, paid_reference = $4, paid_by_name = $5, paid_at = $6,"
        " journal_id = $7 where agency_id = $1 and id = $2",
        *(actor.agency_id, refund.id, day, named, actor.name, clock.now(), journal_id),
    )
    await _record(actor, refund, "surplus.refund_paid", {"reference": named}, paid_on=day, journal_id=journal_id)
    facts = {"amount_minor": refund.amount_minor, "currency": refund.currency, "paid_on": day}
    await tell(actor, await load_case(actor, refund.case_id), "surplus.refund_paid", "money", facts)


def _check_other(actor: Actor, refund: Refund) -> None:
    if refund.status is not RefundStatus.ASKED:
        raise Refused(N_("This refund was decided already."), code="decided")
    if refund.asked_by == actor.user_id:
        raise Refused(
            N_("You asked for this refund, so that somebody else approves it. No money leaves on one person's word."),
            code="four_eyes",
        )


async def _day(actor: Actor, refund: Refund, paid_on: date | None) -> date:
    assert refund.pay_from is not None
    if paid_on is None:
        raise Refused(N_("Please fill this in."), field="paid_on", code="missing")
    if paid_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="paid_on", code="future")
    if paid_on < refund.pay_from:
        raise Refused(
            N_("It may be paid from %(day)s on."),
            field="paid_on",
            code="too_early",
            day=Spoken(date_full, refund.pay_from),
        )
    return paid_on


async def _decide(actor: Actor, refund: Refund, status: RefundStatus, pay_from: date | None) -> None:
    await sql(
        "update surplus_refunds set status = $3, decided_by = $4, decided_by_name = $5, decided_at = $6, pay_from = $7"
        " where agency_id = $1 and id = $2",
        *(actor.agency_id, refund.id, status, actor.user_id, actor.name, clock.now(), pay_from),
    )


async def _record(
    actor: Actor, refund: Refund, action: str, personal: dict[str, str] | None = None, **more: object
) -> None:
    facts = {"amount_minor": refund.amount_minor, "currency": refund.currency, "case_id": refund.case_id, **more}
    await record(actor, action, "surplus_refund", refund.id, facts=facts, personal=personal)
