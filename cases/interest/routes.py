"""The page of a case's interest: what has accrued and how, its terms, judgments and pauses; and what a client asks for."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
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
from cases.interest.form import basis_in, component_in, decided_in, laws
from cases.interest.judge import record_judgment, withdraw_judgment
from cases.interest.post import fix
from cases.interest.register import postings_of
from cases.interest.terms import freezes_of, judgments_of, terms_of, terms_of_client
from portal.errors import NotFound, Refused
from portal.pages.forms import Form, Typed, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown


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


def _step(path: str, doing: Doing, told: str) -> HTTPRouteHandler:
    """Do what a form of the page says, and show the page again; with the form, where it will not do."""

    @post(f"/cases/{{case_id:uuid}}/interest/{path}", guards=[needs("interest.set")])
    async def step(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
        form = await read_form(request)
        try:
            await doing(actor, case_id, form)
        except Refused as refusal:
            return await _page(request, actor, case_id, form, refusal)
        return redirect(request, f"/cases/{case_id}/interest", told)

    return step


async def _set_terms(actor: Actor, case_id: UUID, form: Form) -> None:
    wanted = WantedTerm(terms=basis_in(form), component=component_in(form), since=form.day("since"))
    await set_on_case(actor, case_id, wanted)


async def _withdraw(actor: Actor, case_id: UUID, form: Form) -> None:
    await withdraw(actor, case_id, _id(form, "term"))


async def _freeze(actor: Actor, case_id: UUID, form: Form) -> None:
    since, through = form.day("freeze_since"), form.day("freeze_through")
    await freeze(actor, case_id, since, through, form.text("freeze_reason", limit=500))


async def _thaw(actor: Actor, case_id: UUID, form: Form) -> None:
    await thaw(actor, case_id, _id(form, "freeze"))


async def _judge(actor: Actor, case_id: UUID, form: Form) -> None:
    await record_judgment(actor, case_id, decided_in(form))


async def _unjudge(actor: Actor, case_id: UUID, form: Form) -> None:
    await withdraw_judgment(actor, case_id, _id(form, "judgment"))


async def _compensate(actor: Actor, case_id: UUID, form: Form) -> None:
    await compensate(actor, case_id, _id(form, "invoice"))


async def _fix(actor: Actor, case_id: UUID, _: Form) -> None:
    await fix(actor, case_id)


STEPS = [
    _step("terms", _set_terms, N_("Set. It counts from its day on.")),
    _step("terms/withdraw", _withdraw, N_("Taken back. What was posted stays.")),
    _step("freezes", _freeze, N_("Frozen for these days.")),
    _step("freezes/end", _thaw, N_("Interest runs again.")),
    _step("judgments", _judge, N_("Judgment recorded.")),
    _step("judgments/withdraw", _unjudge, N_("Taken back. What was posted stays.")),
    _step("compensation", _compensate, N_("Added to the costs.")),
    _step("posting", _fix, N_("Posted: it is in the balance now.")),
]
"""What the forms of the page do."""


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
        laws=laws("company"), words=words, kinds=DEBTOR_KINDS, bearing=BEARING, components=COMPONENT_TEXTS,
        refusal=refusal, errors=shown(refusal),
        values=Typed(form.values() if form else {"placed_from": today.isoformat(), "day_count": "365"}),
    )  # fmt: skip


@post("/clients/{client_id:uuid}/interest", guards=[needs("clients.manage")])
async def set_client(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """Another version of what a client asks for."""
    form = await read_form(request)
    try:
        kind, placed_from = form.text("debtor_kind"), form.day("placed_from")
        await set_for_client(actor, client_id, kind, placed_from, basis_in(form), component_in(form))
    except Refused as refusal:
        return await _client_page(request, actor, client_id, form, refusal)
    return redirect(
        request, f"/clients/{client_id}/interest", N_("Kept. It holds for cases without terms of their own.")
    )


ROUTES = [show, *STEPS, show_client, set_client]
