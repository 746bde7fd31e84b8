"""Bringing what the processor says of a payment into the books: once, whoever comes first.

The webhook's job, the page the debtor returns to, the sweep and the charge on a due date all call :func:`book`. It fetches
the intent outside a transaction, so that nothing is believed that came in a message; then it holds the case and our row,
and whoever comes second finds it done. Money that the processor has is never turned away: what cannot be booked yet says
why in ``problem``, and is tried again.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg

from billing.cards import processor
from billing.cards.failing import after_failure
from billing.cards.objects import Charge, Intent, NotUnderstood, Rejected
from billing.cards.tables import OPEN, CardStatus
from billing.payments.processor import take_charge
from billing.payments.told import Charged
from billing.tables import Channel
from cases.casework import Next, NextAction, load_case, set_next
from cases.opening import next_working_morning
from portal import clock
from portal.audit.record import record
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.people.agency_time import agency_zone
from portal.tenancy.database import as_job, sql, sql_one, transaction

NO_FEE: Final = "no_fee"
"""The processor has not told its fee yet: that comes with its balance transaction, some seconds later."""
OTHER_CURRENCY: Final = "other_currency"
"""The account is kept in another currency than was paid: what arrived in the claim's currency is nobody's to guess."""
SOON: Final = timedelta(minutes=1)

CHANNELS: Final = {"card": Channel.CARD, "sepa_debit": Channel.DIRECT_DEBIT}

SAID: Final = {
    "succeeded": CardStatus.SUCCEEDED,
    "processing": CardStatus.PROCESSING,
    "requires_capture": CardStatus.PROCESSING,
    "requires_action": CardStatus.NEEDS_ACTION,
    "canceled": CardStatus.CANCELLED,
}
"""What the processor says of an intent, in our words. For the rest it waits for a method: anew, or after a failure."""


@dataclass(frozen=True, slots=True)
class Booked:
    """How an attempt stands after it was looked at. ``payment_id`` is None while it is not in the books."""

    card_payment_id: UUID
    status: CardStatus
    payment_id: UUID | None
    problem: str = ""


async def book(agency_id: UUID, intent_id: str) -> Booked | None:
    """Fetch an intent and bring what it says into the books; None where it is not of ours. Outside transactions.

    Raises:
        Unanswered: the processor does not answer.
        Rejected: it does not know the intent.
        NotUnderstood: what it says cannot be so.
    """
    said = await (await processor.processor_of(agency_id)).fetch_intent(intent_id)
    actor = system(agency_id)
    async with transaction(actor.scope):
        return await take_over(actor, said)


OURS: Final = """
select id, case_id from card_payments where agency_id = $1 and (intent_id = $2 or id::text = $3)
order by (intent_id = $2) desc nulls last limit 1
"""
HELD: Final = "select * from card_payments where agency_id = $1 and id = $2 for update"
KEEP: Final = """
update card_payments
set status = $3, intent_id = $4, charge_id = coalesce($5, charge_id), method_kind = $6, method_brand = $7,
    method_last4 = $8, failure_code = $9, failure_text = $10, problem = $11, fee_minor = coalesce($12, fee_minor),
    payment_id = coalesce($13, payment_id), changed_at = $14
where agency_id = $1 and id = $2
"""


async def take_over(actor: Actor, said: Intent) -> Booked | None:
    """What an intent says, in the running transaction; ``actor`` is the portal itself."""
    found = await sql_one(OURS, actor.agency_id, said.id, said.ours)
    if found is None:
        return None
    await load_case(actor, found["case_id"], lock=True)
    row = await sql_one(HELD, actor.agency_id, found["id"])
    assert row is not None
    _check(row, said)
    if row["payment_id"] is not None:
        return Booked(row["id"], CardStatus(row["status"]), row["payment_id"])
    status = _status(row, said)
    charge = said.charge if status is CardStatus.SUCCEEDED else None
    if status is CardStatus.SUCCEEDED and charge is None:
        raise NotUnderstood(f"{said.id} succeeded without a charge")
    problem = _problem(charge)
    payment_id = await _take(actor, row, charge, said) if charge and not problem else None
    await _keep(actor, row, said, status, charge, problem, payment_id)
    if problem == NO_FEE:
        # Whoever asks again asks the processor: not at once, and not in this transaction.
        payload = {"agency_id": str(actor.agency_id), "intent_id": said.id}
        await enqueue("cards.book", payload, dedupe=f"book {said.id}", after=SOON)
    return Booked(row["id"], status, payment_id, problem)


def _check(row: asyncpg.Record, said: Intent) -> None:
    if row["intent_id"] not in (None, said.id):
        raise NotUnderstood(f"{said.id} is a second intent of one payment")
    if (row["currency"], row["amount_minor"]) != (said.currency, said.amount_minor):
        raise NotUnderstood(f"{said.id} is of another amount than was asked for")
    taken = said.charge
    asked = (said.currency, said.amount_minor)
    if taken is not None and taken.status == "succeeded" and (taken.currency, taken.amount_minor) != asked:
        raise NotUnderstood(f"{taken.id} took another amount than was asked for")


def _status(row: asyncpg.Record, said: Intent) -> CardStatus:
    if row["status"] == CardStatus.SUCCEEDED:
        return CardStatus.SUCCEEDED
    return SAID.get(said.status) or (CardStatus.FAILED if said.failure_code else CardStatus.BEGUN)


def _problem(charge: Charge | None) -> str:
    if charge is None:
        return ""
    if charge.transaction is None:
        return NO_FEE
    return "" if charge.transaction.currency == charge.currency else OTHER_CURRENCY


async def _take(actor: Actor, row: asyncpg.Record, charge: Charge, said: Intent) -> UUID:
    assert charge.transaction is not None
    kind = said.method.kind if said.method else "card"
    charged = Charged(
        charge_id=charge.id,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        fee_minor=charge.transaction.fee_minor,
        received_on=charge.created.astimezone(await agency_zone(actor)).date(),
        channel=CHANNELS.get(kind, Channel.CARD),
        named=(row["invoice_id"],) if row["invoice_id"] else (),
    )
    return await take_charge(actor, row["case_id"], charged)


async def _keep(
    actor: Actor, row: asyncpg.Record, said: Intent, status: CardStatus, charge: Charge | None, problem: str,
    payment_id: UUID | None,
) -> None:  # fmt: skip
    method, failed = said.method, status is CardStatus.FAILED
    fee = charge.transaction.fee_minor if charge and charge.transaction and payment_id else None
    await sql(
        KEEP,
        *(actor.agency_id, row["id"], status, said.id, charge.id if charge else None),
        *(method.kind if method else "", method.brand if method else "", method.last4 if method else ""),
        *(said.failure_code if failed else "", said.failure_text[:500] if failed else ""),
        *(problem, fee, payment_id, clock.now()),
    )
    if (row["status"], row["problem"]) != (status, problem):
        facts = {"amount_minor": row["amount_minor"], "currency": row["currency"], "case_id": row["case_id"]}
        if failed:
            facts["failure_code"] = said.failure_code
        await record(
            actor, "card_payment.moved", "card_payment", row["id"], client_id=row["client_id"], facts=facts,
            before={"status": row["status"]}, after={"status": status, "problem": problem},
        )  # fmt: skip
    if problem == OTHER_CURRENCY and row["problem"] != problem:
        await have_looked_at(actor, row["case_id"], "card_unbooked")
    if failed and row["status"] in OPEN:
        await after_failure(actor, row["id"])


async def have_looked_at(actor: Actor, case_id: UUID, reason: str) -> None:
    """Have somebody look at an open case the next working morning, for a reason."""
    case = await load_case(actor, case_id)
    if case.is_open:
        whose = (case.next_action_user_id, case.next_action_queue_id)
        at = next_working_morning(clock.now(), await agency_zone(actor))
        await set_next(actor, case, Next(NextAction.REVIEW, at, *whose, reason))


@job("cards.book")
async def book_again(payload: Payload) -> None:
    """Look at an intent: its fee may be there now, or the debtor may have confirmed it."""
    agency_id, intent_id = UUID(payload["agency_id"]), payload["intent_id"]
    try:
        await book(agency_id, intent_id)
    except (Rejected, NotUnderstood) as error:
        problem = error.code if isinstance(error, Rejected) else "not_understood"
        async with transaction(as_job(agency_id)):
            await sql(
                "update card_payments set problem = $3 where agency_id = $1 and intent_id = $2",
                *(agency_id, intent_id, problem),
            )
