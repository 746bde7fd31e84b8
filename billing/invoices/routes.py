"""Pages of invoices: the list with what could be invoiced, and one, as the agency and its client see it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.costs.words import KIND_TEXTS
from billing.invoices.ageing import ages
from billing.invoices.costs import invoice_costs, open_costs
from billing.invoices.credit import BY_HAND, credit_invoice
from billing.invoices.credit_notes import REASON_TEXTS, notes_of_invoice
from billing.invoices.issue import DUE_DAYS, invoice_clawback
from billing.invoices.pay import load_payment, pay_invoice, payments_of, take_payment_back
from billing.invoices.register import list_invoices, load_invoice, open_clawbacks, reasons_of
from billing.papers.keeping import kept
from portal.errors import Refused
from portal.identity import new_id
from portal.money import decimal_string
from portal.pages.forms import Typed, read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown

Page = Response[Any]


@get("/invoices", guards=[needs("invoices.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """The invoices, the newest first; finance sees what could be invoiced."""
    return await _index(request, actor)


async def _index(request: PageRequest, actor: Actor, error: Refused | None = None) -> Page:
    invoices, more = await list_invoices(actor, None, id_in(request.query_params.get("before")))
    today = await agency_day(actor)
    return render(
        request, "billing/invoices/list.html", block=None if error else "rows", status=422 if error else 200,
        invoices=invoices, following=invoices[-1].id if more else None, link=narrowed(request), errors=shown(error),
        owing=await open_clawbacks(actor) if actor.may("invoices.issue") else [], days=DUE_DAYS, today=today,
        ages=await ages(actor, today) if actor.is_staff else [],
        costs=await open_costs(actor) if actor.may("invoices.issue") else [],
    )  # fmt: skip


@post("/clients/{client_id:uuid}/clawback-invoices", guards=[needs("invoices.issue")])
async def issue(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Page:
    """Invoice what a client owes for money that went back."""
    currency = (await read_form(request)).text("currency", limit=3)
    try:
        invoice_id = await invoice_clawback(actor, client_id, currency)
    except Refused as error:
        return await _index(request, actor, error)
    return redirect(request, f"/invoices/{invoice_id}", N_("Issued. It is owed by transfer now."), lock=True)


@post("/clients/{client_id:uuid}/cost-invoices", guards=[needs("invoices.issue")])
async def issue_costs(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Page:
    """Invoice the costs that no debtor of a client will repay."""
    currency = (await read_form(request)).text("currency", limit=3)
    try:
        invoice_id = await invoice_costs(actor, client_id, currency)
    except Refused as error:
        return await _index(request, actor, error)
    return redirect(request, f"/invoices/{invoice_id}", N_("Issued. It is owed by transfer now."), lock=True)


@get("/invoices/{invoice_id:uuid}", guards=[needs("invoices.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], invoice_id: FromPath[UUID]) -> Page:
    """An invoice."""
    return await _show(request, actor, invoice_id)


async def _show(
    request: PageRequest, actor: Actor, invoice_id: UUID, error: Refused | None = None, **values: str
) -> Page:
    invoice, today = await load_invoice(actor, invoice_id), await agency_day(actor)
    left = decimal_string(invoice.left_minor, invoice.currency)
    typed = {"paid_on": today.isoformat(), "amount": left, "credit": left, "token": str(new_id()), **values}
    return render(
        request, "billing/invoices/show.html", status=422 if error else 200, invoice=invoice, today=today,
        reasons=await reasons_of(actor, invoice_id), payments=await payments_of(actor, invoice_id), errors=shown(error),
        values=Typed(typed), cost_texts=KIND_TEXTS, notes=await notes_of_invoice(actor, invoice_id),
        why=[(str(code), REASON_TEXTS[code]) for code in BY_HAND],
        is_made=await kept(actor, "invoice", invoice_id) is not None,
    )  # fmt: skip


@post("/invoices/{invoice_id:uuid}/payment", guards=[needs("invoices.issue")])
async def confirm(request: PageRequest, actor: NamedDependency[Actor], invoice_id: FromPath[UUID]) -> Page:
    """Book that the client paid it, or a part of it."""
    form, invoice = await read_form(request), await load_invoice(actor, invoice_id)
    try:
        amount = form.amount("amount", invoice.currency)
        await pay_invoice(actor, invoice_id, form.day("paid_on"), form.text("reference", limit=140), amount)
    except Refused as error:
        return await _show(request, actor, invoice_id, error, **form.values())
    return redirect(request, f"/invoices/{invoice_id}", N_("Booked as paid."), lock=True)


@post("/invoices/payments/{invoice_payment_id:uuid}/take-back", guards=[needs("invoices.issue")])
async def take_back(request: PageRequest, actor: NamedDependency[Actor], invoice_payment_id: FromPath[UUID]) -> Page:
    """Undo a transfer that was booked in error."""
    invoice_id = (await load_payment(actor, invoice_payment_id)).invoice_id
    try:
        await take_payment_back(actor, invoice_payment_id)
    except Refused as error:
        return await _show(request, actor, invoice_id, error)
    return redirect(request, f"/invoices/{invoice_id}", N_("Taken back: the invoice is open by as much."), lock=True)


@post("/invoices/{invoice_id:uuid}/credit", guards=[needs("invoices.issue")])
async def credit(request: PageRequest, actor: NamedDependency[Actor], invoice_id: FromPath[UUID]) -> Page:
    """Take something off an invoice that was issued in error, or for which less was agreed."""
    form, invoice = await read_form(request), await load_invoice(actor, invoice_id)
    try:
        amount = form.amount("credit", invoice.currency)
        note_id = await credit_invoice(actor, invoice_id, form.text("why", limit=20), amount, form.needed_id("token"))
    except Refused as error:
        return await _show(request, actor, invoice_id, error, **form.values())
    return redirect(request, f"/credit-notes/{note_id}", N_("Credited: the invoice asks for less now."), lock=True)


ROUTES = [index, issue, issue_costs, show, confirm, take_back, credit]
