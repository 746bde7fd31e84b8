"""Pages of clients and their fee agreements."""

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.bank_details.register import where_paid
from billing.fees import agreement_routes, client_edit
from billing.fees.agreement_form import selected_by_in, since_in
from billing.fees.agreements import agree, flat, otherwise, versions
from billing.fees.client_form import countries, terms_in
from billing.fees.terms import Rule
from billing.fees.words import TERM_WORDS, AgreementText, current_first
from cases.clients import list_clients, load_client, take_on
from cases.documents.words import KIND_TEXTS
from cases.remittance_terms import agreed_with
from portal.errors import NotFound, Refused
from portal.ledger.tables import Component
from portal.money import decimal_string, exponent
from portal.pages.forms import Form, Typed, read_form
from portal.pages.links import narrowed
from portal.pages.rendering import render
from portal.pages.text import LANGUAGES, N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day, agency_zone
from portal.people.guards import needs
from portal.people.profile import time_zones
from portal.people.routes.browser import shown
from portal.tenancy.database import sql_one

USUAL_FLOOR: Final = 10
"""Smaller sums usually wait for the next run: ten euros, yen or dinars."""


@get("/clients", guards=[needs("clients.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The agency's clients by name."""
    clients, more = await list_clients(actor, _after(request.query_params.get("after")))
    following = f"{clients[-1].id}_{clients[-1].name}" if more else None
    return render(
        request, "billing/clients.html", block="rows", clients=clients, following=following, link=narrowed(request),
        languages=LANGUAGES, words=TERM_WORDS,
    )  # fmt: skip


@get("/clients/new", guards=[needs("clients.manage")])
async def new(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The form for a client and its first fee agreement."""
    return await _new_page(request, actor)


@post("/clients", guards=[needs("clients.manage")])
async def create(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Take on a client with its fee agreement: both or neither."""
    form = await read_form(request)
    try:
        client_id = await take_on(actor, terms_in(form, actor))
        await agree(actor, client_id, _rules(form), since_in(form), selected_by_in(form))
    except Refused as error:
        return await _new_page(request, actor, form, error)
    return redirect(request, f"/clients/{client_id}", N_("Client and fee agreement saved."))


@get("/clients/{client_id:uuid}", guards=[needs("clients.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """A client: its terms, the versions of its agreement, and the way to its people, placements and cases."""
    return await _client_page(request, actor, client_id)


async def _new_page(
    request: PageRequest, actor: Actor, form: Form | None = None, error: Refused | None = None
) -> Response[Any]:
    today, currency = (await agency_day(actor)).isoformat(), actor.base_currency
    usual = {
        "language": "en", "time_zone": (await agency_zone(actor)).key, "remittance_method": "net", "vat_treatment": "outside",
        "remittance_cycle": "monthly", "floor": decimal_string(USUAL_FLOOR * 10 ** exponent(currency), currency), "terms_days": "30", "allocation": "costs,interest,principal",
        "costs_first": "1", "effective_from": today, "selected_by": "placement", "bears_principal": "1", "bears_interest": "1",
    }  # fmt: skip
    return render(
        request, "billing/client_new.html", status=422 if error else 200,
        values=Typed(form.values() if form else usual), errors=shown(error), countries=countries(actor), zones=time_zones(),
        currency=currency, languages=LANGUAGES, words=TERM_WORDS,
    )  # fmt: skip


async def _client_page(request: PageRequest, actor: Actor, client_id: UUID) -> Response[Any]:
    client = await load_client(actor, client_id)
    today = await agency_day(actor)
    made = [AgreementText(version, today) for version in await versions(actor, client.id)]
    counts = await sql_one(COUNTS, actor.agency_id, client.id)
    return render(
        request, "billing/client.html",
        client=client, versions=current_first(made), counts=counts, today=today, languages=LANGUAGES,
        currency=actor.base_currency, words=TERM_WORDS, kinds=KIND_TEXTS,
        accounts=await where_paid(actor, client.id), agreed=await agreed_with(actor, client.id),
    )  # fmt: skip


COUNTS = """
select (select count(*) from cases where agency_id = $1 and client_id = $2 and status <> 'closed') as open_cases,
       (select count(*) from cases where agency_id = $1 and client_id = $2) as cases,
       (select count(*) from placements where agency_id = $1 and client_id = $2) as placements,
       (select count(*) from memberships where agency_id = $1 and client_id = $2 and ended_at is null) as people
"""


def _rules(form: Form) -> list[Rule]:
    """The rule of every payment, after the one of goods and set-off where these bear another fee."""
    components = [component for component in Component if form.flag(f"bears_{component}")]
    every = flat(form.percent("rate"), components)
    match form.text("otherwise"):
        case "none":
            return [otherwise(Decimal(0), components), every]
        case "rate":
            return [otherwise(form.percent("otherwise_rate"), components), every]
        case _:
            return [every]


def _after(text: str | None) -> tuple[str, UUID] | None:
    if not text:
        return None
    try:
        client_id, _, name = text.partition("_")
        return name, UUID(client_id)
    except ValueError:
        raise NotFound from None


ROUTES = [index, new, create, show, *agreement_routes.ROUTES, *client_edit.ROUTES]
