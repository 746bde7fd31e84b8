"""The page of what is agreed with a client about money that arrives short."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.short.rules import Bearer
from billing.short.terms import currencies_of, set_terms, versions_of
from billing.short.words import BEARER_TEXTS
from cases.clients import load_client
from portal.errors import Refused
from portal.pages.forms import Form, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown


@get("/clients/{client_id:uuid}/short-receipts", guards=[needs("clients.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """Who bears what banks keep of payments for a client."""
    return await _page(request, actor, client_id)


@post("/clients/{client_id:uuid}/short-receipts", guards=[needs("clients.manage")])
async def change(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """Agree it anew."""
    form = await read_form(request)
    try:
        amounts = {one: form.amount(f"at_most_{one}", one) or 0 for one in await currencies_of(actor, client_id)}
        await set_terms(actor, client_id, form.text("bearer"), form.percent("percent"), amounts, form.day("since"))
    except Refused as error:
        return await _page(request, actor, client_id, form, error)
    return redirect(
        request, f"/clients/{client_id}/short-receipts", N_("Kept. It holds for payments received from then on.")
    )


async def _page(
    request: PageRequest, actor: Actor, client_id: UUID, form: Form | None = None, error: Refused | None = None
) -> Response[Any]:
    client, versions = await load_client(actor, client_id), await versions_of(actor, client_id)
    today = await agency_day(actor)
    return render(
        request, "billing/short/client.html", status=422 if error else 200,
        client=client, versions=versions, bearers=BEARER_TEXTS, debtor=Bearer.DEBTOR, errors=shown(error),
        currencies=await currencies_of(actor, client_id), today=today,
        values=form.values() if form else {"since": today.isoformat(), "bearer": "", "percent": ""},
    )  # fmt: skip


ROUTES = [show, change]
