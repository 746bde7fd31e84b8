"""The editor of fee agreements: ordered rules, a payment to try them on, schedules to start from; and the client's view."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.bank_details.register import where_paid
from billing.fees.agreement_form import wanted_in
from billing.fees.agreement_texts import (
    MOST_RULES,
    blank_texts,
    done,
    rule_numbers,
    rules_texts,
    texts_of,
    tier_numbers,
)
from billing.fees.agreements import agree, versions
from billing.fees.calculator import first_texts, tried
from billing.fees.samples import SAMPLES
from billing.fees.sentence import Explanation
from billing.fees.wording import COMPONENTS, STAGES
from billing.fees.words import TERM_WORDS, AgreementText, current_first
from cases.clients import load_client
from cases.remittance_terms import agreed_with
from portal.errors import Refused
from portal.pages.forms import Form, Typed, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown


@get("/clients/{client_id:uuid}/agreements/new", guards=[needs("agreements.manage")])
async def edit(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """The editor with the rules that were agreed last, or with a schedule to start from (``from``)."""
    texts = await _texts(actor, client_id, request.query_params.get("from", ""))
    return await _editor(request, actor, client_id, Form(texts))


@post("/clients/{client_id:uuid}/agreements/new", guards=[needs("agreements.manage")])
async def rearrange(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """The editor with a rule more, less or elsewhere (``do``). Writes nothing."""
    form = await read_form(request)
    return await _editor(request, actor, client_id, Form(done(form.values(), form.text("do"))))


@post("/clients/{client_id:uuid}/agreements/try", guards=[needs("agreements.manage")])
async def work_out(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """What the fee on the payment beside the rules would be, and why. Writes nothing."""
    return await _editor(request, actor, client_id, await read_form(request))


@post("/clients/{client_id:uuid}/agreements", guards=[needs("agreements.manage")])
async def keep(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """Make the next version of a client's agreement."""
    form = await read_form(request)
    try:
        wanted = wanted_in(form)
        await agree(actor, client_id, wanted.rules, wanted.effective_from, wanted.selected_by, wanted.age_from)
    except Refused as error:
        return await _editor(request, actor, client_id, form, error)
    return redirect(request, f"/clients/{client_id}", N_("New version of the fee agreement saved."))


@get("/agreement", guards=[needs("agreements.read")])
async def own(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The client's own agreement, in plain sentences."""
    if actor.client_id is None:
        return redirect(request, "/clients")
    client = await load_client(actor, actor.client_id)
    made = [AgreementText(version, await agency_day(actor)) for version in await versions(actor, client.id)]
    return render(
        request, "billing/fee_agreement.html",
        client=client, versions=current_first(made), words=TERM_WORDS, accounts=await where_paid(actor, client.id),
        agreed=await agreed_with(actor, client.id),
    )  # fmt: skip


async def _texts(actor: Actor, client_id: UUID, start: str) -> dict[str, str]:
    today, made = await agency_day(actor), await versions(actor, client_id)
    since = max([today, *(version.since for version in made[:1])])
    texts = texts_of(made[0], since) if made else blank_texts(since)
    sample = next((sample for sample in SAMPLES if sample.code == start), None)
    if sample is not None:
        texts = blank_texts(since) | rules_texts(sample.rules_in(actor.base_currency))
    return texts | first_texts(actor.base_currency, today)


async def _editor(
    request: PageRequest, actor: Actor, client_id: UUID, form: Form, error: Refused | None = None
) -> Response[Any]:
    """The page; ``error`` is why it was not saved, else the payment is tried on the rules as they stand."""
    client = await load_client(actor, client_id)
    values = Typed(form.values())
    worked_out, why_not = (None, None) if error else await _tried(actor, client_id, form)
    return render(
        request, "billing/fees/edit.html", block="worked_out", status=422 if error else 200,
        client=client, values=values, errors=shown(error), worked_out=worked_out, why_not=why_not,
        rules=[(number, tier_numbers(values, number)) for number in rule_numbers(values)], most_rules=MOST_RULES,
        words=TERM_WORDS, stages=STAGES, components=COMPONENTS, samples=SAMPLES, currency=actor.base_currency,
    )  # fmt: skip


async def _tried(actor: Actor, client_id: UUID, form: Form) -> tuple[Explanation | None, Refused | None]:
    made = await versions(actor, client_id)
    try:
        return tried(form, len(made) + 1, form.day("effective_from")), None
    except Refused as error:
        return None, error


ROUTES = [edit, rearrange, work_out, keep, own]
