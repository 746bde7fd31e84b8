"""The step between file and check: how the file is read, what its columns mean, and the cases that result."""

from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.intake.as_given import Field, GivenCase
from cases.intake.check import check_rows
from cases.intake.clearing import placement_removed_on
from cases.intake.columns.choices import (
    CONSTANTS,
    GROUPING_TEXTS,
    MARK_TEXTS,
    MEANINGS,
    ORDER_TEXTS,
    Answers,
    Chosen,
    as_map,
    choices_of,
)
from cases.intake.columns.confirming import ask_again, choose_shape, confirm, load_proposal
from cases.intake.columns.proposal import Proposal, first_cases
from cases.intake.files.column_map import ColumnMap, Grouping
from cases.intake.files.reasons import Reason
from cases.intake.files.shape import DELIMITERS, ENCODINGS, Shape
from cases.intake.files.values import DateOrder, DecimalMark
from cases.intake.grid import ALIGN, TITLES, Cell, GridRow, message
from cases.intake.options import options_of
from cases.intake.placement import PlacementFile, load_placement
from cases.intake.reading import context_of
from portal.errors import NotFound, Refused
from portal.pages.forms import Form, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import redirect
from portal.people.actor import Actor
from portal.people.guards import needs

PageRequest = Request[Any, Any, Any]

DELIMITER_TEXTS: Final = {",": N_("Comma"), ";": N_("Semicolon"), "\t": N_("Tab"), "|": N_("Vertical bar")}
SHOWN: Final = (Field.NUMBER, Field.NAME, Field.ISSUED_ON, Field.DUE_ON, Field.AMOUNT, Field.CURRENCY, Field.COUNTRY)
"""What is shown of the cases that result."""


async def columns_page(
    request: PageRequest,
    actor: Actor,
    placement: PlacementFile,
    answers: Answers | None = None,
    refusal: Refused | None = None,
    block: str = "content",
) -> Response[Any]:
    """The page of a placement whose columns wait for the client's word; with answers, what they would result in."""
    proposal = await load_proposal(actor, placement)
    proposed = ColumnMap.from_facts(placement.column_map or {})
    column_map = as_map(answers, proposal.columns, proposed) if answers else proposed
    return render(
        request,
        "cases/intake/columns.html",
        block=block,
        status=422 if refusal else 200,
        placement=placement,
        removed_on=await placement_removed_on(actor, placement),
        proposal=proposal,
        shape=Shape.from_facts(placement.shape or {}),
        columns=_column_rows(proposal, choices_of(proposed, proposal.columns), answers),
        meanings=MEANINGS,
        constants=[
            (field, TITLES[field], options_of(field, actor.language), _constant(column_map, field))
            for field in CONSTANTS
        ],
        orders=ORDER_TEXTS,
        marks=MARK_TEXTS,
        groupings=GROUPING_TEXTS,
        encodings=ENCODINGS,
        delimiters={mark: DELIMITER_TEXTS.get(mark, mark) for mark in DELIMITERS},
        map=column_map,
        mark=column_map.amount.mark if column_map.amount else DecimalMark.POINT,
        made=await _made(actor, placement, proposal, column_map),
        shown={field: TITLES[field] for field in SHOWN},
        refusal=refusal,
    )


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column of the file: its caption, sample values, what it is said to mean, and why that was proposed."""

    place: int
    caption: str
    values: list[str]
    chosen: Chosen
    why: Reason | None


def _column_rows(proposal: Proposal, proposed: list[Chosen], answers: Answers | None) -> list[ColumnRow]:
    """Each column with what is said of it now; the reason of the proposal stands only while it is followed."""
    rows = []
    for place, caption in enumerate(proposal.columns):
        chosen = answers.columns[place] if answers else proposed[place]
        followed = chosen.meaning and chosen.meaning == proposed[place].meaning
        reason = proposal.reasons.get(chosen.meaning) or proposal.reasons.get(f"filter:{caption}")
        rows.append(ColumnRow(place, caption, proposal.values_of(place), chosen, reason if followed else None))
    return rows


def _constant(column_map: ColumnMap, field: Field) -> str:
    source = column_map.fields.get(field)
    return source.constant if source else ""


async def _made(actor: Actor, placement: PlacementFile, proposal: Proposal, column_map: ColumnMap) -> list[GridRow]:
    """The first cases as the check will see them."""
    cases = first_cases(proposal, column_map)
    context = await context_of(actor.agency_id, placement.client_id)
    mapped = replace(placement, column_map=column_map.to_facts())
    rows = []
    for given, checked in zip(cases, check_rows(cases, context), strict=True):
        wrong = {issue.field for issue in checked.errors}
        cells = tuple(
            Cell(_text(given, field), mapped.field_name(field) in wrong, ALIGN.get(field, "")) for field in SHOWN
        )
        rows.append(GridRow(given.row, cells, tuple(message(mapped, issue) for issue in checked.errors), checked.ready))
    return rows


def _text(given: GivenCase, field: Field) -> str:
    if field in given.values and field is not Field.AMOUNT:
        return given.values[field]
    texts = [invoice.get(field, "") for invoice in given.invoices]
    return " + ".join(filter(None, texts[:3])) + (" …" if len(texts) > 3 else "")


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
        await choose_shape(actor, placement_id, _shape(form, Shape.from_facts(placement.shape or {})))
    except Refused as refusal:
        return await columns_page(request, actor, placement, refusal=refusal)
    return redirect(request, f"/placements/{placement_id}")


def _shape(form: Form, before: Shape) -> Shape:
    row = form.text("header_row", limit=7)
    if not (row.isascii() and row.isdigit() and int(row) > 0):
        raise Refused(N_("This is not a number."), field="header_row", code="bad_number")
    rows = 2 if form.flag("two_rows") else 1
    if int(row) < rows:
        raise Refused(N_("A header of two rows ends in row 2 or below."), field="header_row", code="bad_number")
    delimiter = form.text("delimiter", limit=1) or ("\t" if form.values().get("delimiter") == "\t" else "")
    try:
        return replace(
            before,
            encoding=form.text("encoding") or before.encoding,
            delimiter=delimiter or before.delimiter,
            sheet=form.text("sheet", limit=255) or before.sheet,
            header_row=int(row),
            header_rows=rows,
        )
    except ValueError:
        raise NotFound from None


@post("/placements/{placement_id:uuid}/columns/again", guards=[needs("placements.submit")])
async def say_again(request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Response[Any]:
    """Back from the check to the columns."""
    try:
        await ask_again(actor, placement_id)
    except Refused as refusal:
        return redirect(request, f"/placements/{placement_id}", refusal.message, tone="bad")
    return redirect(request, f"/placements/{placement_id}")


ROUTES: list[Any] = [say_columns, say_shape, say_again]
