"""The page on which a case is asked back and answered for, and what clients ask those who lead."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.casework import load_case
from cases.corrections.register import FIRST, waiting_corrections
from cases.recall import final, mail
from cases.recall.answer import give_back, object_to
from cases.recall.ask import ask_back, insist, leave_it
from cases.recall.placement.asked import waiting_placements
from cases.recall.placement.routes import ROUTES as PLACEMENT_ROUTES
from cases.recall.register import latest_recall, rules_of, waiting_recalls
from cases.recall.rules import fee_until
from cases.recall.words import REASONS, STATUS_TEXTS, STATUS_TONES
from portal.errors import NotFound, Refused
from portal.pages.forms import Form, Typed, read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown

JOBS = (final, mail)
"""Imported so that a worker knows their jobs."""


@get("/cases/{case_id:uuid}/recall", guards=[needs("cases.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """The rules with their effect on this case, and how far a recall is."""
    return await _page(request, actor, case_id)


async def _page(
    request: PageRequest, actor: Actor, case_id: UUID, form: Form | None = None, refusal: Refused | None = None
) -> Response[Any]:
    case = await load_case(actor, case_id)
    recall, rules = await latest_recall(actor, case), await rules_of(actor, case)
    return render(
        request, "cases/recall.html", status=422 if refusal else 200,
        case=case, recall=recall, rules=rules, reasons=REASONS, status_texts=STATUS_TEXTS, status_tones=STATUS_TONES,
        may_object=recall is not None and await agency_day(actor) <= recall.may_object,
        fee_until=fee_until(recall.ended_on, recall.terms["fee_days"]) if recall and recall.ended_on else None,
        values=Typed(form.values() if form else {}), refusal=refusal,
        errors=shown(refusal),
    )  # fmt: skip


@post("/cases/{case_id:uuid}/recall", guards=[needs("recalls.ask")])
async def ask(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Ask for the case back."""
    form = await read_form(request)
    try:
        await ask_back(actor, case_id, form.text("reason"), form.text("note", limit=2000))
    except Refused as refusal:
        return await _page(request, actor, case_id, form, refusal)
    return redirect(
        request, f"/cases/{case_id}/recall", N_("Asked for. Until it is answered nobody contacts the debtor.")
    )


@post("/cases/{case_id:uuid}/recall/withdrawal", guards=[needs("recalls.ask")])
async def withdraw(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Leave the case with the agency after all."""
    await leave_it(actor, case_id)
    return redirect(request, f"/cases/{case_id}", N_("The case stays with the agency."))


@post("/cases/{case_id:uuid}/recall/insistence", guards=[needs("recalls.ask")])
async def ask_again(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Insist on having the case back although the agency objects."""
    form = await read_form(request)
    try:
        await insist(actor, case_id, form.text("insistence", limit=2000))
    except Refused as refusal:
        return await _page(request, actor, case_id, form, refusal)
    return redirect(request, f"/cases/{case_id}/recall", N_("Asked for again."))


@post("/cases/{case_id:uuid}/recall/answer", guards=[needs("recalls.answer")])
async def answer(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Give the case back, or object."""
    form = await read_form(request)
    try:
        if form.text("verdict") == "object":
            await object_to(actor, case_id, form.text("answer", limit=2000))
            return redirect(request, f"/cases/{case_id}", N_("The client is told. The case goes on."))
        await give_back(actor, case_id)
    except Refused as refusal:
        return await _page(request, actor, case_id, form, refusal)
    return redirect(request, f"/cases/{case_id}", N_("The case has gone back to the client."), lock=True)


@get("/requests", guards=[needs("recalls.answer")])
async def requests(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What clients ask and somebody who leads has to answer: cases back, and higher claims."""
    query = request.query_params
    recalls, more_recalls = await waiting_recalls(actor, *_place(query.get("recalls_after")))
    placements, more_placements = await waiting_placements(actor, id_in(query.get("placements_after")) or FIRST)
    proposed, more_proposed = await waiting_corrections(actor, id_in(query.get("corrections_after")) or FIRST)
    return render(
        request, "cases/requests.html",
        recalls=recalls, placements=placements, proposed=proposed, reasons=REASONS, today=await agency_day(actor), link=narrowed(request),
        following_recalls=f"{recalls[-1].final_on}_{recalls[-1].id}" if more_recalls else None,
        following_placements=placements[-1]["id"] if more_placements else None,
        following_proposed=proposed[-1].id if more_proposed else None,
    )  # fmt: skip


def _place(text: str | None) -> tuple[tuple[date, UUID], ...]:
    """Where a page of recalls begins, as the one before wrote it into its link.

    Raises:
        NotFound: it cannot be read.
    """
    if not text:
        return ()
    try:
        day, _, recall_id = text.partition("_")
        return ((date.fromisoformat(day), UUID(recall_id)),)
    except ValueError:
        raise NotFound from None


ROUTES = [show, ask, withdraw, ask_again, answer, requests, *PLACEMENT_ROUTES]
