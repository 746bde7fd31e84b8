"""The page on which a placement is asked back whole, and its recalls are answered together."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.intake.placement import PlacementFile, load_placement
from cases.recall.placement import following, mail
from cases.recall.placement.acts import ask_placement_back, give_placement_back, leave_placement, object_to_placement
from cases.recall.placement.asked import FIRST, asked_cases, latest_of, progress_of, rules_of_placement
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

JOBS = (following, mail)
"""Imported so that a worker knows their jobs."""


@get("/placements/{placement_id:uuid}/recall", guards=[needs("placements.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Response[Any]:
    """The rules with the sums over the cases that stand, and how far the recalls are."""
    return await _page(request, actor, await _handed_over(actor, placement_id))


async def _handed_over(actor: Actor, placement_id: UUID) -> PlacementFile:
    """The placement.

    Raises:
        NotFound: there is none for the actor, or it is not in the agency's hands.
    """
    placement = await load_placement(actor, placement_id)
    if placement.step != "acknowledged":
        raise NotFound
    return placement


async def _page(
    request: PageRequest,
    actor: Actor,
    placement: PlacementFile,
    form: Form | None = None,
    refusal: Refused | None = None,
) -> Response[Any]:
    asked, rules = await latest_of(actor, placement), await rules_of_placement(actor, placement)
    after = id_in(request.query_params.get("after")) or FIRST
    cases, more = await asked_cases(actor, asked, after) if asked is not None else ([], False)
    return render(
        request, "cases/recall_placement.html", block="content", status=422 if refusal else 200,
        placement=placement, asked=asked, progress=await progress_of(actor, asked) if asked else None, rules=rules,
        cases=cases, following=cases[-1]["id"] if more else None, link=narrowed(request),
        may_object=asked is not None and await agency_day(actor) <= asked.may_object,
        reasons=REASONS, status_texts=STATUS_TEXTS, status_tones=STATUS_TONES,
        values=Typed(form.values() if form else {}), refusal=refusal, errors=shown(refusal),
    )  # fmt: skip


@post("/placements/{placement_id:uuid}/recall", guards=[needs("recalls.ask")])
async def ask(request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Response[Any]:
    """Ask for every case of the placement that stands; a second time, it is as it was the first."""
    placement = await _handed_over(actor, placement_id)
    form = await read_form(request)
    try:
        await ask_placement_back(actor, placement_id, form.text("reason"), form.text("note", limit=2000))
    except Refused as refusal:
        return await _page(request, actor, placement, form, refusal)
    return redirect(
        request,
        f"/placements/{placement_id}/recall",
        N_("Asked for. Until it is answered nobody contacts the debtors."),
    )


@post("/placements/{placement_id:uuid}/recall/withdrawal", guards=[needs("recalls.ask")])
async def withdraw(request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Response[Any]:
    """Leave every case with the agency that is still asked for."""
    placement = await _handed_over(actor, placement_id)
    try:
        await leave_placement(actor, placement_id)
    except Refused as refusal:
        return await _page(request, actor, placement, refusal=refusal)
    return redirect(request, f"/placements/{placement_id}/recall", N_("The cases stay with the agency."))


@post("/placements/{placement_id:uuid}/recall/answer", guards=[needs("recalls.answer")])
async def answer(request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Response[Any]:
    """Give every case back that waits for an answer, or object to all of them."""
    placement = await _handed_over(actor, placement_id)
    form = await read_form(request)
    try:
        if form.text("verdict") == "object":
            await object_to_placement(actor, placement_id, form.text("answer", limit=2000))
        else:
            await give_placement_back(actor, placement_id)
    except Refused as refusal:
        return await _page(request, actor, placement, form, refusal)
    return redirect(request, f"/placements/{placement_id}/recall", N_("The client is told."))


ROUTES = [show, ask, withdraw, answer]
