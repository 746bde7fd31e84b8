"""A refund that the bank sent back: the money is kept for the debtor again, and another refund is another request."""

from datetime import date
from typing import Final
from uuid import UUID

from billing.surplus.left import surplus_left
from billing.surplus.register import Refund, load_refund
from billing.surplus.tables import RefundStatus
from cases.casework import load_case, tell
from portal.audit.record import record
from portal.errors import Refused
from portal.ledger.journal import Line, cr, dr
from portal.ledger.tables import Book
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

BACK: Final = """
update surplus_refunds set status = 'returned', returned_on = $3, returned_journal_id = $4
where agency_id = $1 and id = $2 and status = 'paid'
"""
NOT_BACK: Final = """
update surplus_refunds set status = 'paid', returned_on = null, returned_journal_id = null
where agency_id = $1 and id = $2 and status = 'returned'
"""
OF_JOURNAL: Final = "select id from surplus_refunds where agency_id = $1 and returned_journal_id = $2"


def back_lines(minor: int, currency: str, bank_account_id: UUID | None) -> tuple[Line, ...]:
    """The money is in the trust account again, and the debtor's."""
    return (
        dr(Book.TRUST, 1000, minor, currency, bank_account=bank_account_id),
        cr(Book.TRUST, 2030, minor, currency),
    )


async def refund_sent(actor: Actor, refund_id: UUID) -> Refund:
    """A refund that left by the bank, its case held until the transaction ends.

    Raises:
        NotFound: there is no such refund here.
        Refused: it was not paid, or came back already.
    """
    refund = await load_refund(actor, refund_id, lock=True)
    if refund.status is not RefundStatus.PAID or refund.way != "bank":
        raise Refused(N_("This refund is not on its way: it was not paid, or came back already."), code="not_paid")
    return refund


async def keep_refund_returned(actor: Actor, refund: Refund, on: date, journal_id: UUID) -> None:
    """Keep that a refund, which the caller holds, came back by a journal that is posted."""
    await sql(BACK, actor.agency_id, refund.id, on, journal_id)
    await _tell(actor, refund, "surplus.refund_returned", on)


async def undo_refund_returned(actor: Actor, journal_id: UUID) -> None:
    """The bank's line was something else: the refund is paid. Nothing happens where the journal is no returned refund's.

    Raises:
        Refused: the money was paid out or moved since.
    """
    refund_id = await sql_value(OF_JOURNAL, actor.agency_id, journal_id)
    if refund_id is None:
        return
    refund = await load_refund(actor, refund_id, lock=True)
    if (await surplus_left(actor, refund.payment_id)).free_minor < refund.amount_minor:
        raise Refused(N_("What came back was asked for or paid out again since."), code="not_here")
    await sql(NOT_BACK, actor.agency_id, refund.id)
    assert refund.paid_on is not None
    await _tell(actor, refund, "surplus.refund_paid", refund.paid_on)


async def _tell(actor: Actor, refund: Refund, action: str, on: date) -> None:
    facts = {"amount_minor": refund.amount_minor, "currency": refund.currency}
    await record(actor, action, "surplus_refund", refund.id, facts={**facts, "case_id": refund.case_id, "paid_on": on})
    await tell(actor, await load_case(actor, refund.case_id), action, "money", {**facts, "paid_on": on})
