"""The page of a case's costs: what was paid for it and what became of that, and a form for another."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.bank.accounts import open_accounts
from billing.costs.add import WantedCost, add_cost
from billing.costs.register import case_of_cost, costs_of
from billing.costs.take_back import take_back
from billing.costs.words import KIND_TEXTS, Advancer
from billing.invoices.costs import invoice_costs_of
from cases.casework import CaseFile, load_case
from cases.clients import load_client
from cases.documents.evidence import documents_of
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.forms import Form, Typed, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown

Page = Response[Any]

WHO: Final = {
    "ours": N_("We paid; the debtor owes it"),
    "clients_alone": N_("We paid; the client alone owes it"),
    "by_client": N_("The client paid; the debtor owes it"),
}
"""Who paid and who owes it, as it is asked."""


@get("/cases/{case_id:uuid}/costs", guards=[needs("costs.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Page:
    """The costs of a case, and the form for another for those who may enter one."""
    case = await load_case(actor, case_id)
    return await _page(request, actor, case, Form({"paid_on": (await agency_day(actor)).isoformat(), "who": "ours"}))


@post("/cases/{case_id:uuid}/costs", guards=[needs("costs.add")])
async def create(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Page:
    """Book a cost."""
    case, form = await load_case(actor, case_id), await read_form(request)
    token = form.needed_id("token")
    try:
        await add_cost(actor, case.id, _wanted(form, case.currency), token)
    except Refused as error:
        return await _page(request, actor, case, form, error)
    return redirect(
        request, f"/cases/{case.id}/costs", N_("Booked. It can be taken back while nothing of it is repaid.")
    )


@post("/costs/{cost_id:uuid}/taking-back", guards=[needs("costs.add")])
async def undo(request: PageRequest, actor: NamedDependency[Actor], cost_id: FromPath[UUID]) -> Page:
    """Take back what was entered in error."""
    case_id, form = await case_of_cost(actor, cost_id), await read_form(request)
    try:
        await take_back(actor, cost_id, form.text("because", limit=1000))
    except Refused as error:
        return await _page(request, actor, await load_case(actor, case_id), form, error, about=cost_id)
    return redirect(request, f"/cases/{case_id}/costs", N_("Taken back."))


@post("/cases/{case_id:uuid}/cost-invoices", guards=[needs("invoices.issue")])
async def invoice(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Page:
    """Ask the client for all that is open."""
    try:
        invoice_id = await invoice_costs_of(actor, case_id)
    except Refused as error:
        return await _page(request, actor, await load_case(actor, case_id), Form({}), error)
    return redirect(request, f"/invoices/{invoice_id}", N_("Issued. It is owed by transfer now."), lock=True)


def _wanted(form: Form, currency: str) -> WantedCost:
    """What somebody typed.

    Raises:
        Refused: a field cannot be read, with its name.
    """
    who = form.text("who")
    if who not in WHO:
        raise Refused(N_("Please choose."), field="who", code="missing")
    return WantedCost(
        kind=form.text("kind"),
        amount_minor=form.amount("amount", currency),
        paid_on=form.day("paid_on"),
        advanced_by=Advancer.CLIENT if who == "by_client" else Advancer.AGENCY,
        on_debtor=who != "clients_alone",
        what=form.text("what", limit=200),
        note=form.lines("note", limit=2000),
        document_id=form.id("document"),
        bank_account_id=form.id("account"),
    )


async def _page(
    request: PageRequest,
    actor: Actor,
    case: CaseFile,
    form: Form,
    error: Refused | None = None,
    about: UUID | None = None,
) -> Page:
    costs = await costs_of(actor, case)
    standing = [cost for cost in costs if cost.taken_back_at is None]
    accounts = await open_accounts(actor, "operating", case.currency) if actor.may("costs.add") else []
    return render(
        request, "billing/costs/case.html", block=None if error else "panel", status=422 if error else 200,
        case=case, client=await load_client(actor, case.client_id), costs=costs, standing=standing, about=about,
        kinds=KIND_TEXTS, who=WHO, errors=shown(error), refusal=error, values=Typed(form.values()),
        documents=await documents_of(actor, case) if actor.may("documents.read") and actor.may("costs.add") else [],
        accounts=accounts if len(accounts) > 1 else [], token=form.text("token") or new_id(), open_minor=sum(cost.open_minor for cost in costs),
    )  # fmt: skip


ROUTES = [show, create, undo, invoice]
