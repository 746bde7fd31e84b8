"""What was paid too much is asked to be paid back to the debtor (event 13); from there on it is a refund like any other."""

from typing import Final
from uuid import UUID

from billing.bank_details.account import Account, checked
from billing.payments.register import load_payment
from billing.refunds.ask import keep_request
from billing.spoken import Spoken
from billing.surplus.left import surplus_left
from billing.unclaimed.claimed import claimed
from cases.casework import load_case
from portal.errors import NotFound, Refused
from portal.pages.formats import money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql_value

SOURCE: Final = "surplus"
"""The source of journals by which surplus leaves T2030 without the processor."""

CARD_FAILED: Final = """
select exists (select from card_refunds r join card_payments c on c.agency_id = r.agency_id and c.id = r.card_payment_id
               where r.agency_id = $1 and c.charge_id = $2 and r.status = 'failed')
"""


async def ask_to_refund(actor: Actor, payment_id: UUID, amount_minor: int | None, payee: Account) -> UUID:
    """Ask that a payment's surplus is paid to somebody, at an account that is named; gives the refund's id.

    Raises:
        NotFound: there is no such payment here.
        Refused: so much is not there, a refund is under way, the account cannot be right, or the processor has the
            money and was not asked yet to give it back to the card.
    """
    actor.require("payments.record")
    payment = await load_payment(actor, payment_id)
    case = await load_case(actor, payment.case_id, lock=True)
    account = checked(payee)
    if account.currency != payment.currency:
        raise NotFound
    left = await surplus_left(actor, payment.id)
    if left.asked_minor:
        raise Refused(N_("A refund of this money is under way already."), code="under_way")
    if amount_minor is None or not 0 < amount_minor <= left.free_minor:
        raise Refused(
            N_("Of this payment %(left)s is kept for the debtor."),
            field="amount",
            code="over_what_is_left",
            left=Spoken(money, left.free_minor, payment.currency),
        )
    if payment.charge_id and not await sql_value(CARD_FAILED, actor.agency_id, payment.charge_id):
        raise Refused(
            N_("It was paid through the processor, and goes back the same way: ask to refund it there."),
            code="by_processor",
        )
    await claimed(actor, payment_id=payment.id)
    refund = await keep_request(
        actor, account, amount_minor, client_id=case.client_id, case_id=case.id, payment_id=payment.id
    )
    return refund.id
