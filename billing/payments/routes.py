"""Pages of finance: the payments, recording one with its split shown before, and taking one back."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from billing.bank.choosing import chosen_account, trust_accounts
from billing.bank.matching.register import line_of
from billing.fees.wording import COMPONENTS
from billing.notices.standing import sentence, standing
from billing.payments.export import payments_sheet
from billing.payments.finding import find_cases
from billing.payments.journals import lines
from billing.payments.reaching import reached_by, would_reach
from billing.payments.receipts import record
from billing.payments.register import CHANNEL_TEXTS, Filters, list_payments, load_payment
from billing.payments.returns import BY_HAND as BACK_BY_HAND
from billing.payments.returns import reverse
from billing.payments.split import BY_HAND, Split, preview
from billing.receipts.register import receipt_of
from billing.receipts.words import MAIL_TEXTS
from cases.casework import CaseFile, load_case
from cases.choices import clients
from cases.clients import load_client
from cases.invoices.register import standing_of
from portal.errors import Refused
from portal.identity import new_id
from portal.ledger.accounts import CHART
from portal.ledger.journal import lines_of
from portal.pages.forms import Form, read_form
from portal.pages.links import files, id_in, narrowed
from portal.pages.rendering import render, wants_fragment
from portal.pages.sheet import hand_out
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown


@get("/payments", guards=[needs("payments.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Every payment, the last recorded first."""
    filters = _filters(request)
    payments, more = await list_payments(actor, filters, id_in(request.query_params.get("before")))
    return render(
        request, "billing/payments.html", block="rows",
        payments=payments, following=payments[-1].id if more else None, filters=filters, link=narrowed(request),
        clients=await clients(actor),
        channels=CHANNEL_TEXTS, files=files(request), notices=await standing(actor), notice_text=sentence,
        case=await load_case(actor, filters.case_id) if filters.case_id else None,
    )  # fmt: skip


@get(["/payments.csv", "/payments.xlsx"], guards=[needs("payments.read")])
async def export(request: PageRequest, actor: NamedDependency[Actor]) -> Stream:
    """The payments of the list as a file."""
    return await hand_out(request, actor, payments_sheet(actor, _filters(request)), "payments.exported")


@get("/payments/new", guards=[needs("payments.record")])
async def new(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form: first the case, then the money."""
    case_id = id_in(request.query_params.get("case"))
    if case_id is None:
        asked = request.query_params.get("q", "")
        found = await find_cases(actor, asked)
        return render(request, "billing/payment_case.html", block="found", asked_for=asked, found=found)
    case = await load_case(actor, case_id)
    return await _form(request, actor, case, Form({"received_on": (await agency_day(actor)).isoformat()}))


@post("/payments/check", guards=[needs("payments.record")])
async def check(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """How the payment would be divided. Writes nothing."""
    form = await read_form(request)
    case = await load_case(actor, form.needed_id("case"))
    try:
        return await _form(request, actor, case, form, split=await _preview(actor, case, form))
    except Refused as error:
        return await _form(request, actor, case, form, error=error)


@post("/payments", guards=[needs("payments.record")])
async def create(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Record and post a payment whose split was shown."""
    form = await read_form(request)
    case = await load_case(actor, form.needed_id("case"))
    try:
        payment_id = await record(
            actor, case.id, form.amount("amount", case.currency), form.day("received_on"), form.text("channel"),
            form.text("reference", limit=140), form.text("payer", limit=140),
            token=form.needed_id("token"), surplus_agreed=form.flag("surplus_agreed"), shown=form.text("shown"),
            bank_account_id=await chosen_account(actor, form.id("bank_account"), case.currency),
            invoice_id=form.id("invoice"),
        )  # fmt: skip
    except Refused as error:
        return await _form(request, actor, case, form, split=await _try_preview(actor, case, form), error=error)
    return redirect(
        request, f"/payments/{payment_id}", N_("Payment posted. It cannot be deleted, only taken back."), lock=True
    )


@get("/payments/{payment_id:uuid}", guards=[needs("payments.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], payment_id: FromPath[UUID]) -> Response[Any]:
    """One payment: its parts, its fee and why, its journal."""
    return await _payment_page(request, actor, payment_id)


@post("/payments/{payment_id:uuid}/reversal", guards=[needs("payments.record")])
async def take_back(request: PageRequest, actor: NamedDependency[Actor], payment_id: FromPath[UUID]) -> Response[Any]:
    """Take a payment back."""
    form = await read_form(request)
    try:
        reversal_id = await reverse(actor, payment_id, form.text("reason"), form.day("received_on"))
    except Refused as error:
        return await _payment_page(request, actor, payment_id, error=error, values=form.values())
    return redirect(
        request, f"/payments/{reversal_id}", N_("The payment was taken back, and its fee with it."), lock=True
    )


async def _payment_page(
    request: PageRequest,
    actor: Actor,
    payment_id: UUID,
    error: Refused | None = None,
    values: dict[str, str] | None = None,
) -> Response[Any]:
    payment = await load_payment(actor, payment_id)
    return render(
        request, "billing/payment.html", status=422 if error else 200,
        payment=payment, bank_line=await line_of(actor, payment.journal_id), lines=await lines_of(actor.agency_id, payment.journal_id), chart=CHART, components=COMPONENTS, reasons=BACK_BY_HAND,
        client=await load_client(actor, payment.client_id), errors=shown(error),
        reached=(await reached_by(actor, [payment.id])).get(payment.id),
        receipt=await receipt_of(actor, payment.reverses or payment.id), mail_texts=MAIL_TEXTS,
        values={"received_on": (await agency_day(actor)).isoformat(), **(values or {})},
    )  # fmt: skip


async def _form(
    request: PageRequest,
    actor: Actor,
    case: CaseFile,
    form: Form,
    *,
    split: Split | None = None,
    error: Refused | None = None,
) -> Response[Any]:
    # While somebody is still typing, a field that is empty is no mistake yet.
    typing = wants_fragment(request) and error is not None and error.code == "missing"
    return render(
        request, "billing/payment_new.html", block="split", status=422 if error and not typing else 200,
        case=case, client=await load_client(actor, case.client_id), split=split, chart=CHART, components=COMPONENTS,
        lines=list(lines(split)) if split else [], channels={code: CHANNEL_TEXTS[code] for code in BY_HAND},
        errors=shown(None if typing else error), token=form.text("token") or new_id(),
        trust_accounts=await trust_accounts(actor, case.currency), to_choose=(await standing_of(actor, case)).to_choose,
        reached=await would_reach(actor, split) if split else None,
        values={"bank_account": "", "invoice": "", "amount": "", "channel": "bank", "reference": "", "payer": "", "received_on": "", **form.values()},
    )  # fmt: skip


async def _preview(actor: Actor, case: CaseFile, form: Form) -> Split:
    amount, day = form.amount("amount", case.currency), form.day("received_on")
    reference, invoice_id = form.text("reference", limit=140), form.id("invoice")
    return await preview(actor, case, amount, day, form.text("channel"), reference, invoice_id=invoice_id)


async def _try_preview(actor: Actor, case: CaseFile, form: Form) -> Split | None:
    try:
        return await _preview(actor, case, form)
    except Refused:
        return None


def _filters(request: PageRequest) -> Filters:
    query = request.query_params
    channel = query.get("channel", "")
    return Filters(
        client_id=id_in(query.get("client")),
        channel=channel if channel in CHANNEL_TEXTS else "",
        since=_day(query.get("since")),
        until=_day(query.get("until")),
        case_id=id_in(query.get("case")),
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


ROUTES = [index, export, new, check, create, show, take_back]
