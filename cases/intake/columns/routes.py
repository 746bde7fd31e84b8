"""The step between file and check: how the file is read, what its columns mean, and the cases that result."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.intake.columns.choices import (
    CONSTANTS,
    MEANINGS,
    Answers,
    Chosen,
    as_map,
)
from cases.intake.columns.confirming import ask_again, choose_shape, confirm, load_proposal
from cases.intake.columns.page import columns_page
from cases.intake.columns.proposal import Proposal
from cases.intake.columns.shape_form import shape_from
from cases.intake.files.column_map import ColumnMap, Grouping
from cases.intake.files.shape import Shape
from cases.intake.files.values import DateOrder, DecimalMark
from cases.intake.placement import load_placement
from portal.errors import NotFound, Refused
from portal.pages.forms import Form, read_form
from portal.pages.toasts import redirect
from portal.people.actor import Actor
from portal.people.guards import needs

PageRequest = Request[Any, Any, Any]


@post("/placements/{placement_id:uuid}/columns", guards=[needs("placements.submit")])
async def say_columns(
    request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]
) -> Response[Any]:
    """What each column means: shown as the cases that result (``see``), or confirmed and checked."""
    form = await read_form(request)
    placement = await load_placement(actor, placement_id)
    if placement.step != "columns":
        return redirect(request, f"/placements/{placement_id}")
    proposal = await load_proposal(actor, placement)
    answers = _answers(form, proposal)
    if form.flag("see"):
        return await columns_page(request, actor, placement, answers, block="made")
    try:
        column_map = as_map(answers, proposal.columns, ColumnMap.from_facts(placement.column_map or {}))
        await confirm(actor, placement_id, column_map)
    except Refused as refusal:
        return await columns_page(request, actor, placement, answers, refusal)
    return redirect(request, f"/placements/{placement_id}")


def _answers(form: Form, proposal: Proposal) -> Answers:
    """The form as it was sent; what no form of ours sends is a page that does not exist."""
    columns = []
    for place in range(len(proposal.columns)):
        meaning = form.text(f"c{place}")
        if meaning and meaning not in MEANINGS:
            raise NotFound
        columns.append(Chosen(meaning, form.text(f"v{place}", limit=1000)))
    constants = {field: form.text(f"all_{field}", limit=35) for field in CONSTANTS}
    try:
        return Answers(
            columns=tuple(columns),
            constants={field: text for field, text in constants.items() if text},
            date_order=DateOrder(form.text("date_order")),
            mark=DecimalMark(form.text("mark")),
            grouping=Grouping(form.text("grouping")),
            skip_totals=form.flag("skip_totals"),
            skip_zero=form.flag("skip_zero"),
        )
    except ValueError:
        raise NotFound from None


@post("/placements/{placement_id:uuid}/shape", guards=[needs("placements.submit")])
async def say_shape(request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Response[Any]:
    """How the file is to be read: another sheet, encoding, delimiter or header line than was proposed."""
    form = await read_form(request)
    placement = await load_placement(actor, placement_id)
    if placement.step != "columns":
        return redirect(request, f"/placements/{placement_id}")
    try:
        await choose_shape(actor, placement_id, shape_from(form, Shape.from_facts(placement.shape or {})))
    except Refused as refusal:
        return await columns_page(request, actor, placement, refusal=refusal)
    return redirect(request, f"/placements/{placement_id}")


@post("/placements/{placement_id:uuid}/columns/again", guards=[needs("placements.submit")])
async def say_again(request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Response[Any]:
    """Back from the check to the columns."""
    try:
        await ask_again(actor, placement_id)
    except Refused as refusal:
        return redirect(request, f"/placements/{placement_id}", refusal.message, tone="bad")
    return redirect(request, f"/placements/{placement_id}")


ROUTES: list[Any] = [say_columns, say_shape, say_again]
