"""Pages of finance about the processor: attempts and their refunds, chargebacks, payouts."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.cards.chargebacks import DECISIONS, decide
from billing.cards.funding import fund, shortages
from billing.cards.methods import paid_with
from billing.cards.payouts import make_good, owed_to_trust
from billing.cards.refunds import RefundFile, approve_refund, ask_for_refund, decline_refund, load_refund, refunds_of
from billing.cards.register import (
    DISPUTE_TEXTS,
    DISPUTE_TONES,
    LINE_TEXTS,
    OVER,
    PROBLEM_TEXTS,
    REASON_TEXTS,
    REFUND_TEXTS,
    REFUND_TONES,
    STATUS_TEXTS,
    STATUS_TONES,
    for_a_person,
    list_attempts,
    list_chargebacks,
    list_payouts,
    load_attempt,
    load_payout,
)  # fmt: skip
from billing.remittance.proof import Asked, Proof, asked_of
from billing.remittance.proving import proving
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.forms import read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.attempts import TooManyAttempts
from portal.people.guards import needs
from portal.people.routes.browser import shown

Page = Response[Any]


@get("/card-payments", guards=[needs("payments.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """Every attempt to take money through the processor, the newest first; ``charge`` finds one."""
    charge = request.query_params.get("charge", "")[:100]
    rows, more = await list_attempts(actor, id_in(request.query_params.get("before")), charge)
    return render(
        request, "billing/cards/attempts.html", block="rows",
        attempts=rows, following=rows[-1]["id"] if more else None, link=narrowed(request), charge=charge,
        statuses=STATUS_TEXTS, tones=STATUS_TONES, paid_with=paid_with, trouble=await for_a_person(actor),
    )  # fmt: skip


@get("/card-payments/{card_payment_id:uuid}", guards=[needs("payments.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], card_payment_id: FromPath[UUID]) -> Page:
    """An attempt, and what of it was given back."""
    return await _show(request, actor, card_payment_id)


async def _show(
    request: PageRequest, actor: Actor, card_payment_id: UUID, error: Refused | None = None, **values: str
) -> Page:
    row = await load_attempt(actor, card_payment_id)
    refunds = await refunds_of(actor, card_payment_id)
    status = 429 if isinstance(error, TooManyAttempts) else 422 if error else 200
    return render(
        request, "billing/cards/attempt.html", status=status,
        paid=row, refunds=refunds, asked=await _asked(actor, refunds), errors=shown(error),
        values={"token": str(new_id()), **values},
        left_minor=row["amount_minor"] - row["refunded_minor"], statuses=STATUS_TEXTS, tones=STATUS_TONES,
        refund_texts=REFUND_TEXTS, refund_tones=REFUND_TONES, problems=PROBLEM_TEXTS, paid_with=paid_with,
    )  # fmt: skip


async def _asked(actor: Actor, refunds: list[RefundFile]) -> Asked | None:
    """What the actor would prove themselves with, where a refund waits for their word."""
    waits = any(refund.status == "asked" and refund.asked_by != actor.user_id for refund in refunds)
    return await asked_of(actor) if waits and actor.may("remittances.approve") else None


@post("/card-payments/{card_payment_id:uuid}/refunds", guards=[needs("payments.record")])
async def ask(request: PageRequest, actor: NamedDependency[Actor], card_payment_id: FromPath[UUID]) -> Page:
    """Ask for a refund."""
    form = await read_form(request)
    row = await load_attempt(actor, card_payment_id)
    try:
        minor, reason = form.amount("amount", row["currency"]), form.text("reason", limit=500)
        await ask_for_refund(actor, card_payment_id, minor, reason, form.needed_id("token"))
    except Refused as error:
        return await _show(request, actor, card_payment_id, error, **form.values())
    return redirect(request, f"/card-payments/{card_payment_id}", N_("Asked. Somebody else approves it now."))


@post("/card-refunds/{refund_id:uuid}/approval", guards=[needs("remittances.approve")])
async def give_approval(request: PageRequest, actor: NamedDependency[Actor], refund_id: FromPath[UUID]) -> Page:
    """Approve a refund that somebody else asked for, with a proof."""
    form = await read_form(request)
    refund = await load_refund(actor, refund_id)

    async def act(proof: Proof, secret_key: str) -> None:
        await approve_refund(actor, refund_id, proof, secret_key)

    try:
        await proving(request, actor, form, act)
    except Refused as error:
        return await _show(request, actor, refund.card_payment_id, error)
    told = N_("Approved. It is sent now.")
    return redirect(request, f"/card-payments/{refund.card_payment_id}", told, lock=True)


@post("/card-refunds/{refund_id:uuid}/refusal", guards=[needs("payments.record")])
async def decline(request: PageRequest, actor: NamedDependency[Actor], refund_id: FromPath[UUID]) -> Page:
    """Say no to a refund."""
    refund = await load_refund(actor, refund_id)
    try:
        await decline_refund(actor, refund_id)
    except Refused as error:
        return await _show(request, actor, refund.card_payment_id, error)
    return redirect(request, f"/card-payments/{refund.card_payment_id}", N_("Declined. Nothing is paid back."))


@get("/chargebacks", guards=[needs("payments.read")])
async def chargebacks(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """Every chargeback, the newest first."""
    return await _chargebacks(request, actor)


async def _chargebacks(request: PageRequest, actor: Actor, error: Refused | None = None) -> Page:
    rows, more = await list_chargebacks(actor, id_in(request.query_params.get("before")))
    return render(
        request, "billing/cards/chargebacks.html", block=None if error else "rows", status=422 if error else 200,
        chargebacks=rows, following=rows[-1]["id"] if more else None, link=narrowed(request), errors=shown(error),
        texts=DISPUTE_TEXTS, tones=DISPUTE_TONES, reasons=REASON_TEXTS, decisions=DECISIONS, over=OVER,
        problems=PROBLEM_TEXTS,
    )  # fmt: skip


@post("/chargebacks/{chargeback_id:uuid}/decision", guards=[needs("payments.record")])
async def decide_chargeback(request: PageRequest, actor: NamedDependency[Actor], chargeback_id: FromPath[UUID]) -> Page:
    """Note what was decided."""
    form = await read_form(request)
    try:
        await decide(actor, chargeback_id, form.text("decision", limit=20))
    except Refused as error:
        return await _chargebacks(request, actor, error)
    return redirect(request, "/chargebacks", N_("Noted."))


@get("/payouts", guards=[needs("payments.read")])
async def payouts(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """What the processor paid to the trust account, the newest first."""
    return await _payouts(request, actor)


async def _payouts(request: PageRequest, actor: Actor, error: Refused | None = None) -> Page:
    rows, more = await list_payouts(actor, id_in(request.query_params.get("before")))
    return render(
        request, "billing/cards/payouts.html", block=None if error else "rows", status=422 if error else 200,
        payouts=rows, following=rows[-1]["id"] if more else None, link=narrowed(request), errors=shown(error),
        short=await shortages(actor), today=await agency_day(actor), token=new_id(),
    )  # fmt: skip


@post("/payouts/funding", guards=[needs("payments.record")])
async def fund_it(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """Book that the agency paid the processor what it was short of."""
    form = await read_form(request)
    currency, token = form.text("currency", limit=3), form.needed_id("token")
    try:
        await fund(actor, currency, form.amount("amount", currency), form.day("paid_on"), token)
    except Refused as error:
        return await _payouts(request, actor, error)
    return redirect(request, "/payouts", N_("Booked. The processor has what it was short of."), lock=True)


@get("/payouts/{payout_id:uuid}", guards=[needs("payments.read")])
async def show_payout(request: PageRequest, actor: NamedDependency[Actor], payout_id: FromPath[UUID]) -> Page:
    """A payout: what it is made of, and the fees to be made good."""
    return await _show_payout(request, actor, payout_id)


async def _show_payout(request: PageRequest, actor: Actor, payout_id: UUID, error: Refused | None = None) -> Page:
    payout, lines = await load_payout(actor, payout_id)
    return render(
        request, "billing/cards/payout.html", status=422 if error else 200,
        payout=payout, lines=lines, kinds=LINE_TEXTS, errors=shown(error), today=await agency_day(actor),
        owed_minor=await owed_to_trust(actor, payout["currency"]),
    )  # fmt: skip


@post("/payouts/{payout_id:uuid}/fees", guards=[needs("payments.record")])
async def top_up_fees(request: PageRequest, actor: NamedDependency[Actor], payout_id: FromPath[UUID]) -> Page:
    """Book that the agency paid the fees to the trust account."""
    form = await read_form(request)
    try:
        await make_good(actor, payout_id, form.day("paid_on"))
    except Refused as error:
        return await _show_payout(request, actor, payout_id, error)
    return redirect(request, f"/payouts/{payout_id}", N_("Booked. The trust account has its fees back."), lock=True)


ROUTES = [
    index, show, ask, give_approval, decline, chargebacks, decide_chargeback, payouts, show_payout, top_up_fees, fund_it,
]  # fmt: skip
