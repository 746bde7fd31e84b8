"""Postings of processor money on cases: charges, refunds, chargebacks, and what of them comes back.

The processor tells what has happened; nothing of it can be refused. What a claim cannot take waits in suspense on its
case, what is too much is kept for the debtor, and what was paid out again before it was charged back is our loss. Each of
these is booked once by the id of the processor's object: whoever books it again is given what was booked first.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from billing.fees.agreements import flat
from billing.fees.rules import Facts, Fee, compute
from billing.fees.terms import Agreement
from billing.parts import Parts
from billing.payments.allocation import Allocation
from billing.payments.directed import named_for
from billing.payments.going_back import Back, go_back
from billing.payments.journals import processor_cost
from billing.payments.processor_journals import (
    MADE_GOOD,
    SOURCE,
    given_back,
    lose,
    lost,
    not_before,
    of_charge,
    post_once,
)
from billing.payments.receipts import take
from billing.payments.register import Payment, load_payment
from billing.payments.split import Charge, Split, divide
from billing.payments.told import Charged, ChargedBack, Refunded, Won
from billing.surplus.by_processor import refund_surplus
from cases.casework import CaseFile, load_case
from cases.clients import load_client
from portal.errors import Refused
from portal.ledger.journal import mirrored
from portal.ledger.tables import Component
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_value


async def take_charge(actor: Actor, case_id: UUID, charged: Charged) -> UUID:
    """Book a charge on a case (events 2 and 8 of the money rules); gives the id of its payment.

    Raises:
        NotFound: there is no such case here.
        ValueError: the charge is in another currency than the case, or of nothing: not what we asked the processor for.
    """
    actor.require("payments.record")
    case = await load_case(actor, case_id, lock=True)
    if charged.currency != case.currency or charged.amount_minor <= 0:
        raise ValueError(f"charge {charged.charge_id} of {charged.amount_minor} {charged.currency} is not of this case")
    booked = await payment_of(actor, charged.charge_id)
    return booked or await _take(actor, case, charged, charged.charge_id)


async def take_charge_back(actor: Actor, payment_id: UUID, charged_back: ChargedBack) -> UUID:
    """Book a chargeback of a charge's payment: event 8 before its remittance, event 9 after it; gives the id of the
    payment that takes it back. Of a part of the charge all of it goes back, and the rest is received again.

    Raises:
        NotFound: there is no such payment here.
    """
    back = Back(
        external_id=charged_back.chargeback_id,
        reason="charged_back",
        on=charged_back.on,
        kind="chargeback",
        fee_minor=charged_back.fee_minor,
    )
    return await _take_back(actor, payment_id, back, charged_back.amount_minor)


async def take_refund(actor: Actor, payment_id: UUID, refunded: Refunded) -> UUID:
    """Book a refund through the processor, which keeps its fee; gives the id of the payment that takes it back. What a
    surplus covers comes out of that, and nothing else goes back. Else of a part all of it goes back, and the rest is
    received again.

    Raises:
        NotFound: there is no such payment here.
    """
    back = Back(external_id=refunded.refund_id, reason="refunded", on=refunded.on, kind="refund")
    return await _take_back(actor, payment_id, back, refunded.amount_minor)


async def chargeback_won(actor: Actor, payment_id: UUID, won: Won) -> UUID:
    """Book that the money of a chargeback came back: received anew on the case as it stands now, after our own loss is
    made good; the fee of the chargeback stays paid. Gives the new payment's id.

    Raises:
        NotFound: there is no such payment here.
        Refused: the chargeback is not booked yet. The processor tells of things in any order: come again.
    """
    missing = Refused(N_("This chargeback is not booked yet."), code="not_charged_back")
    return await _come_again(actor, payment_id, won.chargeback_id, f"{won.chargeback_id} won", won, missing)


async def refund_failed(actor: Actor, payment_id: UUID, refunded: Refunded) -> UUID:
    """Book that a refund came back, which the payer's bank did not take: received anew on the case as it stands now.
    Gives the new payment's id.

    Raises:
        NotFound: there is no such payment here.
        Refused: the refund is not booked.
    """
    missing = Refused(N_("This refund is not booked yet."), code="not_refunded")
    return await _come_again(actor, payment_id, refunded.refund_id, f"{refunded.refund_id} failed", refunded, missing)


async def payment_of(actor: Actor, external_id: str) -> UUID | None:
    """The payment that was booked for one of the processor's objects."""
    found: UUID | None = await sql_value(
        "select p.id from journals j join payments p on p.agency_id = j.agency_id and p.journal_id = j.id"
        " where j.agency_id = $1 and j.source = 'payment' and j.external_id = $2",
        *(actor.agency_id, external_id),
    )
    return found


async def _booked(actor: Actor, external_id: str, payment: Payment) -> UUID | None:
    """The payment that was booked for an object, or the charge's where all of it was our loss, made it good, or came out
    of a surplus."""
    found = await payment_of(actor, external_id)
    if found is not None:
        return found
    ours = [*(of_charge(payment.charge_id, external_id, what) for what in ("loss", "ours")), f"{external_id} surplus"]
    known = await sql(
        "select from journals where agency_id = $1 and source = $2 and external_id = any($3)",
        *(actor.agency_id, SOURCE, ours),
    )
    return payment.id if known else None


async def _held(actor: Actor, payment_id: UUID) -> tuple[Payment, CaseFile]:
    """A payment and its case, whose row is locked."""
    payment = await load_payment(actor, payment_id)
    return payment, await load_case(actor, payment.case_id, lock=True)


async def _take_back(actor: Actor, payment_id: UUID, back: Back, amount_minor: int) -> UUID:
    """Let go back what the books still have of a charge. What the processor took beyond it had been paid out to the
    debtor before, and is our loss; what it left of it is received again."""
    actor.require("payments.record")
    payment, case = await _held(actor, payment_id)
    booked = await _booked(actor, back.external_id, payment)
    if booked is not None:
        return booked
    standing = await _standing(actor, payment)
    if back.kind == "refund":
        refunded = Refunded(refund_id=back.external_id, amount_minor=amount_minor, on=back.on)
        if await refund_surplus(actor, case, standing, refunded):
            return payment.id
    gone: list[UUID] = []
    for number, part in enumerate(standing, start=1):
        named = back if number == 1 else Back(
            external_id=f"{back.external_id} {number}", reason=back.reason, on=back.on, kind=back.kind
        )  # fmt: skip
        gone.append(await _go_back(actor, case, await load_payment(actor, part), named))
        case = await load_case(actor, case.id)
    fee = 0 if gone else back.fee_minor  # with what goes back it is booked there
    beyond = amount_minor + back.fee_minor - fee - await given_back(actor, gone)
    if beyond > 0:
        await lose(actor, case, payment, back.external_id, back.on, beyond, fee)
    elif beyond < 0:
        rest = await _of(actor, payment, -beyond, back.on)
        await _take(actor, case, rest, f"{back.external_id} rest", released_on=payment.release_on)
    return gone[0] if gone else payment.id


async def _go_back(actor: Actor, case: CaseFile, payment: Payment, back: Back) -> UUID:
    """Undo a payment on the day it went back, or as near to it as the books allow."""
    today = await agency_day(actor)
    day = min(max(back.on, payment.received_on), today)
    try:
        async with savepoint():
            return await go_back(actor, case, payment, replace(back, on=day))
    except Refused:
        return await go_back(actor, await load_case(actor, case.id), payment, replace(back, on=today))


async def _standing(actor: Actor, payment: Payment) -> Sequence[UUID]:
    """The payments of a charge that nobody took back; those made of its suspended part go back with them."""
    rows = await sql(
        "select p.id from payments p where p.agency_id = $1 and p.case_id = $2 and p.reverses is null"
        " and p.suspense_id is null and (p.id = $3 or p.charge_id = $4 and p.charge_id <> '')"
        " and not exists (select from payments r where r.agency_id = p.agency_id and r.reverses = p.id) order by p.id",
        *(actor.agency_id, payment.case_id, payment.id, payment.charge_id),
    )
    return [row["id"] for row in rows]


async def _come_again(
    actor: Actor, payment_id: UUID, gone: str, external_id: str, came: Won | Refunded, missing: Refused
) -> UUID:
    """Receive anew what had gone back under ``gone``, after our own loss of its charge is made good: whichever of a refund and
    a chargeback comes again first, the debtor was paid back by the other."""
    actor.require("payments.record")
    payment, case = await _held(actor, payment_id)
    booked = await _booked(actor, external_id, payment)
    if booked is not None:
        return booked
    if await _booked(actor, gone, payment) is None:
        raise missing
    ours = min(came.amount_minor, await lost(actor, payment.charge_id))
    if ours:
        again, day = of_charge(payment.charge_id, external_id, "ours"), await not_before(actor, case, came.on)
        lines = [mirrored(line) for line in processor_cost(5010, ours, payment.currency)]
        await post_once(actor, again, MADE_GOOD, day, lines)
    if came.amount_minor == ours:
        return payment.id
    return await _take(actor, case, await _of(actor, payment, came.amount_minor - ours, came.on), external_id)


async def _of(actor: Actor, payment: Payment, amount_minor: int, on: date) -> Charged:
    """Money of a charge that is received anew: the processor has kept its fee already."""
    return Charged(
        charge_id=payment.charge_id,
        amount_minor=amount_minor,
        currency=payment.currency,
        fee_minor=0,
        received_on=on,
        channel=payment.channel,
        payer=payment.payer,
        named=await named_for(actor, payment.id),
    )


async def _take(
    actor: Actor, case: CaseFile, charged: Charged, external_id: str, *, released_on: date | None = None
) -> UUID:
    """Book processor money on the day it came, else today, else in suspense on the case."""
    today = await agency_day(actor)
    charge = Charge(charged.charge_id, charged.fee_minor)
    for day in dict.fromkeys((min(max(charged.received_on, case.placed_on), today), today)):
        try:
            async with savepoint():
                split = await divide(actor, case, charged.amount_minor, day, charged.channel)
                released = _released(split, released_on)
                split = replace(split, charge=charge, released_on=released, named=charged.named)
                return await take(actor, split, external_id, payer=charged.payer)
        except Refused:
            continue
    split = await _unbooked(actor, case, charged, today)
    return await take(actor, replace(split, charge=charge), external_id, payer=charged.payer)


def _released(split: Split, released_on: date | None) -> date | None:
    return None if released_on is None else max(released_on, split.received_on)


async def _unbooked(actor: Actor, case: CaseFile, charged: Charged, day: date) -> Split:
    """Money of which the claim can take nothing as things are: all of it waits."""
    return Split(
        case=case,
        client=await load_client(actor, case.client_id),
        amount_minor=charged.amount_minor,
        received_on=day,
        channel=charged.channel,
        allocation=Allocation(Parts(), 0),
        fee=_no_fee(case, day),
        held_minor=charged.amount_minor,
        why_held="unbooked",
    )


def _no_fee(case: CaseFile, day: date) -> Fee:
    facts = Facts(
        currency=case.currency,
        placed_minor=case.placed_minor,
        placed_on=case.placed_on,
        oldest_due_on=case.oldest_due_on,
        received_on=day,
        parts=Parts(),
        stage=case.stage,
    )
    return compute(Agreement(rules=(flat(Decimal(0), tuple(Component)),), version=0), facts)
