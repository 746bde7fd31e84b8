"""The page on which the owner edits a client's terms."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.fees.client_form import countries, edited_in, other_currencies, texts_of
from billing.fees.words import TERM_WORDS
from billing.statements.told import told_of
from cases.client_terms import EditedTerms, change_terms, edited, prefix_is_fixed, withdraw_change
from cases.clients import load_client
from cases.documents.words import KIND_TEXTS
from cases.remittance_terms import agreed_with, next_cycle
from portal.audit.words import fact_word
from portal.editing import ChangedMeanwhile, Editing, opened, overtaken, refused, seen
from portal.errors import Refused
from portal.pages.forms import read_form
from portal.pages.rendering import render
from portal.pages.text import LANGUAGES, N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.profile import time_zones
from portal.people.routes.browser import Shown
from portal.tenancy.database import sql

OPEN_RUNS: Final = """
select r.id, r.number from remittance_runs r
where r.agency_id = $1 and r.status in ('draft', 'reviewed')
  and exists (select from statements s where s.agency_id = r.agency_id and s.run_id = r.id and s.client_id = $2)
order by r.number
"""


CURRENCIES: Final = """
select currency, true as is_collected from cases where agency_id = $1 and client_id = $2 group by currency
union select currency, false from bank_details where agency_id = $1 and client_id = $2 and status in ('proposed', 'in_force')
union select currency, false from bank_accounts where agency_id = $1 and book = 'trust' and closed_on is null
"""


@get("/clients/{client_id:uuid}/edit", guards=[needs("clients.manage")])
async def show(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """The client's terms in a form."""
    return await _page(request, actor, client_id, opened(texts_of(await _edited(actor, client_id), actor)))


@post("/clients/{client_id:uuid}/edit", guards=[needs("clients.manage")])
async def change(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """Keep them."""
    await load_client(actor, client_id)
    form = await read_form(request)
    try:
        wanted, before = edited_in(form, actor), edited_in(seen(form), actor)
        await change_terms(actor, client_id, wanted, before, await told_of(actor, client_id))
    except ChangedMeanwhile as error:
        now = texts_of(await _edited(actor, client_id), actor)
        return await _page(request, actor, client_id, overtaken(form, now, error))
    except Refused as error:
        return await _page(request, actor, client_id, refused(form, error))
    return redirect(request, f"/clients/{client_id}", N_("Saved."))


@post("/clients/{client_id:uuid}/edit/withdrawal", guards=[needs("clients.manage")])
async def withdraw(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """Take back a change of how the client is paid, before it holds."""
    await load_client(actor, client_id)
    await withdraw_change(actor, client_id, await told_of(actor, client_id))
    return redirect(request, f"/clients/{client_id}", N_("Withdrawn. The client is paid on as before."))


async def _edited(actor: Actor, client_id: UUID) -> EditedTerms:
    client = await load_client(actor, client_id)
    return edited(client, (await agreed_with(actor, client_id)).latest)


async def _currencies(actor: Actor, client_id: UUID) -> tuple[list[str], list[str]]:
    """What is collected for a client, and what it can be paid: where it or our trust money has an account."""
    rows = await sql(CURRENCIES, actor.agency_id, client_id)
    set_before = other_currencies(await _edited(actor, client_id))
    collected = {row["currency"] for row in rows if row["is_collected"]} | {pair[0] for pair in set_before}
    payable = {row["currency"] for row in rows} | {pair[1] for pair in set_before}
    return sorted(collected), sorted(payable)


async def _page(request: PageRequest, actor: Actor, client_id: UUID, editing: Editing) -> Response[Any]:
    client, told, agreed = (
        await load_client(actor, client_id), await told_of(actor, client_id), await agreed_with(actor, client_id),
    )  # fmt: skip
    today = await agency_day(actor)
    begins = next_cycle(agreed.current.remittance_cycle, today, told.through) if told.has_money else None
    collected, payable = await _currencies(actor, client_id)
    return render(
        request, "billing/client_edit.html", status=editing.status,
        client=client, editing=editing, values=editing.values, errors=Shown(editing.errors), fact_word=fact_word,
        countries=countries(actor), zones=sorted({client.time_zone, *time_zones()}), currency=actor.base_currency,
        prefix_fixed=await prefix_is_fixed(actor, client_id), languages=LANGUAGES, words=TERM_WORDS,
        agreed=agreed, begins=begins,
        collected=collected, payable=payable, kinds=KIND_TEXTS, open_runs=await sql(OPEN_RUNS, actor.agency_id, client_id),
    )  # fmt: skip


ROUTES = [show, change, withdraw]
