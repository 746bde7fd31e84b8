"""The page of a case's interest: what has accrued and how, its terms, judgments and pauses; and what a client asks for."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.casework import load_case
from cases.clients import load_client
from cases.corrections.words import COMPONENT_TEXTS
from cases.interest import words
from cases.interest.accrue import accrued
from cases.interest.change import (
    BEARING,
    DEBTOR_KINDS,
    WantedTerm,
    freeze,
    set_for_client,
    set_on_case,
    thaw,
    withdraw,
)
from cases.interest.compensate import compensate, sums_of
from cases.interest.form import basis_in, decided_in, laws
from cases.interest.judge import record_judgment, withdraw_judgment
from cases.interest.post import fix
from cases.interest.register import postings_of
from cases.interest.terms import freezes_of, judgments_of, terms_of, terms_of_client
from portal.errors import NotFound, Refused
from portal.ledger.tables import Component
from portal.pages.forms import Form, Typed, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown

SET = needs("interest.set")


@get("/cases/{case_id:uuid}/interest", guards=[needs("cases.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """What has accrued to today, or to the day asked for (``to``), beside the balance; the client reads it as well."""
    return await _page(request, actor, case_id)


async def _page(
    request: PageRequest, actor: Actor, case_id: UUID, form: Form | None = None, refusal: Refused | None = None
) -> Response[Any]:
    case = await load_case(actor, case_id)
    today = await agency_day(actor)
    through = _day(request.query_params.get("to")) or today
    judgments = await judgments_of(actor, case)
    may_set = actor.may("interest.set") and case.is_open
    table, sums = await sums_of(actor, case, today) if may_set else (None, ())
    return render(
        request, "cases/interest.html", status=422 if refusal else 200,
        case=case, today=today, through=through, accrual=await accrued(actor, case, through), may_set=may_set,
        terms=await terms_of(actor, case), judgments=judgments, freezes=await freezes_of(actor, case),
        postings=await postings_of(actor, case), law=table, sums=sums, words=words, components=COMPONENT_TEXTS,
        bearing=BEARING, laws=laws(case.debtor_kind, after_judgment=bool(judgments)),
        laws_after=laws(case.debtor_kind, after_judgment=True), laws_added=laws(case.debtor_kind, after_judgment=True, adding=True),
        values=Typed(form.values() if form else {}), refusal=refusal, errors=shown(refusal),
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    """The day that the address names; what is none counts as none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


Doing = Callable[[Actor, UUID, Form], Awaitable[object]]


async def _do(request: PageRequest, actor: Actor, case_id: UUID, doing: Doing, told: str) -> Response[Any]:
    """Do what a form of the page says, and show the page again; with the form, where it will not do."""
    form = await read_form(request)
    try:
        await doing(actor, case_id, form)
    except Refused as refusal:
        return await _page(request, actor, case_id, form, refusal)
    return redirect(request, f"/cases/{case_id}/interest", told)


@post("/cases/{case_id:uuid}/interest/terms", guards=[SET])
async def set_terms(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Set a rate from a day on."""

    async def doing(actor: Actor, case_id: UUID, form: Form) -> None:
        component = form.text("component") or Component.PRINCIPAL
        if component not in BEARING:
            raise Refused(N_("Please choose."), field="component", code="missing")
        wanted = WantedTerm(terms=basis_in(form), component=Component(component), since=form.day("since"))
        await set_on_case(actor, case_id, wanted)

    return await _do(request, actor, case_id, doing, N_("Set. It counts from its day on."))


@post("/cases/{case_id:uuid}/interest/terms/withdraw", guards=[SET])
async def take_back(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Take a rate back."""

    async def doing(actor: Actor, case_id: UUID, form: Form) -> None:
        await withdraw(actor, case_id, _id(form, "term"))

    return await _do(request, actor, case_id, doing, N_("Taken back. What was posted stays."))


@post("/cases/{case_id:uuid}/interest/freezes", guards=[SET])
async def stop(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Let no interest run for some days."""

    async def doing(actor: Actor, case_id: UUID, form: Form) -> None:
        since, through = form.day("freeze_since"), form.day("freeze_through")
        await freeze(actor, case_id, since, through, form.text("freeze_reason", limit=500))

    return await _do(request, actor, case_id, doing, N_("Frozen for these days."))


@post("/cases/{case_id:uuid}/interest/freezes/end", guards=[SET])
async def run_again(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Let it run again."""

    async def doing(actor: Actor, case_id: UUID, form: Form) -> None:
        await thaw(actor, case_id, _id(form, "freeze"))

    return await _do(request, actor, case_id, doing, N_("Interest runs again."))


@post("/cases/{case_id:uuid}/interest/judgments", guards=[SET])
async def judge(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Record a judgment, and what is borne after it."""

    async def doing(actor: Actor, case_id: UUID, form: Form) -> None:
        await record_judgment(actor, case_id, decided_in(form))

    return await _do(request, actor, case_id, doing, N_("Judgment recorded."))


@post("/cases/{case_id:uuid}/interest/judgments/withdraw", guards=[SET])
async def unjudge(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Take a judgment back, with its rates."""

    async def doing(actor: Actor, case_id: UUID, form: Form) -> None:
        await withdraw_judgment(actor, case_id, _id(form, "judgment"))

    return await _do(request, actor, case_id, doing, N_("Taken back. What was posted stays."))


@post("/cases/{case_id:uuid}/interest/compensation", guards=[SET])
async def add_sum(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Add the fixed sum of an invoice to the costs."""

    async def doing(actor: Actor, case_id: UUID, form: Form) -> None:
        await compensate(actor, case_id, _id(form, "invoice"))

    return await _do(request, actor, case_id, doing, N_("Added to the costs."))


@post("/cases/{case_id:uuid}/interest/posting", guards=[SET])
async def post_now(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Post it to today, since somebody is told the figure."""

    async def doing(actor: Actor, case_id: UUID, form: Form) -> None:
        await fix(actor, case_id)

    return await _do(request, actor, case_id, doing, N_("Posted: it is in the balance now."))


def _id(form: Form, name: str) -> UUID:
    found = form.id(name)
    if found is None:
        raise NotFound
    return found


@get("/clients/{client_id:uuid}/interest", guards=[needs("clients.read")])
async def show_client(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """What a client asks for on its cases."""
    return await _client_page(request, actor, client_id)


async def _client_page(
    request: PageRequest, actor: Actor, client_id: UUID, form: Form | None = None, refusal: Refused | None = None
) -> Response[Any]:
    today = await agency_day(actor)
    return render(
        request, "cases/client_interest.html", status=422 if refusal else 200,
        client=await load_client(actor, client_id), versions=await terms_of_client(actor, client_id), today=today,
        laws=laws("company"), words=words, kinds=DEBTOR_KINDS, refusal=refusal, errors=shown(refusal),
        values=Typed(form.values() if form else {"placed_from": today.isoformat(), "day_count": "365"}),
    )  # fmt: skip


@post("/clients/{client_id:uuid}/interest", guards=[needs("clients.manage")])
async def set_client(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """Another version of what a client asks for."""
    form = await read_form(request)
    try:
        await set_for_client(actor, client_id, form.text("debtor_kind"), form.day("placed_from"), basis_in(form))
    except Refused as refusal:
        return await _client_page(request, actor, client_id, form, refusal)
    return redirect(
        request, f"/clients/{client_id}/interest", N_("Kept. It holds for cases without terms of their own.")
    )


ROUTES = [
    show, set_terms, take_back, stop, run_again, judge, unjudge, add_sum, post_now, show_client, set_client,
]  # fmt: skip
