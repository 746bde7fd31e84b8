"""A person takes a payment back: the bank returned it, or it was a mistake."""

from datetime import date
from typing import Final
from uuid import UUID

from billing.bank.matching.waiting import line_waits
from billing.payments.going_back import Back, go_back
from billing.payments.register import Payment, load_payment
from billing.spoken import Spoken
from cases.casework import load_case
from portal.errors import Refused
from portal.pages.formats import date_full
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day

BY_HAND: Final = {
    "returned_by_bank": N_("The bank took it back"),
    "cheque_bounced": N_("The cheque bounced"),
    "wrong_case": N_("Booked to the wrong case"),
    "wrong_amount": N_("Booked with the wrong amount"),
    "not_received": N_("It never came"),
}
"""Why a person takes a payment back."""

LEFT: Final = frozenset({"returned_by_bank", "cheque_bounced"})
"""The money is not in the bank any more; else, where a bank line brought it, it still is, and waits in suspense."""

REASONS: Final = {
    **BY_HAND,
    "charged_back": N_("The payer had their bank take it back (chargeback)"),
    "refunded": N_("Paid back to the payer"),
}
"""Why money went back."""


async def reverse(actor: Actor, payment_id: UUID, reason: str, received_on: date | None) -> UUID:
    """Take a payment back on a day; gives the id of the payment that reverses it, also when it was reversed before.

    Earlier fees are never opened again: exactly the stored fee goes back. A remittance run that holds the payment and is
    not approved yet becomes a draft again, worked out anew; after an approved one the client owes what it was paid.

    Raises:
        NotFound: there is no such payment here.
        Refused: it is itself a reversal, the processor has it, the reason is unknown or the day will not do.
    """
    actor.require("payments.record")
    case = await load_case(actor, (await load_payment(actor, payment_id)).case_id, lock=True)
    payment = await load_payment(actor, payment_id)
    if payment.reversed_by is not None:
        return payment.reversed_by
    if payment.reverses is not None:
        raise Refused(N_("This is itself money that went back."), code="is_reversal")
    if payment.is_fee_alone:
        raise Refused(
            N_("It goes back by itself, with the last payment of the case that it was charged for."), code="fee_alone"
        )
    if payment.kept_of is not None:
        raise Refused(N_("Banks kept this of another payment: it goes back with that one."), code="kept_of")
    if payment.charge_id:
        raise Refused(
            N_("The payment processor has this money: it goes back by a refund there, or by a chargeback."),
            code="by_processor",
        )
    if reason not in BY_HAND:
        raise Refused(N_("Please choose why."), field="reason", code="missing")
    back = Back(external_id=f"{payment.id} back", reason=reason, on=await _day(actor, payment, received_on))
    reversal_id = await go_back(actor, case, payment, back)
    if reason not in LEFT:
        await line_waits(actor, payment.journal_id, back.on)
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
