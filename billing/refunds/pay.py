"""An approved refund left the trust account on a day (event 13; suspense sent back): said by hand, or by its bank line."""

from datetime import date
from typing import Final
from uuid import UUID

from billing.payments.split import one_line
from billing.refunds.register import Refund, load_refund
from billing.refunds.tables import RefundStatus
from billing.refunds.trail import tell_case, write_trail
from billing.spoken import Spoken
from billing.surplus.left import surplus_left
from portal import clock
from portal.errors import Refused
from portal.ledger.journal import JournalDraft, cr, dr, post
from portal.ledger.tables import Book
from portal.pages.formats import date_full
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql

PAID: Final = """
update refunds set status = 'paid', paid_on = $3, paid_reference = $4, paid_by_name = $5, paid_at = $6, journal_id = $7
where agency_id = $1 and id = $2
"""
SENT_BACK: Final = """
update suspense s set status = 'sent_back', ended_by = r.decided_by, ended_by_name = r.decided_by_name, ended_at = r.paid_at,
                      out_journal_id = r.journal_id
from refunds r where r.agency_id = $1 and r.id = $2 and s.agency_id = r.agency_id and s.id = r.suspense_id
"""


def kept_in(refund: Refund) -> int:
    """The account of the trust book that the money is kept in until it is paid: debtors' refunds, or suspense."""
    return 2020 if refund.suspense_id is not None else 2030


async def pay(
    actor: Actor, refund_id: UUID, paid_on: date | None, reference: str, bank_account_id: UUID | None = None
) -> UUID:
    """Book that an approved refund left the trust account on a day, the one that is named or that its money came to; gives
    the journal's id, also of the same again.

    Raises:
        NotFound: there is no such refund here.
        Refused: it is not approved, its payee rests, the money is not there, or the day will not do.
    """
    actor.require("payments.record")
    refund = await load_refund(actor, refund_id, lock=True)
    if refund.status is RefundStatus.PAID and refund.journal_id is not None:
        return refund.journal_id
    if refund.status is not RefundStatus.APPROVED:
        raise Refused(N_("Only an approved refund can be paid."), code="not_approved")
    day, named = await _day(actor, refund, paid_on), one_line(reference)
    if not named:
        raise Refused(N_("Please fill this in."), field="reference", code="missing")
    if (
        refund.payment_id is not None
        and refund.amount_minor > (await surplus_left(actor, refund.payment_id)).here_minor
    ):
        raise Refused(N_("So much of this money is not there any more."), code="not_here")
    journal_id = await _post(actor, refund, day, bank_account_id)
    await sql(PAID, actor.agency_id, refund.id, day, named, actor.name, clock.now(), journal_id)
    await sql(SENT_BACK, actor.agency_id, refund.id)
    await write_trail(actor, refund, "refund.paid", {"reference": named}, paid_on=day, journal_id=journal_id)
    await tell_case(actor, refund, "refund.paid", paid_on=day)
    return journal_id


async def _post(actor: Actor, refund: Refund, day: date, bank_account_id: UUID | None) -> UUID:
    minor, currency = refund.amount_minor, refund.currency
    lines = (
        dr(Book.TRUST, kept_in(refund), minor, currency),
        cr(Book.TRUST, 1000, minor, currency, bank_account=bank_account_id or refund.bank_account_id),
    )
    source, kind = ("suspense", "sent back") if refund.suspense_id is not None else ("surplus", "surplus refund")
    async with savepoint():
        [journal_id] = await post(actor, [JournalDraft(source, str(refund.id), kind, day, lines)])
    return journal_id


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
