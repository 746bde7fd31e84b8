"""Pages of what debtors paid too much: the list, and one payment's, which is paid back by two or pays another claim."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.bank.choosing import trust_accounts
from billing.bank_details.account import Account
from billing.bank_details.register import FIELDS
from billing.cards.refunds import ask_for_refund
from billing.payments.register import load_payment
from billing.refunds.held import held_of
from billing.refunds.register import refunds_of_surplus
from billing.refunds.shown import ended, file_name_of, proof_of, under_way, untold_of
from billing.refunds.telling import BEFORE_TEXTS, TOLD_TEXTS
from billing.surplus.refund import CARD_FAILED, ask_to_refund
from billing.surplus.register import Surplus, list_surplus, load_surplus, sums
from billing.surplus.to_case import other_claims, pay_other_claim
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.money import decimal_string
from portal.pages.forms import Typed, read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.attempts import TooManyAttempts
from portal.people.guards import needs
from portal.people.routes.browser import shown
from portal.tenancy.database import sql_value

Page = Response[Any]

AT_PROCESSOR: Final = "select id from card_payments where agency_id = $1 and charge_id = $2"


@get("/surplus", guards=[needs("payments.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """What is owed to debtors, the oldest first."""
    pieces, more = await list_surplus(actor, id_in(request.query_params.get("after")))
    return render(
        request, "billing/surplus/list.html", block="rows",
        pieces=pieces, following=pieces[-1].payment_id if more else None, sums=await sums(actor),
        today=await agency_day(actor), link=narrowed(request),
    )  # fmt: skip


@get("/surplus/{payment_id:uuid}", guards=[needs("payments.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], payment_id: FromPath[UUID]) -> Page:
    """What was too much of one payment, and what becomes of it."""
    return await show_surplus(request, actor, payment_id)


async def show_surplus(
    request: PageRequest, actor: Actor, payment_id: UUID, error: Refused | None = None, **values: str
) -> Page:
    """The page of a payment's surplus, with what a form on it was refused for."""
    piece = await load_surplus(actor, payment_id)
    payment = await load_payment(actor, payment_id)
    refunds = await refunds_of_surplus(actor, payment_id)
    way = await _way_back(actor, piece)
    free = decimal_string(piece.free_minor, piece.currency) if piece.free_minor > 0 else ""
    today = await agency_day(actor)
    status = 429 if isinstance(error, TooManyAttempts) else 422 if error else 200
    return render(
        request, "billing/surplus/show.html", status=status,
        piece=piece, payment=payment, under_way=under_way(refunds), refunds=ended(refunds), by_card=way == "card", today=today,
        claims=await other_claims(actor, piece.case_id) if piece.free_minor > 0 else [],
        proof=await proof_of(actor, refunds), untold=await untold_of(actor, refunds),
        held=await held_of(actor, refunds), file_name=await file_name_of(actor, refunds), before_texts=BEFORE_TEXTS, told_texts=TOLD_TEXTS, errors=shown(error),
        trust_accounts=await trust_accounts(actor, piece.currency),
        values=Typed({"amount": free, "holder": payment.payer, "paid_on": today.isoformat(), "token": str(new_id()), **values}),
    )  # fmt: skip


async def _way_back(actor: Actor, piece: Surplus) -> str:
    """How it may be paid back: by the processor that has it, unless a refund there failed already."""
    if piece.charge_id and not await sql_value(CARD_FAILED, actor.agency_id, piece.charge_id):
        return "card"
    return "bank"


@post("/surplus/{payment_id:uuid}/refunds", guards=[needs("payments.record")])
async def ask(request: PageRequest, actor: NamedDependency[Actor], payment_id: FromPath[UUID]) -> Page:
    """Ask that it is paid back to an account."""
    form = await read_form(request)
    piece = await load_surplus(actor, payment_id)
    typed = {name: form.text(name, limit=200) for name in FIELDS if name != "currency"}
    try:
        minor = form.amount("amount", piece.currency)
        await ask_to_refund(actor, payment_id, minor, Account(currency=piece.currency, **typed))
    except Refused as error:
        return await show_surplus(request, actor, payment_id, error, **form.values())
    return redirect(request, f"/surplus/{payment_id}", N_("Asked for. Somebody else approves it now."))


@post("/surplus/{payment_id:uuid}/card-refund", guards=[needs("payments.record")])
async def ask_processor(request: PageRequest, actor: NamedDependency[Actor], payment_id: FromPath[UUID]) -> Page:
    """Ask that the processor gives it back to the card."""
    form = await read_form(request)
    piece = await load_surplus(actor, payment_id)
    paid: UUID | None = await sql_value(AT_PROCESSOR, actor.agency_id, piece.charge_id) if piece.charge_id else None
    if paid is None:
        raise NotFound
    try:
        minor = form.amount("amount", piece.currency)
        if minor is not None and minor > piece.free_minor:
            raise Refused(N_("More than was paid too much."), field="amount", code="over_what_is_left")
        await ask_for_refund(actor, paid, minor, form.text("reason", limit=500), form.needed_id("token"))
    except Refused as error:
        return await show_surplus(request, actor, payment_id, error, **form.values())
    return redirect(request, f"/card-payments/{paid}", N_("Asked. Somebody else approves it now."))


@post("/surplus/{payment_id:uuid}/other-claim", guards=[needs("payments.record")])
async def use(request: PageRequest, actor: NamedDependency[Actor], payment_id: FromPath[UUID]) -> Page:
    """Use it on another claim of the debtor."""
    form = await read_form(request)
    piece, case_id = await load_surplus(actor, payment_id), form.id("case")
    try:
        if case_id is None:
            raise Refused(N_("Please choose the case."), field="case", code="missing")
        paid = await pay_other_claim(
            actor, payment_id, case_id, form.amount("amount", piece.currency), form.needed_id("token")
        )
    except Refused as error:
        return await show_surplus(request, actor, payment_id, error, **form.values())
    return redirect(request, f"/payments/{paid}", N_("Booked to the other case."), lock=True)


ROUTES = [index, show, ask, ask_processor, use]
