"""Suspended money finds its case: cash, claim and fee are booked together, as for any payment (event 12)."""

from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from billing.payments.directed import directed_by_line
from billing.payments.receipts import take
from billing.payments.split import Charge, Split, divide, open_promise
from billing.short.arrival import arrival_of
from billing.spoken import Spoken
from billing.suspense.register import Suspended, load_suspended
from billing.suspense.tables import SuspenseStatus
from billing.unclaimed.claimed import claimed
from cases.casework import CaseFile, load_case
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.formats import money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_value

MATCHED: Final = """
update suspense s set status = 'matched', client_id = $3, case_id = $4, matched_payment_id = $5, ended_by = $6,
                      ended_by_name = $7, ended_at = $8, out_journal_id = p.journal_id
from payments p where s.agency_id = $1 and s.id = $2 and p.agency_id = s.agency_id and p.id = $5
"""
TIMES: Final = "select count(*) from payments where agency_id = $1 and suspense_id = $2 and reverses is null"
OPEN_SINCE: Final = """
select greatest(effective_on, (select max(through) + 1 from closed_periods where agency_id = $1),
                (select max(returned_on) from refunds where agency_id = $1 and suspense_id = $3)) from journals
where agency_id = $1 and id = $2
"""
"""The first day on which money may leave suspense: it came into the books by then, for the last time if it was sent back in
vain, and they are open."""


async def preview_match(actor: Actor, suspended: Suspended, case: CaseFile) -> Split:
    """How suspended money would be divided over a case. Writes nothing.

    Raises:
        Refused: it is not there any more, is another case's or in another currency, or would pay what is disputed.
    """
    actor.require("payments.record")
    _check(suspended, case)
    since = await sql_value(OPEN_SINCE, actor.agency_id, suspended.journal_id, suspended.id)
    day = max(suspended.received_on, case.placed_on, since)
    return replace(await _divide(actor, suspended, case, day), promise=await open_promise(actor, case.id))


async def match(actor: Actor, suspense_id: UUID, case_id: UUID, *, shown: str | None = None) -> UUID:
    """Book suspended money to a case; gives the id of the payment, also when it was booked to this case before.

    ``shown`` is the fingerprint of the split that a person saw, and nothing else is posted in its place.

    Raises:
        NotFound: there is no such money or case here.
        Refused: as `preview_match`; somebody booked it to another case, or another split was shown.
    """
    actor.require("payments.record")
    case = await load_case(actor, case_id, lock=True)
    suspended = await load_suspended(actor, suspense_id, lock=True)
    if suspended.status is SuspenseStatus.MATCHED and suspended.case_id == case.id:
        assert suspended.matched_payment_id is not None
        return suspended.matched_payment_id
    split = await preview_match(actor, suspended, case)
    if shown is not None and shown != split.fingerprint:
        raise Refused(N_("Please look at how the money is divided, and post it then."), code="not_shown")
    payment_id = await _book(actor, suspended, case, split)
    await sql(
        MATCHED,
        *(actor.agency_id, suspended.id, case.client_id, case.id, payment_id, actor.user_id, actor.name, clock.now()),
    )
    await claimed(actor, suspense_id=suspended.id)
    facts = {
        "amount_minor": suspended.amount_minor,
        "currency": suspended.currency,
        "payment_id": payment_id,
        "case_id": case.id,
    }
    await record(actor, "suspense.matched", "suspense", suspended.id, client_id=case.client_id, facts=facts)
    return payment_id


def _check(suspended: Suspended, case: CaseFile) -> None:
    if suspended.status in (SuspenseStatus.ASKED, SuspenseStatus.APPROVED):
        raise Refused(
            N_("%(name)s asked to send this money back. Keep it first."), code="asked", name=suspended.asked_by_name
        )
    if not suspended.is_here:
        raise Refused(N_("This money is not in suspense any more."), code="not_here")
    if suspended.case_id not in (None, case.id):
        raise Refused(
            N_("This money is a part of a payment on case %(number)s."), code="other_case", number=suspended.case_number
        )
    if suspended.why == "surplus" and suspended.client_id != case.client_id:
        raise Refused(
            N_("This money was paid to another client of ours, and pays claims of that client."), code="other_client"
        )
    if suspended.currency != case.currency:
        raise Refused(N_("The case is in %(currency)s."), code="other_currency", currency=case.currency)


async def _divide(actor: Actor, suspended: Suspended, case: CaseFile, day: date) -> Split:
    came = await arrival_of(actor, suspended.journal_id, suspended.amount_minor)
    split = await divide(actor, case, suspended.amount_minor, day, suspended.channel, came)
    if split.held_minor:
        raise Refused(
            N_("Part of this claim is disputed: until that is answered, at most %(amount)s can be booked to it."),
            code="disputed",
            amount=Spoken(money, split.allocation.parts.total_minor, case.currency),
        )
    charge = Charge(suspended.charge_id) if suspended.charge_id else None
    named = await directed_by_line(actor, case.id, suspended.journal_id, suspended.reference)
    return replace(split, suspense_id=suspended.id, charge=charge, named=named)


async def _book(actor: Actor, suspended: Suspended, case: CaseFile, split: Split) -> UUID:
    """On the day it came, or, where the claim was smaller by then, today."""
    external_id = f"{suspended.id} matched {await sql_value(TIMES, actor.agency_id, suspended.id) + 1}"
    try:
        async with savepoint():
            return await take(actor, split, external_id, suspended.reference, suspended.payer)
    except Refused:
        today = await agency_day(actor)
        if split.received_on == today:
            raise
        again = await _divide(actor, suspended, await load_case(actor, case.id), today)
        return await take(actor, again, external_id, suspended.reference, suspended.payer)
