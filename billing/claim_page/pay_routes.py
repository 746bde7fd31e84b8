"""The debtor pays: how much, in which way, by card, and what became of it.

The pages that ask the processor run outside of the request's transaction, and open short ones of their own before and
after: nothing is locked, and no connection is held, while somebody else thinks.
"""

from contextlib import suppress
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency

from billing.bank_details.instructions import FIELD_TEXTS, Instructions, instructions_for
from billing.cards.accounts import offered_by
from billing.cards.attempts import Attempt, attempt_of, under_way
from billing.cards.browser import element
from billing.cards.intents import begin, confirm, least_payable, look_again, payable, secret_of
from billing.cards.intents import give_up as give_up_attempt
from billing.cards.objects import Given
from billing.cards.tables import CardStatus
from billing.cards.words import failure_text
from cases.casework import CaseFile
from cases.claim_page.overview import own_case
from cases.claim_page.pages import claim_render
from cases.invoices.naming import named_invoice
from cases.invoices.register import standing_of
from portal.errors import NotFound, Refused, Unanswered
from portal.identity import new_id
from portal.money import decimal_string
from portal.pages.forms import Form, Typed, read_form
from portal.pages.links import id_in
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes
from portal.people.guards import needs
from portal.people.routes.browser import SMALL_FORM, sender_of, settings_of, shown
from portal.tenancy.database import transaction

PAY: Final = needs("claim.pay")
APART: Final = {"apart": True}


@get("/claim/pay", guards=[PAY])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """How much, and in which way; ``amount`` in minor units is what is asked for first."""
    case = await own_case(actor)
    most = await _payable(actor, case)
    asked = request.query_params.get("amount", "")
    wanted = min(int(asked), most) if asked.isascii() and asked.isdigit() and len(asked) < 16 else most
    return await _amount_page(request, actor, case, Form({"amount": decimal_string(wanted, case.currency)}))


@get("/claim/pay/card", guards=[PAY])
async def card(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The card form for the amount that was typed."""
    case = await own_case(actor)
    query = request.query_params
    form = Form({"amount": query.get("amount", ""), "invoice": query.get("invoice", ""), "token": str(new_id())})
    try:
        await named_invoice(actor, case, form.id("invoice"))
        await _check_amount(actor, case, form)
    except Refused as refusal:
        return await _amount_page(request, actor, case, form, refusal)
    return await _card_page(request, actor, case, form)


@post("/claim/pay/card", guards=[PAY], opt=APART, request_max_body_size=SMALL_FORM)
async def take(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Take the money: once for a form, however often it is sent."""
    form = await read_form(request)
    token, method = form.needed_id("token"), form.text("method", limit=200)
    try:
        async with transaction(actor.scope):
            case = await own_case(actor)
            amount = await _check_amount(actor, case, form)
            if not method:
                raise Refused(N_("The card could not be read. Please type it again."), code="no_method")
            begun = await begin(actor, amount, token, again=form.flag("again"), invoice_id=form.id("invoice"))
        with suppress(Unanswered):  # what became of it is asked again by the page that follows, and by the sweep
            sender = sender_of(request)
            await confirm(actor, begun, Given(method, form.text("kind", limit=40), sender.address, sender.user_agent))
    except Refused as refusal:
        async with transaction(actor.scope, read_only=True):
            return await _card_page(request, actor, await own_case(actor), form, refusal)
    return redirect(request, f"/claim/pay/result?payment={begun.id}")


@get("/claim/pay/result", guards=[PAY], opt=APART)
async def result(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What became of a payment: asked of the processor now, where it is not known for good."""
    card_payment_id = id_in(request.query_params.get("payment"))
    if card_payment_id is None:
        raise NotFound
    async with transaction(actor.scope, read_only=True):
        attempt = await attempt_of(actor, card_payment_id)
    secret, silent = "", False
    try:
        attempt = await look_again(actor, attempt)
        if attempt.status is CardStatus.NEEDS_ACTION and attempt.intent_id:
            secret = await secret_of(actor, attempt)
    except Unanswered:
        silent = True
    async with transaction(actor.scope, read_only=True):
        return await _result_page(request, actor, attempt, secret, silent=silent)


@post("/claim/pay/give-up", guards=[PAY], opt=APART, request_max_body_size=SMALL_FORM)
async def give_up(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Give a payment up that the debtor's bank wants confirmed, to pay in another way."""
    form = await read_form(request)
    card_payment_id = form.id("payment")
    if card_payment_id is None:
        raise NotFound
    await give_up_attempt(actor, card_payment_id)
    return redirect(request, f"/claim/pay/result?payment={card_payment_id}")


async def _payable(actor: Actor, case: CaseFile) -> int:
    async with with_the_agencys_eyes(actor) as portal:
        return await payable(portal, case)


async def _check_amount(actor: Actor, case: CaseFile, form: Form) -> int:
    """The amount typed.

    Raises:
        Refused: it is none, too small, or more than may be paid.
    """
    amount, most = form.amount("amount", case.currency), await _payable(actor, case)
    if amount is None:
        raise Refused(N_("Please fill this in."), field="amount", code="missing")
    if amount > most:
        raise Refused(N_("Not more than is owed."), field="amount", code="out_of_range")
    if amount < least_payable(case.currency, most):
        raise Refused(N_("This is too little to be paid by card."), field="amount", code="out_of_range")
    return amount


async def _amount_page(
    request: PageRequest, actor: Actor, case: CaseFile, form: Form, refusal: Refused | None = None
) -> Response[Any]:
    async with with_the_agencys_eyes(actor) as portal:
        waits = await under_way(portal, case.id)
    return await claim_render(
        request, actor, "billing/claim/pay.html", status=422 if refusal else 200,
        case=case, most=await _payable(actor, case), cards=await offered_by(actor), waits=waits,
        values=Typed(form.values()), errors=shown(refusal), transfer=await _transfer(actor, case, form),
        field_texts=FIELD_TEXTS, to_choose=(await standing_of(actor, case)).to_choose,
    )  # fmt: skip


async def _transfer(actor: Actor, case: CaseFile, form: Form) -> Instructions | None:
    """How the amount typed, or all of it, is paid by transfer; None where the agency shows no account."""
    with suppress(Refused):
        return await instructions_for(actor, case, form.amount("amount", case.currency) or await _payable(actor, case))
    return await instructions_for(actor, case, await _payable(actor, case))


async def _card_page(
    request: PageRequest, actor: Actor, case: CaseFile, form: Form, refusal: Refused | None = None
) -> Response[Any]:
    cards = await offered_by(actor)
    if cards is None:
        return redirect(request, "/claim/pay")
    async with with_the_agencys_eyes(actor) as portal:
        waits = await under_way(portal, case.id)
    drawn = element(settings_of(request))
    values = Typed(form.values())
    amount = form.amount("amount", case.currency) if refusal is None or refusal.field != "amount" else None
    if amount is None:
        return await _amount_page(request, actor, case, form, refusal)
    return await claim_render(
        request, actor, "billing/claim/card.html", status=422 if refusal else 200,
        headers={"content-security-policy": drawn.policy},
        case=case, cards=cards, script=drawn.script, amount_minor=amount, waits=waits, values=values,
        errors=shown(refusal), refusal=refusal,
    )  # fmt: skip


async def _result_page(
    request: PageRequest, actor: Actor, attempt: Attempt, secret: str, *, silent: bool
) -> Response[Any]:
    drawn, cards = element(settings_of(request)), await offered_by(actor)
    return await claim_render(
        request, actor, "billing/claim/result.html", block="outcome", headers={"content-security-policy": drawn.policy},
        attempt=attempt, state=_state(attempt), silent=silent, secret=secret, cards=cards, script=drawn.script,
        failure=failure_text(attempt.failure_code), case=await own_case(actor),
    )  # fmt: skip


def _state(attempt: Attempt) -> str:
    """In one word what became of a payment, as the debtor cares for it."""
    if attempt.status is CardStatus.SUCCEEDED:
        return "paid"
    if attempt.status in (CardStatus.FAILED, CardStatus.CANCELLED):
        return attempt.status.value
    return "confirm" if attempt.status is CardStatus.NEEDS_ACTION else "waits"


ROUTES: list[Any] = [show, card, take, result, give_up]
