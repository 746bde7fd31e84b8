"""Recording money received: one journal for cash, claim and fee together, and everything that follows from it."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from billing.fees.terms import Payee
from billing.parts import Parts
from billing.payments.allocation import Allocation
from billing.payments.at_close import charge_rest
from billing.payments.journals import post_receipt
from billing.payments.reaching import keep_shares
from billing.payments.split import Split, fee_on, one_line, preview
from billing.receipts.owed import owe_receipt
from billing.spoken import Spoken
from billing.suspense.hold import hold
from billing.tables import Channel
from cases.casework import CaseFile, Next, NextAction, load_case, move, set_next, tell
from cases.interest.post import tell_interest
from cases.plans.ending import end_plans
from cases.plans.follow import judge_plan
from cases.promises.make import judge_open, withdraw_open
from cases.promises.tables import PromiseStatus
from cases.situation import refresh
from cases.tables import CaseStatus
from portal import clock
from portal.audit.record import as_json
from portal.audit.record import record as told
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.formats import date_full, money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_zone
from portal.people.behalf import on_behalf
from portal.tenancy.database import sql, sql_one

ABOUT_PROMISE: Final = frozenset({NextAction.CHECK_PROMISE, NextAction.CALL_ABOUT_PROMISE})

INSERT = """
insert into payments (id, agency_id, client_id, case_id, journal_id, received_on, release_on, channel, received_by,
                      external_reference, payer, currency, amount_minor, principal_minor, interest_minor, costs_minor,
                      surplus_minor, held_minor, charge_id, processor_fee_minor, suspense_id, fee_minor, fee_rate,
                      fee_rule_id, fee_facts, recorded_by, recorded_at, costs_kept_minor, sent_minor, banks_kept_minor, kept_of)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
        $26, $27, $28, $29, $30, $31)
"""


async def record(
    actor: Actor,
    case_id: UUID,
    amount_minor: int | None,
    received_on: date | None,
    channel: str,
    external_reference: str = "",
    payer: str = "",
    *,
    currency: str | None = None,
    token: UUID | None = None,
    surplus_agreed: bool = False,
    shown: str | None = None,
    bank_account_id: UUID | None = None,
    invoice_id: UUID | None = None,
) -> UUID:
    """Record a payment on a case and post it; gives the payment's id.

    The bank's reference on the case, or without one the form's ``token``, makes it happen once: the same again gives
    the first payment's id. ``surplus_agreed`` says that money may be kept for the debtor although nothing is owed;
    ``shown`` is the fingerprint of the split that a person saw, and nothing else is posted in its place. ``bank_account_id``
    is the trust account that it came to, where somebody says so, and ``invoice_id`` the invoice that the debtor says it is for.

    Raises:
        NotFound: there is no such case here.
        Refused: it cannot be a payment on this case, its reference stands on another payment of the case, or the
            period is closed.
    """
    actor.require("payments.record")
    case = await load_case(actor, case_id, lock=True)
    if currency is not None and currency != case.currency:
        raise Refused(N_("The case is in %(currency)s."), field="amount", code="other_currency", currency=case.currency)
    reference, payer = one_line(external_reference), one_line(payer)
    _complete(channel, reference, payer)
    external_id, first = await _identity(actor, case, reference, token or new_id())
    if first is not None:
        return await _the_same(actor, case, first, amount_minor, received_on)
    split = await preview(actor, case, amount_minor, received_on, channel, invoice_id=invoice_id)
    if split.only_surplus and not surplus_agreed:
        raise Refused(
            N_("Nothing is owed on this case: say that the money is kept to be paid back to the debtor."),
            field="surplus_agreed",
            code="nothing_owed",
        )
    if shown is not None and shown != split.fingerprint:
        raise Refused(N_("Please look at how the money is divided, and post it then."), code="not_shown")
    return await take(actor, replace(split, bank_account_id=bank_account_id), external_id, reference, payer)


async def take(actor: Actor, split: Split, external_id: str, reference: str = "", payer: str = "") -> UUID:
    """Post money that is divided, keep its payment, and do what follows from it; gives the payment's id.

    The caller holds the case's row. Raises as `portal.ledger.journal.post` does.
    """
    journal_id = await post_receipt(actor, split, external_id)
    payment_id = await _keep(actor, split, journal_id, reference, payer)
    if split.held_minor:
        await hold(actor, split, payment_id, journal_id, payer, reference)
    if split.borne.total_minor:
        await _take_borne(actor, split, payment_id)
    await _follow(actor, split)
    if not split.case.is_open:
        await charge_rest(actor, [split.case])
    await owe_receipt(actor, await load_case(actor, split.case.id), payment_id)
    return payment_id


def _complete(channel: str, reference: str, payer: str) -> None:
    """Cash is somebody's, and a cheque has a number: without them nobody could ask about it later."""
    if channel == Channel.CASH and not payer:
        raise Refused(N_("Please say who paid it."), field="payer", code="no_payer")
    if channel == Channel.CHEQUE and not reference:
        raise Refused(N_("Please enter the number of the cheque."), field="reference", code="no_cheque_number")


async def _identity(actor: Actor, case: CaseFile, reference: str, token: UUID) -> tuple[str, UUID | None]:
    """What makes this payment one of its own, and the payment that was recorded under it already.

    The caller holds the case's row, so that nobody is recording it just now. A reference whose payment went back may
    be used again; a form may not. What we add stands behind two blanks, since no reference has two in a row: the
    reference ``7 #2`` is not ``7`` for the second time.
    """
    base = f"{case.id} {reference}" if reference else f"{case.id}  form {token}"
    rows = await sql(
        "select p.id, exists (select from payments r where r.agency_id = p.agency_id and r.reverses = p.id) as went_back"
        " from journals j join payments p on p.agency_id = j.agency_id and p.journal_id = j.id"
        " where j.agency_id = $1 and j.source = 'payment' and j.external_id = any($2)",
        *(actor.agency_id, [base, *(f"{base}  #{again}" for again in range(2, 10))]),
    )
    standing = [row["id"] for row in rows if not (row["went_back"] and reference)]
    if standing:
        return base, standing[0]
    return (f"{base}  #{len(rows) + 1}" if rows else base), None


async def _the_same(
    actor: Actor, case: CaseFile, first: UUID, amount_minor: int | None, received_on: date | None
) -> UUID:
    """The first payment's id, when this is the same payment again."""
    row = await sql_one(
        "select received_on, amount_minor + surplus_minor + held_minor as amount_minor from payments where agency_id = $1 and id = $2",
        *(actor.agency_id, first),
    )
    assert row is not None
    if (row["amount_minor"], row["received_on"]) != (amount_minor, received_on):
        raise Refused(
            N_("This reference stands on a payment of this case already: %(amount)s of %(day)s."),
            field="reference",
            code="reference_used",
            amount=Spoken(money, row["amount_minor"], case.currency),
            day=Spoken(date_full, row["received_on"]),
        )
    return first


async def _take_borne(actor: Actor, split: Split, payment_id: UUID) -> None:
    """What banks kept of a payment at the client's cost comes off the claim as if the client had received it: without money,
    and without a fee.
    """
    fee = await fee_on(actor, split.case, Parts(), split.received_on, Payee.CLIENT)
    explanation = {**fee.explanation, "kept_by_banks": True}
    borne = Split(
        case=await load_case(actor, split.case.id), client=split.client, amount_minor=split.borne.total_minor, received_on=split.received_on,
        channel=Channel.BANKS, allocation=Allocation(split.borne, 0),
        fee=replace(fee, fee_minor=0, explanation=explanation), costs_kept_minor=split.borne_costs_minor, named=split.named,
    )  # fmt: skip
    await _keep(actor, borne, await post_receipt(actor, borne, f"{payment_id} kept"), "", "", kept_of=payment_id)


async def _keep(
    actor: Actor, split: Split, journal_id: UUID, reference: str, payer: str, *, kept_of: UUID | None = None
) -> UUID:
    payment_id, case, parts = new_id(), split.case, split.allocation.parts
    await sql(
        INSERT,
        *(payment_id, actor.agency_id, case.client_id, case.id, journal_id, split.received_on, split.release_on),
        *(split.channel, split.received_by, reference, payer, case.currency),
        *(parts.total_minor, *parts.amounts, split.allocation.surplus_minor, split.held_minor),
        *(split.charge.id if split.charge else "", split.charge.fee_minor if split.charge else 0, split.suspense_id),
        *(split.fee.fee_minor, split.fee.rate, split.fee.rule_id, as_json(split.fee.explanation)),
        *(actor.user_id, clock.now(), split.costs_kept_minor),
        *(split.short.sent_minor if split.short else None, split.banks_kept_minor, kept_of),
    )
    await keep_shares(actor, split, payment_id)
    facts: dict[str, object] = {
        "payment_id": payment_id,
        "amount_minor": split.amount_minor,
        "currency": case.currency,
        "received_on": split.received_on,
        "channel": str(split.channel),
        "received_by": str(split.received_by),
        "fee_minor": split.fee.fee_minor,
        "surplus_minor": split.allocation.surplus_minor,
        **({"held_minor": split.held_minor} if split.held_minor else {}),
        **({"costs_kept_minor": split.costs_kept_minor} if split.costs_kept_minor else {}),
        **(split.short.as_facts() if split.short else {}),
        "balance_minor": split.balance_after_minor,
        "journal_id": journal_id,
    }
    if kept_of is None:
        await tell(actor, case, "payment.received", "money", facts)
    personal = {key: value for key, value in (("payer", payer), ("reference", reference)) if value}
    await told(
        actor, "payment.recorded", "payment", payment_id, client_id=case.client_id,
        facts={**facts, "case_id": case.id}, personal=personal or None,
    )  # fmt: skip
    return payment_id


async def _follow(actor: Actor, split: Split) -> None:
    """What money brings with it: a promise kept, a case closed, another next action. The portal does it, not a person."""
    case, portal = split.case, on_behalf(actor)
    await tell_interest(portal, case, split.interest)
    judged = await judge_open(portal, case)
    agreed = await judge_plan(portal, case.id)
    case = await load_case(actor, case.id)  # a settlement that is fulfilled has closed it
    if split.closes and case.is_open:
        await withdraw_open(actor, [case.id], clock.now())
        await end_plans(portal, [case], "paid", clock.now())
        await move(portal, case, CaseStatus.CLOSED, close_code=split.close_code)
    elif judged is PromiseStatus.KEPT and agreed is None and case.is_open and case.next_action in ABOUT_PROMISE:
        await set_next(
            portal,
            case,
            Next(
                NextAction.CALL,
                await tomorrow(actor),
                case.next_action_user_id,
                case.next_action_queue_id,
                "promise_kept",
            ),
        )
    await refresh(actor, case.id)


async def tomorrow(actor: Actor) -> datetime:
    """Eight in the morning of the next day at the agency."""
    zone = await agency_zone(actor)
    return datetime.combine(clock.now().astimezone(zone).date() + timedelta(days=1), time(8), zone)
