"""The steps of a refund: approved by another person, declined, booked as paid. Its page is that of the money it is of."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.bank.choosing import chosen_account
from billing.refunds.decide import approve, decline
from billing.refunds.pay import pay
from billing.refunds.register import load_refund
from billing.remittance.proof import Proof
from billing.remittance.proving import proving
from billing.surplus.routes import show_surplus
from billing.suspense.register import load_suspended
from billing.suspense.routes import show_suspended
from portal.errors import Refused
from portal.pages.forms import read_form
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs

Page = Response[Any]


@post("/refunds/{money_refund_id:uuid}/approval", guards=[needs("remittances.approve")])
async def give_approval(request: PageRequest, actor: NamedDependency[Actor], money_refund_id: FromPath[UUID]) -> Page:
    """Approve a refund that somebody else asked for, with a proof."""
    form = await read_form(request)

    async def act(proof: Proof, secret_key: str) -> None:
        await approve(actor, money_refund_id, proof, secret_key)

    told = N_("Approved. It can be paid now, from the day that is shown.")
    return await _step(request, actor, money_refund_id, proving(request, actor, form, act), told)


@post("/refunds/{money_refund_id:uuid}/refusal", guards=[needs("payments.record")])
async def say_no(request: PageRequest, actor: NamedDependency[Actor], money_refund_id: FromPath[UUID]) -> Page:
    """Say no to a refund, or take it back."""
    not_carried_out = (await read_form(request)).flag("not_carried_out")
    told = N_("Nothing is paid. The money stays where it is.")
    act = decline(actor, money_refund_id, not_carried_out=not_carried_out)
    return await _step(request, actor, money_refund_id, act, told)


@post("/refunds/{money_refund_id:uuid}/payment", guards=[needs("payments.record")])
async def confirm(request: PageRequest, actor: NamedDependency[Actor], money_refund_id: FromPath[UUID]) -> Page:
    """Book that it was paid."""
    form = await read_form(request)
    reference = form.text("reference", limit=140)

    async def act() -> None:
        currency = (await load_refund(actor, money_refund_id)).currency
        account_id = await chosen_account(actor, form.id("bank_account"), currency)
        await pay(actor, money_refund_id, form.day("paid_on"), reference, account_id)

    told = N_("Booked. The money went back.")
    return await _step(request, actor, money_refund_id, act(), told, lock=True, **form.values())


async def _step(
    request: PageRequest,
    actor: Actor,
    refund_id: UUID,
    what: Awaitable[None],
    told: str,
    *,
    lock: bool = False,
    **values: str,
) -> Page:
    try:
        await what
    except Refused as error:
        refund = await load_refund(actor, refund_id)
        if refund.payment_id is not None:
            return await show_surplus(request, actor, refund.payment_id, error, **values)
        assert refund.suspense_id is not None
        return await show_suspended(
            request, actor, await load_suspended(actor, refund.suspense_id), error=error, **values
        )
    return redirect(request, (await load_refund(actor, refund_id)).url, told, lock=lock)


ROUTES = [give_approval, say_no, confirm]
