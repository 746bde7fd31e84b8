"""Suspended money goes back to whoever had sent it: one person asks for it, another approves it and proves who they are."""

from datetime import date
from typing import Final
from uuid import UUID

from billing.payments.journals import bank_account_of
from billing.payments.split import one_line
from billing.remittance.proof import Proof, prove
from billing.suspense.register import Suspended, load_suspended
from billing.suspense.tables import SuspenseStatus
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

ASKED: Final = """
update suspense set status = 'asked', asked_by = $3, asked_by_name = $4, asked_at = $5, send_to = $6
where agency_id = $1 and id = $2
"""
KEPT: Final = """
update suspense set status = 'waiting', asked_by = null, asked_by_name = '', asked_at = null, send_to = ''
where agency_id = $1 and id = $2
"""
SENT: Final = """
update suspense set status = 'sent_back', ended_by = $3, ended_by_name = $4, ended_at = $5, out_journal_id = $6
where agency_id = $1 and id = $2
"""


async def ask_to_send_back(actor: Actor, suspense_id: UUID, send_to: str) -> None:
    """Ask that suspended money is sent back to somebody, at an account that is named.

    Raises:
        NotFound: there is no such money here.
        Refused: it is not waiting, nobody is named, or the processor has it, which pays it back itself.
    """
    actor.require("payments.record")
    suspended = await load_suspended(actor, suspense_id, lock=True)
    _check_here(suspended)
    if suspended.status is SuspenseStatus.ASKED:
        raise Refused(N_("%(name)s asked for it already."), field="send_to", code="asked", name=suspended.asked_by_name)
    if suspended.charge_id:
        raise Refused(
            N_("The payment processor has this money: it goes back by a refund there, or by a chargeback."),
            field="send_to",
            code="by_processor",
        )
    whom = one_line(send_to)
    if not whom:
        raise Refused(N_("Please fill this in."), field="send_to", code="missing")
    await claimed(actor, suspense_id=suspended.id)
    await sql(ASKED, actor.agency_id, suspended.id, actor.user_id, actor.name, clock.now(), whom)
    await _record(actor, suspended, "suspense.send_back_asked", personal={"name": whom})


async def keep_after_all(actor: Actor, suspense_id: UUID) -> None:
    """Not send suspended money back after all: it waits as before.

    Raises:
        NotFound: there is no such money here.
        Refused: it went already.
    """
    actor.require("payments.record")
    suspended = await load_suspended(actor, suspense_id, lock=True)
    _check_here(suspended)
    if suspended.status is SuspenseStatus.ASKED:
        await sql(KEPT, actor.agency_id, suspended.id)
        await _record(actor, suspended, "suspense.kept")


async def send_back(actor: Actor, suspense_id: UUID, paid_on: date | None, proof: Proof, secret_key: str) -> None:
    """Approve what somebody else asked for, and book that the trust account paid it on a day.

    Raises:
        NotFound: there is no such money here.
        Refused: the actor asked for it, nobody did, the day will not do, or the proof does not fit.
    """
    actor.require("payments.record")
    _check_other(actor, await load_suspended(actor, suspense_id))
    await prove(actor, proof, secret_key)
    suspended = await load_suspended(actor, suspense_id, lock=True)
    if suspended.status is SuspenseStatus.SENT_BACK:
        return
    _check_other(actor, suspended)
    day = await day_of(actor, suspended, paid_on, "paid_on")
    account = await bank_account_of(actor, suspended.journal_id)
    lines = (
        dr(Book.TRUST, 2020, suspended.amount_minor, suspended.currency),
        cr(Book.TRUST, 1000, suspended.amount_minor, suspended.currency, bank_account=account),
    )
    async with savepoint():
        [journal_id] = await post(actor, [JournalDraft(SOURCE, f"{suspended.id} sent back", "sent back", day, lines)])
    await sql(SENT, actor.agency_id, suspended.id, actor.user_id, actor.name, clock.now(), journal_id)
    await _record(actor, suspended, "suspense.sent_back", paid_on=day, journal_id=journal_id)


def _check_here(suspended: Suspended) -> None:
    if not suspended.is_here:
        raise Refused(N_("This money is not in suspense any more."), code="not_here")


def _check_other(actor: Actor, suspended: Suspended) -> None:
    if suspended.status is SuspenseStatus.SENT_BACK:
        return
    _check_here(suspended)
    if suspended.status is not SuspenseStatus.ASKED:
        raise Refused(N_("Nobody has asked to send this money back."), code="not_asked")
    if suspended.asked_by == actor.user_id:
        raise Refused(
            N_("You asked for it, so that somebody else approves it. No money leaves on one person's word."),
            code="four_eyes",
        )


async def day_of(actor: Actor, suspended: Suspended, on: date | None, field: str) -> date:
    """The day on which suspended money left.

    Raises:
        Refused: no day is given in ``field``, it has not come yet, or the money had not come by then.
    """
    if on is None:
        raise Refused(N_("Please fill this in."), field=field, code="missing")
    if on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field=field, code="future")
    if on < suspended.received_on:
        raise Refused(N_("It had not come by then."), field=field, code="before_receipt")
    return on


async def _record(
    actor: Actor, suspended: Suspended, action: str, personal: dict[str, str] | None = None, **more: object
) -> None:
    facts = {"amount_minor": suspended.amount_minor, "currency": suspended.currency, **more}
    await record(actor, action, "suspense", suspended.id, facts=facts, personal=personal)
