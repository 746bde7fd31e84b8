"""Correcting a row where it stands: in the grid of the check, or without scripts on a page of its own."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.intake.as_given import Field
from cases.intake.corrections.amend import (
    MOST_INVOICES,
    correct_row,
    last_change,
    leave_out,
    load_row,
    may_be_corrected,
    take_in,
    use_proposals,
)
from cases.intake.corrections.proposals import use_all_proposals
from cases.intake.corrections.recheck import check_alone, filled_in
from cases.intake.fields import FormField, fields_of
from cases.intake.grid import message
from cases.intake.placement import PlacementFile, load_placement
from cases.intake.reading import context_of
from cases.intake.stored import StoredRow
from portal.editing import ChangedMeanwhile, Editing, opened, overtaken, refused, seen
from portal.errors import NotFound, Refused
from portal.pages.forms import Form, read_form
from portal.pages.rendering import render
from portal.pages.returning import own_path
from portal.pages.text import N_
from portal.pages.toasts import redirect
from portal.people.actor import Actor
from portal.people.guards import needs

PageRequest = Request[Any, Any, Any]


@get("/placements/{placement_id:uuid}/rows/{number:int}", guards=[needs("placements.read")])
async def show_row(
    request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID], number: FromPath[int]
) -> Response[Any]:
    """A row with what is wrong in it, as a form while it may be corrected."""
    placement = await load_placement(actor, placement_id)
    row = await load_row(actor, placement, _known(number))
    return await _show(request, actor, placement, row, opened(row.written.texts()))


def _known(number: int) -> int:
    if not 0 < number < 2**31:
        raise NotFound
    return number


async def _show(
    request: PageRequest,
    actor: Actor,
    placement: PlacementFile,
    row: StoredRow,
    editing: Editing,
    refusal: Refused | None = None,
    *,
    saved: bool = False,
) -> Response[Any]:
    fields = await _fields(actor, placement, row, editing)
    return render(
        request,
        "cases/intake/row.html",
        block="correction",
        status=422 if refusal or editing.meanwhile else 200,
        placement=placement,
        row=row,
        editing=editing,
        fields=fields,
        messages=[message(placement, issue) for issue in row.issues],
        columns=placement.summary.get("columns", []),
        correctable=may_be_corrected(placement) and actor.may("placements.submit"),
        too_long=len(row.written.invoices) > MOST_INVOICES,
        change=last_change(row),
        reason=row.left_out_because,
        refusal=refusal,
        saved=saved,
        fact_word=lambda name: next((str(field.label) for field in fields if field.name == name), name),
        back=_back(request.query_params.get("back", ""), placement),
    )


async def _fields(actor: Actor, placement: PlacementFile, row: StoredRow, editing: Editing) -> list[FormField]:
    """The fields with what is typed in them. In the simple form a case is called by its invoice, which is asked once."""
    typed = filled_in(
        row.written, {name: editing.values[name] for name in row.written.texts() if name in editing.values}
    )
    context = await context_of(actor.agency_id, placement.client_id)
    fields = fields_of(typed, check_alone(row.row, typed, context).issues)
    if placement.column_map is None:
        fields = [field for field in fields if field.field not in (Field.REFERENCE, Field.INTEREST, Field.COSTS)]
    return [replace(field, error=editing.errors.get(field.name, field.error)) for field in fields]


def _back(text: str, placement: PlacementFile) -> str:
    """Where the row was opened: a page of this placement."""
    page = f"/placements/{placement.id}"
    return text if own_path(text, page) == text and text.startswith(page) else page


@post("/placements/{placement_id:uuid}/rows/{number:int}", guards=[needs("placements.submit")])
async def save_row(
    request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID], number: FromPath[int]
) -> Response[Any]:
    """Save what was corrected. A row that is still wrong stays open, saved as it is."""
    form = await read_form(request)
    placement = await load_placement(actor, placement_id)
    row = await load_row(actor, placement, _known(number))
    try:
        texts = await _texts(actor, placement, row, form)
        now = await correct_row(actor, placement_id, row.row, texts, seen(form).values())
    except ChangedMeanwhile as error:
        assert isinstance(error.now, dict)
        return await _show(request, actor, placement, row, overtaken(form, error.now, error))
    except Refused as refusal:
        return await _show(request, actor, placement, row, refused(form, refusal), refusal)
    if now.state == "error":
        return await _show(request, actor, placement, now, opened(now.written.texts()), saved=True)
    return _done(request, placement, form, now)


async def _texts(actor: Actor, placement: PlacementFile, row: StoredRow, form: Form) -> dict[str, str]:
    """What was typed, or for the field whose proposal was taken, that."""
    texts = {name: form.text(name) for name in row.written.texts() if name in form.values()}
    if taken := form.text("use", limit=100):
        context = await context_of(actor.agency_id, placement.client_id)
        issues = check_alone(row.row, filled_in(row.written, texts), context).issues
        texts |= {issue.field: issue.proposal for issue in issues if issue.proposal and issue.field == taken}
    return texts


def _done(request: PageRequest, placement: PlacementFile, form: Form, row: StoredRow) -> Response[Any]:
    told = {
        "duplicate": N_("Row %(number)s is right, but was placed before."),
        "error": N_("Row %(number)s is still wrong."),
    }
    msgid = told.get(row.state, N_("Row %(number)s can be placed now."))
    tone = "good" if row.state in ("ready", "warning") else "bad"
    return redirect(request, _back(form.text("back"), placement), msgid, tone=tone, number=row.row)


@post("/placements/{placement_id:uuid}/rows/{number:int}/proposals", guards=[needs("placements.submit")])
async def use_row_proposals(
    request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID], number: FromPath[int]
) -> Response[Any]:
    """Fill in what is proposed for one row."""
    form = await read_form(request)
    placement = await load_placement(actor, placement_id)
    try:
        row = await use_proposals(actor, placement_id, _known(number))
    except Refused as refusal:
        return redirect(request, f"/placements/{placement_id}", refusal.message, tone="bad")
    return _done(request, placement, form, row)


@post("/placements/{placement_id:uuid}/proposals", guards=[needs("placements.submit")])
async def use_proposals_everywhere(
    request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]
) -> Response[Any]:
    """Fill in what is proposed for a kind of error, in every row; a job does it."""
    form = await read_form(request)
    url = f"/placements/{placement_id}"
    try:
        await use_all_proposals(actor, placement_id, form.text("code", limit=50))
    except Refused as refusal:
        return redirect(request, url, refusal.message, tone="bad")
    return redirect(request, url)


@post("/placements/{placement_id:uuid}/rows/{number:int}/leave-out", guards=[needs("placements.submit")])
async def leave_row_out(
    request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID], number: FromPath[int]
) -> Response[Any]:
    """Leave a row out of what is handed over, with a reason."""
    form = await read_form(request)
    placement = await load_placement(actor, placement_id)
    try:
        await leave_out(actor, placement_id, _known(number), form.text("reason", limit=500))
    except Refused as refusal:
        row = await load_row(actor, placement, number)
        return await _show(request, actor, placement, row, opened(row.written.texts()), refusal)
    back = _back(form.text("back"), placement)
    return redirect(request, back, N_("Row %(number)s is left out."), tone="quiet", number=number)


@post("/placements/{placement_id:uuid}/rows/{number:int}/take-in", guards=[needs("placements.submit")])
async def take_row_in(
    request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID], number: FromPath[int]
) -> Response[Any]:
    """Take a row in again that was left out."""
    form = await read_form(request)
    placement = await load_placement(actor, placement_id)
    try:
        row = await take_in(actor, placement_id, _known(number))
    except Refused as refusal:
        return redirect(request, f"/placements/{placement_id}", refusal.message, tone="bad")
    return _done(request, placement, form, row)


ROUTES: list[Any] = [
    show_row,
    save_row,
    use_row_proposals,
    use_proposals_everywhere,
    leave_row_out,
    take_row_in,
]
