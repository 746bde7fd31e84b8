"""Money that went back: the payment's journal mirrored, its fee returned exactly, the case owed again."""

import json
from datetime import date
from uuid import UUID

from billing.payments.journals import post_return
from billing.payments.receipts import tomorrow
from billing.payments.register import Payment, load_payment
from billing.remittance.taken_back import return_to_draft, run_of
from billing.spoken import Spoken
from cases.casework import CLAIM_GONE, CaseFile, Next, NextAction, load_case, move, set_next, tell
from cases.claims import take_out_again
from cases.pauses import PAYABLE_CODES
from cases.plans.anew import judge_plan_anew
from cases.plans.follow import judge_plan
from cases.promises.anew import judge_anew
from cases.recall.final import take_out_recalled
from cases.situation import refresh
from cases.tables import CaseStatus
from portal import clock
from portal.audit.record import as_json, record
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.formats import date_full
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import on_behalf
from portal.tenancy.database import sql

REASONS = {
    "returned_by_bank": N_("The bank took it back"),
    "cheque_bounced": N_("The cheque bounced"),
    "wrong_case": N_("Booked to the wrong case"),
    "wrong_amount": N_("Booked with the wrong amount"),
    "not_received": N_("It never came"),
}

INSERT = """
insert into payments (id, agency_id, client_id, case_id, journal_id, received_on, release_on, channel, received_by,
                      external_reference, payer, currency, amount_minor, principal_minor, interest_minor, costs_minor,
                      surplus_minor, fee_minor, fee_rate, fee_rule_id, fee_facts, reverses, recorded_by, recorded_at)
select $3, agency_id, client_id, case_id, $4, $5, greatest(release_on, $5), channel, received_by, external_reference,
       payer, currency, -amount_minor, -principal_minor, -interest_minor, -costs_minor, -surplus_minor, -fee_minor,
       fee_rate, fee_rule_id, $6, id, $7, $8
from payments where agency_id = $1 and id = $2
"""


async def reverse(actor: Actor, payment_id: UUID, reason: str, received_on: date | None) -> UUID:
    """Take a payment back on a day; gives the id of the payment that reverses it, also when it was reversed before.

    Earlier fees are never opened again: exactly the stored fee goes back. A remittance run that holds the payment and is
    not approved yet becomes a draft again, worked out anew.

    Raises:
        NotFound: there is no such payment here.
        Refused: it is itself a reversal, it is on an approved remittance, the reason is unknown or the day will not do.
    """
    actor.require("payments.record")
    case = await load_case(actor, (await load_payment(actor, payment_id)).case_id, lock=True)
    payment = await load_payment(actor, payment_id)
    if payment.reversed_by is not None:
        return payment.reversed_by
    if payment.reverses is not None:
        raise Refused(N_("This is itself money that went back."), code="is_reversal")
    if reason not in REASONS:
        raise Refused(N_("Please choose why."), field="reason", code="missing")
    day = await _day(actor, payment, received_on)
    run = await run_of(actor, payment.id, payment.currency)
    journal_id = await post_return(actor, payment, day)
    reversal_id = new_id()
    stored = {
        **json.loads(payment.fee_facts),
        "reverses": {"payment_id": payment.id, "received_on": payment.received_on},
    }
    await sql(
        INSERT,
        *(actor.agency_id, payment.id, reversal_id, journal_id, day, as_json(stored), actor.user_id, clock.now()),
    )
    if run is not None:
        await return_to_draft(actor, run, payment.id)
    await _tell(actor, case, payment, reversal_id, reason, day)
    await _follow(actor, case, reversal_id, day)
    return reversal_id


async def _day(actor: Actor, payment: Payment, received_on: date | None) -> date:
    if received_on is None:
        raise Refused(N_("Please fill this in."), field="received_on", code="missing")
    if received_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="received_on", code="future")
    if received_on < payment.received_on:
        raise Refused(
            N_("It came on %(day)s and cannot have gone back before."),
            field="received_on",
            code="before_payment",
            day=Spoken(date_full, payment.received_on),
        )
    return received_on


async def _tell(actor: Actor, case: CaseFile, payment: Payment, reversal_id: UUID, reason: str, day: date) -> None:
    facts: dict[str, object] = {
        "payment_id": reversal_id,
        "reverses": payment.id,
        "amount_minor": payment.total_minor,
        "currency": payment.currency,
        "received_on": day,
        "of": payment.received_on,
        "fee_minor": payment.fee_minor,
        "balance_minor": case.balance_minor + payment.amount_minor,
        "reason": reason,
    }
    await tell(actor, case, "payment.reversed", "money", facts)
    await record(
        actor,
        "payment.reversed",
        "payment",
        payment.id,
        client_id=case.client_id,
        facts={**facts, "case_id": case.id},
    )


async def _follow(actor: Actor, case: CaseFile, because: UUID, on: date) -> None:
    """A case that was closed as paid or settled is open again, and somebody looks at it; its promise is judged anew.
    What a client had taken back stays with it, and a claim that left the books stays out of them.
    """
    portal = on_behalf(actor)
    case = await load_case(actor, case.id)
    if case.close_code in PAYABLE_CODES and case.balance_minor:  # what was too much opens nothing when it goes back
        await move(portal, case, CaseStatus.ACTIVE)
        case = await load_case(actor, case.id)
        whose = (case.next_action_user_id, case.next_action_queue_id)
        await set_next(portal, case, Next(NextAction.REVIEW, await tomorrow(actor), *whose, "payment_returned"))
        case = await load_case(actor, case.id)
    await judge_anew(portal, case)
    case = await load_case(actor, case.id)
    await judge_plan(portal, case.id)
    await judge_plan_anew(portal, case, because, on)
    case = await load_case(actor, case.id)
    await take_out_recalled(portal, case, because, on)
    case = await load_case(actor, case.id)
    if case.close_code in CLAIM_GONE:
        await take_out_again(portal, case, because, on)
    await refresh(actor, case.id)
