"""The bank took money back that nobody had known yet: it leaves suspense as it came (a bank receipt returned)."""

from datetime import date
from typing import Final
from uuid import UUID

from billing.payments.journals import bank_account_of
from billing.payments.returns import BY_HAND
from billing.suspense.here import stop_sending_back
from billing.suspense.register import Suspended, load_suspended
from billing.suspense.take_in import SOURCE
from billing.unclaimed.claimed import claimed
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.ledger.journal import JournalDraft, cr, dr, post
from portal.ledger.tables import Book
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql

WHY: Final = {code: text for code, text in BY_HAND.items() if code != "wrong_case"}
"""Why it is not there any more."""

GONE: Final = """
update suspense set status = 'gone', gone_why = $3, ended_by = $4, ended_by_name = $5, ended_at = $6, out_journal_id = $7
where agency_id = $1 and id = $2
"""


async def take_back(actor: Actor, suspense_id: UUID, why: str, on: date | None) -> None:
    """Book that the bank took suspended money back on a day, or that it never was there; the same again changes nothing.

    Raises:
        NotFound: there is no such money here.
        Refused: it is not in suspense any more, is a part of a payment, the reason is unknown or the day will not do.
    """
    actor.require("payments.record")
    suspended = await load_suspended(actor, suspense_id, lock=True)
    if suspended.gone_why:
        return
    if not suspended.is_here:
        raise Refused(N_("This money is not in suspense any more."), code="not_here")
    if suspended.payment_id is not None:
        raise Refused(N_("It is a part of a payment: take that back, and it goes with it."), code="part_of_payment")
    if why not in WHY:
        raise Refused(N_("Please choose why."), field="why", code="missing")
    day = await _day(actor, suspended, on)
    account = await bank_account_of(actor, suspended.journal_id)
    lines = (
        dr(Book.TRUST, 2020, suspended.amount_minor, suspended.currency),
        cr(Book.TRUST, 1000, suspended.amount_minor, suspended.currency, bank_account=account),
    )
    async with savepoint():
        [journal_id] = await post(actor, [JournalDraft(SOURCE, f"{suspended.id} gone", "returned", day, lines)])
    await stop_sending_back(actor, suspense_id=suspended.id)
    await sql(GONE, actor.agency_id, suspended.id, why, actor.user_id, actor.name, clock.now(), journal_id)
    await claimed(actor, suspense_id=suspended.id)
    facts = {"amount_minor": suspended.amount_minor, "currency": suspended.currency, "received_on": day, "reason": why}
    await record(actor, "suspense.gone", "suspense", suspended.id, facts={**facts, "journal_id": journal_id})


async def _day(actor: Actor, suspended: Suspended, on: date | None) -> date:
    if on is None:
        raise Refused(N_("Please fill this in."), field="gone_on", code="missing")
    if on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="gone_on", code="future")
    if on < suspended.received_on:
        raise Refused(N_("It had not come by then."), field="gone_on", code="before_receipt")
    return on
