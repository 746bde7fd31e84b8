"""A refund that the bank sent back: the money is kept where it had been, and another refund is another request."""

from datetime import date
from typing import Final
from uuid import UUID

from billing.refunds.pay import SENT_BACK, kept_in
from billing.refunds.register import Refund, load_refund
from billing.refunds.tables import RefundStatus
from billing.refunds.trail import tell_case, write_trail
from billing.surplus.left import surplus_left
from billing.suspense.register import load_suspended
from billing.suspense.tables import SuspenseStatus
from portal.errors import Refused
from portal.ledger.journal import Line, cr, dr
from portal.ledger.tables import Book
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

BACK: Final = """
update refunds set status = 'returned', returned_on = $3, returned_journal_id = $4
where agency_id = $1 and id = $2 and status = 'paid'
"""
WAITS: Final = """
update suspense set status = 'waiting', ended_by = null, ended_by_name = '', ended_at = null, out_journal_id = null
where agency_id = $1 and id = $2 and status = 'sent_back'
"""
NOT_BACK: Final = """
update refunds set status = 'paid', returned_on = null, returned_journal_id = null
where agency_id = $1 and id = $2 and status = 'returned'
"""
OF_JOURNAL: Final = "select id from refunds where agency_id = $1 and returned_journal_id = $2"


def back_lines(refund: Refund, bank_account_id: UUID | None) -> tuple[Line, ...]:
    """The money is in the trust account again, and kept as before."""
    return (
        dr(Book.TRUST, 1000, refund.amount_minor, refund.currency, bank_account=bank_account_id),
        cr(Book.TRUST, kept_in(refund), refund.amount_minor, refund.currency),
    )


async def refund_sent(actor: Actor, refund_id: UUID) -> Refund:
    """A refund that left by the bank, what it is of held until the transaction ends.

    Raises:
        NotFound: there is no such refund here.
        Refused: it was not paid, or came back already.
    """
    refund = await load_refund(actor, refund_id, lock=True)
    if refund.status is not RefundStatus.PAID or refund.way == "card":
        raise Refused(N_("This refund is not on its way: it was not paid, or came back already."), code="not_paid")
    return refund


async def keep_refund_returned(actor: Actor, refund: Refund, on: date, journal_id: UUID) -> None:
    """Keep that a refund, which the caller holds, came back by a journal that is posted."""
    await sql(BACK, actor.agency_id, refund.id, on, journal_id)
    await sql(WAITS, actor.agency_id, refund.suspense_id)
    await write_trail(actor, refund, "refund.returned", paid_on=on)
    await tell_case(actor, refund, "refund.returned", paid_on=on)


async def undo_refund_returned(actor: Actor, journal_id: UUID) -> None:
    """The bank's line was something else: the refund is paid. Nothing happens where the journal is no returned refund's.

    Raises:
        Refused: the money was asked for, paid out or booked since.
    """
    refund_id = await sql_value(OF_JOURNAL, actor.agency_id, journal_id)
    if refund_id is None:
        return
    refund = await load_refund(actor, refund_id, lock=True)
    if not await _is_here(actor, refund):
        raise Refused(N_("What came back was asked for or paid out again since."), code="not_here")
    await sql(NOT_BACK, actor.agency_id, refund.id)
    await sql(SENT_BACK, actor.agency_id, refund.id)
    assert refund.paid_on is not None
    await write_trail(actor, refund, "refund.paid", paid_on=refund.paid_on)
    await tell_case(actor, refund, "refund.paid", paid_on=refund.paid_on)


async def _is_here(actor: Actor, refund: Refund) -> bool:
    """Whether nobody did anything with the money since; of suspended money also that nobody divided it."""
    if refund.payment_id is not None:
        return (await surplus_left(actor, refund.payment_id)).free_minor >= refund.amount_minor
    assert refund.suspense_id is not None
    piece = await load_suspended(actor, refund.suspense_id)
    return piece.status is SuspenseStatus.WAITING and piece.amount_minor == refund.amount_minor
