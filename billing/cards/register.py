"""Reading what the processor tells, for the pages of finance: attempts, chargebacks, payouts, and what needs a person."""

from typing import Final
from uuid import UUID

import asyncpg

from billing.cards.tables import CardStatus
from portal.errors import NotFound
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

PAGE: Final = 50
STATUS_TEXTS: Final = {
    CardStatus.BEGUN: N_("Begun"),
    CardStatus.PROCESSING: N_("At the bank"),
    CardStatus.NEEDS_ACTION: N_("Waits for the debtor"),
    CardStatus.SUCCEEDED: N_("Received"),
    CardStatus.FAILED: N_("Failed"),
    CardStatus.CANCELLED: N_("Given up"),
}
STATUS_TONES: Final = {
    CardStatus.BEGUN: "quiet",
    CardStatus.PROCESSING: "run",
    CardStatus.NEEDS_ACTION: "warn",
    CardStatus.SUCCEEDED: "good",
    CardStatus.FAILED: "bad",
    CardStatus.CANCELLED: "quiet",
}
LINE_TEXTS: Final = {
    "charge": N_("Payment"),
    "payment": N_("Payment"),
    "refund": N_("Refund"),
    "payment_refund": N_("Refund"),
    "adjustment": N_("Adjustment"),
    "stripe_fee": N_("Processor's fee"),
    "payout_failure": N_("Payout that came back"),
}
"""What a payout is made of, by the processor's words."""
REFUND_TEXTS: Final = {
    "asked": N_("Waits for approval"),
    "approved": N_("Is being sent"),
    "sent": N_("Under way"),
    "succeeded": N_("Paid back"),
    "failed": N_("Failed"),
    "declined": N_("Declined"),
}
REFUND_TONES: Final = {"asked": "warn", "approved": "run", "sent": "run", "succeeded": "good", "failed": "bad"}
DISPUTE_TEXTS: Final = {
    "needs_response": N_("To be answered"),
    "warning_needs_response": N_("Inquiry, to be answered"),
    "appeal_needs_response": N_("Appeal, to be answered"),
    "under_review": N_("The bank decides"),
    "warning_under_review": N_("Inquiry, the bank decides"),
    "appeal_under_review": N_("Appeal, the bank decides"),
    "warning_closed": N_("Inquiry closed"),
    "prevented": N_("Prevented"),
    "won": N_("Won"),
    "lost": N_("Lost"),
}
DISPUTE_TONES: Final = {
    "needs_response": "bad", "warning_needs_response": "warn", "appeal_needs_response": "bad", "won": "good", "lost": "bad",
}  # fmt: skip
REASON_TEXTS: Final = {
    "bank_cannot_process": N_("The bank cannot process it"),
    "credit_not_processed": N_("A refund never came"),
    "customer_initiated": N_("Asked for by the payer"),
    "debit_not_authorized": N_("Debit not authorised"),
    "duplicate": N_("Paid twice"),
    "fraudulent": N_("Said to be fraud"),
    "general": N_("No reason given"),
    "incorrect_account_details": N_("Wrong account"),
    "insufficient_funds": N_("No money on the account"),
    "product_not_received": N_("Nothing was delivered"),
    "product_unacceptable": N_("Not as agreed"),
    "subscription_canceled": N_("Was cancelled"),
    "unrecognized": N_("The payer does not recognise it"),
}
PROBLEM_TEXTS: Final = {
    "no_fee": N_("The processor has not told its fee yet; it is asked again."),
    "other_currency": N_(
        "The account at the processor is kept in another currency: what arrived must be booked by hand."
    ),
    "not_understood": N_("What the processor says does not agree with what was asked for."),
    "resource_missing": N_("The processor does not know it: look whether the right account is set up."),
}
OVER: Final = frozenset({"won", "lost", "warning_closed", "prevented"})

ATTEMPTS: Final = """
select p.*, c.number as case_number, c.debtor_name, k.name as client_name
from card_payments p
join cases c on c.agency_id = p.agency_id and c.id = p.case_id
join clients k on k.agency_id = p.agency_id and k.id = p.client_id
where p.agency_id = $1 and ($2::uuid is null or p.id < $2) and ($3 = '' or p.charge_id = $3)
order by p.id desc limit $4
"""
ATTEMPT: Final = """
select p.*, c.number as case_number, c.debtor_name, k.name as client_name
from card_payments p
join cases c on c.agency_id = p.agency_id and c.id = p.case_id
join clients k on k.agency_id = p.agency_id and k.id = p.client_id
where p.agency_id = $1 and p.id = $2
"""
CHARGEBACKS: Final = """
select b.*, c.number as case_number, c.debtor_name, k.name as client_name
from chargebacks b
join cases c on c.agency_id = b.agency_id and c.id = b.case_id
join clients k on k.agency_id = b.agency_id and k.id = b.client_id
where b.agency_id = $1 and ($2::uuid is null or b.id < $2) order by b.id desc limit $3
"""
PAYOUTS: Final = """
select p.*, coalesce(l.net_minor, 0)::bigint as net_minor, coalesce(l.lines, 0) as lines
from payouts p
left join lateral (select sum(net_minor) as net_minor, count(*) as lines from payout_lines l
                   where l.agency_id = p.agency_id and l.payout_id = p.id) l on true
where p.agency_id = $1 and ($2::uuid is null or p.id < $2) and ($3::uuid is null or p.id = $3)
order by p.id desc limit $4
"""
LINES: Final = """
select l.*, p.case_id, c.number as case_number, c.debtor_name
from payout_lines l
left join card_payments p on p.agency_id = l.agency_id and p.id = l.card_payment_id
left join cases c on c.agency_id = p.agency_id and c.id = p.case_id
where l.agency_id = $1 and l.payout_id = $2 order by l.transaction_id limit 1000
"""
FOR_A_PERSON: Final = """
select event_id, type, object_id, received_at, problem from processor_events
where agency_id = $1 and state = 'failed' order by received_at desc limit 20
"""


async def list_attempts(actor: Actor, before: UUID | None, charge_id: str = "") -> tuple[list[asyncpg.Record], bool]:
    """One page of attempts to take money, the newest first, and whether there are more behind it."""
    rows = await sql(ATTEMPTS, actor.agency_id, before, charge_id, PAGE + 1)
    return rows[:PAGE], len(rows) > PAGE


async def load_attempt(actor: Actor, card_payment_id: UUID) -> asyncpg.Record:
    """An attempt with its case.

    Raises:
        NotFound: there is none here.
    """
    row = await sql_one(ATTEMPT, actor.agency_id, card_payment_id)
    if row is None:
        raise NotFound
    return row


async def list_chargebacks(actor: Actor, before: UUID | None) -> tuple[list[asyncpg.Record], bool]:
    """One page of chargebacks, the newest first, and whether there are more behind it."""
    rows = await sql(CHARGEBACKS, actor.agency_id, before, PAGE + 1)
    return rows[:PAGE], len(rows) > PAGE


async def list_payouts(actor: Actor, before: UUID | None) -> tuple[list[asyncpg.Record], bool]:
    """One page of payouts, the newest first, and whether there are more behind it."""
    rows = await sql(PAYOUTS, actor.agency_id, before, None, PAGE + 1)
    return rows[:PAGE], len(rows) > PAGE


async def load_payout(actor: Actor, payout_id: UUID) -> tuple[asyncpg.Record, list[asyncpg.Record]]:
    """A payout and what it is made of.

    Raises:
        NotFound: there is no such payout here.
    """
    row = await sql_one(PAYOUTS, actor.agency_id, None, payout_id, 1)
    if row is None:
        raise NotFound
    return row, await sql(LINES, actor.agency_id, payout_id)


async def for_a_person(actor: Actor) -> list[asyncpg.Record]:
    """What the processor told and the portal cannot book, the newest first."""
    return await sql(FOR_A_PERSON, actor.agency_id)
