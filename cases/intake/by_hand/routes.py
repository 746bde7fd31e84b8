"""One case by hand: the form, its drafts, and the hand-over."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from cases.intake.as_given import Field
from cases.intake.by_hand.drafts import Draft, DraftChanged, DraftGone, drafts_of, drop_draft, load_draft, save_draft
from cases.intake.by_hand.form import MOST_LINES, case_form, is_empty, with_line, without_line, written_in
from cases.intake.by_hand.placing import Incomplete, claim_of, place_by_hand
from cases.intake.clearing import removed_on
from cases.intake.corrections.recheck import check_alone, filled_in
from cases.intake.issue import Issue, Severity
from cases.intake.placement import load_placement, rows_of
from cases.intake.reading import context_of
from cases.intake.receive import ReferenceTaken
from cases.intake.written import Written
from portal.errors import NotFound, NotNow, Refused
from portal.identity import new_id
from portal.pages.forms import Form, read_form
from portal.pages.links import id_in
from portal.pages.rendering import render, wants_fragment
from portal.pages.text import N_
from portal.pages.toasts import redirect
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.storage.store import StoreAway

PageRequest = Request[Any, Any, Any]


def blank(actor: Actor) -> Written:
    """A case of which nothing is typed yet."""
    return Written({Field.CURRENCY: actor.base_currency, Field.KIND: "company"}, ({},))


@get("/cases/new", guards=[needs("placements.submit")])
async def new_case(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """An empty form, a draft that goes on, or a case again that could not be placed."""
    draft_id = id_in(request.query_params.get("draft"))
    again = id_in(request.query_params.get("again"))
    if draft_id is not None:
        draft = await load_draft(actor, draft_id)
    else:
        draft = Draft(new_id(), await _again(actor, again) if again else blank(actor))
    return await _page(request, actor, draft)


async def _again(actor: Actor, placement_id: UUID) -> Written:
    """What was typed of a case that was turned down."""
    placement = await load_placement(actor, placement_id)
    rows = await rows_of(actor, placement, ("error", "duplicate"), 0, 1)
    if placement.door != "hand" or not rows:
        raise NotFound
    return rows[0].written


async def _page(
    request: PageRequest,
    actor: Actor,
    draft: Draft,
    *,
    issues: tuple[Issue, ...] = (),
    refusal: Refused | None = None,
    block: str = "content",
) -> Response[Any]:
    return render(
        request,
        "cases/intake/by_hand.html",
        block=block,
        status=refusal.status if refusal else 200,
        draft=draft,
        form=case_form(draft.written, issues, actor.language),
        claim=claim_of(draft.written),
        most=MOST_LINES,
        drafts=[other for other in await drafts_of(actor) if other.id != draft.id],
        errors=sum(issue.severity is Severity.ERROR for issue in issues),
        refusal=refusal,
        removed_on=await removed_on(actor, draft.updated_at),
        added=request.query_params.get("added", ""),
    )


@post("/cases/new", guards=[needs("placements.submit")])
async def write_case(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep what is typed as a draft; a line more or less; or hand the case over."""
    form = await read_form(request)
    draft_id, version = form.id("draft"), _version(form)
    if draft_id is None:
        raise NotFound
    typed = Draft(draft_id, written_in(form), version)
    wish, _, line = form.text("do", limit=40).partition(":")
    if taken := form.text("use", limit=100):
        typed = replace(typed, written=await _taken_up(actor, typed.written, taken))
    try:
        if wish == "place":
            return await _place(request, actor, typed)
        return await _keep(request, actor, typed, wish, line)
    except (DraftChanged, DraftGone) as lost:
        if wish == "autosave":  # whoever is typing is told beside the sum, and goes on typing
            return await _page(request, actor, typed, refusal=lost, block="claim")
        if isinstance(lost, DraftGone):
            return await _page(request, actor, Draft(new_id(), typed.written), refusal=lost, block="typed")
        # What is typed stays, under the version that is kept: who saves it now has seen that there is another.
        shown = Draft(draft_id, typed.written, lost.now.version, updated_at=lost.now.updated_at)
        return await _page(request, actor, shown, refusal=lost, block="typed")
    except Refused as refusal:
        return await _page(request, actor, typed, refusal=refusal, block="typed")


async def _taken_up(actor: Actor, written: Written, taken: str) -> Written:
    """With what was proposed for a field filled in."""
    assert actor.client_id is not None
    issues = check_alone(1, written, await context_of(actor.agency_id, actor.client_id)).issues
    proposed = {issue.field: issue.proposal for issue in issues if issue.proposal and issue.field == taken}
    return filled_in(written, proposed)


def _version(form: Form) -> int:
    text = form.text("version", limit=9)
    if not (text.isascii() and text.isdigit()):
        raise NotFound
    return int(text)


async def _keep(request: PageRequest, actor: Actor, typed: Draft, wish: str, line: str) -> Response[Any]:
    several, _, place = line.partition(".")
    written = typed.written
    if wish == "add":
        written = with_line(written, several)
    elif wish == "remove":
        written = without_line(written, several, place)
    if wish == "autosave" and not typed.version and is_empty(written, blank(actor)):
        return await _page(request, actor, typed, block="claim")
    kept = await save_draft(actor, typed.id, written, typed.version)
    if wish == "autosave":
        return await _page(request, actor, kept, block="claim")
    if wants_fragment(request):
        return await _page(request, actor, kept, block="typed")
    url = f"/cases/new?draft={kept.id}"
    if wish == "save":
        return redirect(request, url, N_("The draft is saved."))
    return redirect(request, f"{url}#{several}")


async def _place(request: PageRequest, actor: Actor, typed: Draft) -> Response[Any]:
    try:
        received = await place_by_hand(actor, typed.id, typed.written)
    except Incomplete as incomplete:
        return await _page(request, actor, typed, issues=incomplete.issues, refusal=incomplete, block="typed")
    except ReferenceTaken as taken:
        msgid = N_("This draft was handed over already, as it is shown here.")
        return redirect(request, f"/placements/{taken.placement_id}", msgid, tone="bad")
    except StoreAway:
        away = NotNow(N_("The case could not be stored. Nothing was kept; please try again in a minute."))
        return await _page(request, actor, typed, refusal=away, block="typed")
    return redirect(request, f"/placements/{received.placement.id}")


@post("/cases/new/drop", guards=[needs("placements.submit")])
async def drop(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Throw a draft away."""
    form = await read_form(request)
    draft_id = form.id("draft")
    if draft_id is None:
        raise NotFound
    await drop_draft(actor, draft_id)
    return redirect(request, "/cases/new", N_("The draft is thrown away."), tone="quiet")


ROUTES: list[Any] = [new_case, write_case, drop]
