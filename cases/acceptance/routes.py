"""Pages of acceptance: the list of what waits, and what a case lacks with what can be done about it."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.acceptance import editor, following
from cases.acceptance.deciding import accept_answer, ask_again, decline, waive
from cases.acceptance.requirements import answer, case_of, requirements_of
from cases.acceptance.wording import lacking
from cases.acceptance.worklist import START, Place, counts, list_waiting
from cases.casework import load_case
from cases.choices import clients
from cases.tables import CaseStatus
from cases.workbench.client_view import show_to_client
from portal.errors import NotFound, Refused
from portal.pages.forms import Form, Typed, read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs

JOBS = (following,)
"""Imported so that a worker knows their jobs."""


@get("/acceptance", guards=[needs("acceptance.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The cases that wait, oldest first, narrowed by the URL."""
    query = request.query_params
    client_id, answered = id_in(query.get("client")), query.get("show") == "answered"
    listed, following_place = await list_waiting(
        actor, client_id=client_id, answered=answered, after=_place(query.get("after"))
    )
    link = narrowed(request)
    return render(
        request,
        "cases/acceptance/list.html",
        block="rows",
        lines=listed,
        following=link(after=f"{following_place[0]}_{following_place[1]}") if following_place else None,
        counts=await counts(actor, client_id),
        answered=answered,
        client_id=client_id,
        clients=await clients(actor),
        link=link,
    )


def _place(text: str | None) -> Place:
    if not text:
        return START
    try:
        day, _, case_id = text.partition("_")
        return date.fromisoformat(day), UUID(case_id)
    except ValueError:
        raise NotFound from None


@get("/cases/{case_id:uuid}/acceptance", guards=[needs("acceptance.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """What a case lacks: a part of its page, and a page of their own on which it is decided."""
    return await _show(request, actor, case_id)


async def _show(
    request: PageRequest, actor: Actor, case_id: UUID, form: Form | None = None, refusal: Refused | None = None
) -> Response[Any]:
    case = await load_case(actor, case_id)
    return render(
        request,
        "cases/acceptance/case.html",
        block="part",
        status=422 if refusal else 200,
        case=case,
        waits=case.status is CaseStatus.NEEDS_INFO,
        requirements=await requirements_of(actor, case),
        lacking=lacking,
        values=Typed(form.values() if form else {}),
        errors={refusal.field: refusal} if refusal and refusal.field else {},
        refusal=refusal if refusal and not refusal.field else None,
    )


@post("/requirements/{requirement_id:uuid}/answer", guards=[needs("requirements.answer")])
async def send_answer(
    request: PageRequest, actor: NamedDependency[Actor], requirement_id: FromPath[UUID]
) -> Response[Any]:
    """The client's word on what is missing."""
    case_id = await case_of(actor, requirement_id)
    form = await read_form(request)
    try:
        text = form.lines(f"answer-{requirement_id}", limit=4000)
        await answer(actor, requirement_id, text, cannot_supply=form.flag("cannot_supply"))
    except Refused as refusal:
        return await show_to_client(request, actor, case_id, form, refusal)
    return redirect(request, f"/cases/{case_id}", N_("Sent. The agency decides and comes back to you."))


Decision = Callable[[Actor, UUID, str], Awaitable[UUID]]


async def _decide(
    request: PageRequest, actor: Actor, requirement_id: UUID, decide: Decision, field: str, told: str
) -> Response[Any]:
    """One decision on a requirement, with the text that it needs; then the case's page of what it lacks."""
    case_id = await case_of(actor, requirement_id)
    form = await read_form(request)
    try:
        await decide(actor, requirement_id, form.lines(f"{field}-{requirement_id}", limit=2000))
    except Refused as refusal:
        return await _show(request, actor, case_id, form, refusal)
    return redirect(request, f"/cases/{case_id}/acceptance", told)


@post("/requirements/{requirement_id:uuid}/acceptance", guards=[needs("requirements.decide")])
async def accept(request: PageRequest, actor: NamedDependency[Actor], requirement_id: FromPath[UUID]) -> Response[Any]:
    """Take the client's answer."""

    async def decide(actor: Actor, requirement_id: UUID, _: str) -> UUID:
        return await accept_answer(actor, requirement_id)

    return await _decide(request, actor, requirement_id, decide, "reason", N_("Answer accepted."))


@post("/requirements/{requirement_id:uuid}/waiver", guards=[needs("requirements.decide")])
async def give_up(request: PageRequest, actor: NamedDependency[Actor], requirement_id: FromPath[UUID]) -> Response[Any]:
    """Take the case without it."""
    return await _decide(request, actor, requirement_id, waive, "reason", N_("Waived."))


@post("/requirements/{requirement_id:uuid}/question", guards=[needs("requirements.ask")])
async def ask(request: PageRequest, actor: NamedDependency[Actor], requirement_id: FromPath[UUID]) -> Response[Any]:
    """Ask the client once more."""
    return await _decide(request, actor, requirement_id, ask_again, "question", N_("Asked again."))


@post("/cases/{case_id:uuid}/decline", guards=[needs("requirements.decide")])
async def turn_away(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Do not take the case."""
    await load_case(actor, case_id)
    form = await read_form(request)
    try:
        await decline(actor, case_id, form.lines("reason", limit=2000))
    except Refused as refusal:
        return await _show(request, actor, case_id, form, refusal)
    return redirect(request, "/acceptance", N_("Case declined. The client is told why."))


ROUTES: list[Any] = [index, show, send_answer, accept, give_up, ask, turn_away, *editor.ROUTES]
