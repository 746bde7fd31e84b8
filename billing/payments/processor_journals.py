"""Journals of processor money that are no payment's: payouts, what we pay in for its fees, and what is our loss.

Each is booked once by the id of the processor's object: whoever books it again is given what was booked first.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from billing.payments.journals import processor_cost
from billing.payments.register import Payment
from billing.payments.told import PaidOut
from cases.casework import CaseFile
from portal.audit.record import record
from portal.ledger.journal import JournalDraft, Line, cr, dr, mirrored, post
from portal.ledger.refusals import AlreadyPosted
from portal.ledger.tables import Book
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql_value

SOURCE: Final = "processor"
"""The source of these journals; those of payments are `billing.payments.journals.SOURCE`."""


async def take_payout(actor: Actor, paid_out: PaidOut) -> UUID:
    """Book what the processor paid to the trust bank account; gives the journal's id."""
    currency, minor = paid_out.currency, paid_out.amount_minor
    lines = [dr(Book.TRUST, 1000, abs(minor), currency), cr(Book.TRUST, 1010, abs(minor), currency)]
    lines = lines if minor > 0 else [mirrored(line) for line in lines]
    return await _once(actor, paid_out.payout_id, "payout", paid_out.on, lines, "processor.paid_out")


async def top_up(actor: Actor, currency: str, amount_minor: int, on: date, external_id: str) -> UUID:
    """Book that we paid into the trust bank account what it was owed for fees; gives the journal's id."""
    lines = [*_paid_by_us(amount_minor, currency), *_paid_in(1000, amount_minor, currency)]
    return await _once(actor, external_id, "top-up", on, lines, "processor.topped_up")


async def fund_processor(actor: Actor, currency: str, amount_minor: int, on: date, external_id: str) -> UUID:
    """Book that we paid the processor what it took beyond what it had of ours; gives the journal's id."""
    lines = [*_paid_in(1010, amount_minor, currency), *_paid_by_us(amount_minor, currency)]
    return await _once(actor, external_id, "funding", on, lines, "processor.funded")


def _paid_in(account: int, minor: int, currency: str) -> tuple[Line, Line]:
    return dr(Book.TRUST, account, minor, currency), cr(Book.TRUST, 1090, minor, currency)


def _paid_by_us(minor: int, currency: str) -> tuple[Line, Line]:
    return dr(Book.OPERATING, 2190, minor, currency), cr(Book.OPERATING, 1100, minor, currency)


GIVEN_BACK: Final = """
select coalesce(-sum(l.amount_minor), 0)::bigint from payments p
join journal_lines l on l.agency_id = p.agency_id and l.journal_id = p.journal_id and l.account = 1010
where p.agency_id = $1 and p.id = any($2)
"""


async def given_back(actor: Actor, reversal_ids: Sequence[UUID]) -> int:
    """What the processor has less by payments that went back, in minor units, its fee for it as well."""
    minor: int = await sql_value(GIVEN_BACK, actor.agency_id, reversal_ids)
    return minor


def of_charge(charge_id: str, external_id: str, what: str) -> str:
    """The external id of what an object of the processor did to us and no payment tells of: it begins with its charge."""
    return f"{charge_id} {external_id} {what}"


async def lose(
    actor: Actor, case: CaseFile, payment: Payment, external_id: str, on: date, minor: int, fee_minor: int
) -> None:
    """What of a payment's charge goes back although it stands on the case no more: paid out twice, and ours to bear, with
    the processor's fee for it."""
    day, charge_id = await not_before(actor, case, on), payment.charge_id
    for what, kind, part in (("loss", LOSS, minor), ("fee", "dispute fee", fee_minor)):
        if part:
            lines = list(processor_cost(5010, part, payment.currency))
            await post_once(actor, of_charge(charge_id, external_id, what), kind, day, lines)


LOSS: Final = "loss"
MADE_GOOD: Final = "loss made good"
LOST: Final = """
select coalesce(sum(l.amount_minor), 0)::bigint from journals j
join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id and l.account = 5010
where j.agency_id = $1 and j.source = $2 and j.external_id ^@ $3 and j.kind = any($4)
"""


async def lost(actor: Actor, charge_id: str) -> int:
    """What of a charge is our loss still, in minor units: whatever of it comes again makes that good first. The processor's
    fees are none: they stay paid."""
    return int(await sql_value(LOST, actor.agency_id, SOURCE, f"{charge_id} ", [LOSS, MADE_GOOD]))


async def not_before(actor: Actor, case: CaseFile, on: date) -> date:
    """A day on which money of a case can be booked: not before its placement, and today at the latest."""
    return min(max(on, case.placed_on), await agency_day(actor))


async def _once(actor: Actor, external_id: str, kind: str, on: date, lines: list[Line], action: str) -> UUID:
    """Post a journal of the processor's unless it is posted, and record it; gives the journal's id."""
    actor.require("payments.record")
    journal_id, is_new = await post_once(actor, external_id, kind, on, lines)
    if is_new:
        facts = {"amount_minor": lines[0].amount_minor, "currency": lines[0].currency, "paid_on": on}
        await record(actor, action, "journal", journal_id, facts=facts)
    return journal_id


OPEN_SINCE: Final = "select max(through) + 1 from closed_periods where agency_id = $1"
KNOWN: Final = "select id from journals where agency_id = $1 and source = $2 and external_id = $3 and kind = $4"


async def post_once(actor: Actor, external_id: str, kind: str, on: date, lines: list[Line]) -> tuple[UUID, bool]:
    """Post a journal, dated after whatever is closed; gives its id and whether it was not posted before."""
    day = max(on, await sql_value(OPEN_SINCE, actor.agency_id) or on)
    try:
        async with savepoint():
            draft = JournalDraft(SOURCE, external_id, kind, day, tuple(lines))
            return (await post(actor, [draft]))[0], True
    except AlreadyPosted:
        known: UUID | None = await sql_value(KNOWN, actor.agency_id, SOURCE, external_id, kind)
        if known is None:
            raise  # an id that stands on a journal of another kind: this one was never posted
        return known, False
