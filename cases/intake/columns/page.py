"""The page between file and check: how the file is read, what its columns mean, and the cases that result."""

from dataclasses import dataclass, replace
from typing import Any, Final

from litestar import Request, Response

from cases.intake.as_given import Field, GivenCase
from cases.intake.check import check_rows
from cases.intake.clearing import placement_removed_on
from cases.intake.columns.choices import (
    CONSTANTS,
    GROUPING_TEXTS,
    LIST_MEANINGS,
    MARK_TEXTS,
    MEANINGS,
    ORDER_TEXTS,
    Answers,
    Chosen,
    as_map,
    choices_of,
)
from cases.intake.columns.confirming import load_proposal
from cases.intake.columns.list_beside import DebtorList, list_of
from cases.intake.columns.proposal import Proposal, first_cases
from cases.intake.files.column_map import ColumnMap
from cases.intake.files.reasons import Reason
from cases.intake.files.shape import DELIMITERS, ENCODINGS, Shape
from cases.intake.files.values import DecimalMark
from cases.intake.grid import BESIDE, TITLES, GridRow, beside_text, cell_of, columns_of, message, several_amounts
from cases.intake.options import options_of
from cases.intake.placement import PlacementFile
from cases.intake.reading import context_of
from portal.errors import Refused
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.people.actor import Actor

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
    listed = await list_of(actor.agency_id, placement.id)
    cases = first_cases(proposal, column_map, debtors=listed.look.known if listed and listed.look else None)
    return render(
        request,
        "cases/intake/columns.html",
        block=block,
        status=refusal.status if refusal else 200,
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
        made=await _made(actor, placement, cases, column_map),
        listed=listed,
        list_columns=list_rows(listed) if listed else [],
        list_meanings={code: MEANINGS[code] for code in LIST_MEANINGS},
        shown=_shown(cases),
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


def list_rows(listed: DebtorList) -> list[ColumnRow]:
    """Each column of a list of debtors with what it is said to mean."""
    if listed.look is None:
        return []
    chosen = choices_of(listed.column_map, listed.look.columns)
    each = zip(listed.look.columns, listed.look.values, chosen, strict=True)
    return [ColumnRow(place, caption, list(values), said, None) for place, (caption, values, said) in enumerate(each)]


def _shown(cases: list[GivenCase]) -> dict[Field, str]:
    """What is shown of the cases that result; interest, costs and credits where one of them has such."""
    return {**{field: TITLES[field] for field in SHOWN}, **{f: t for f, t in columns_of(cases).items() if f in BESIDE}}


async def _made(actor: Actor, placement: PlacementFile, cases: list[GivenCase], column_map: ColumnMap) -> list[GridRow]:
    """The first cases as the check will see them."""
    context = await context_of(actor.agency_id, placement.client_id)
    mapped = replace(placement, column_map=column_map.to_facts())
    shown = _shown(cases)
    rows = []
    for given, checked in zip(cases, check_rows(cases, context), strict=True):
        wrong = {issue.field for issue in checked.errors}
        cells = tuple(cell_of(mapped, field, _text(given, field), wrong) for field in shown)
        rows.append(GridRow(given.row, cells, tuple(message(mapped, issue) for issue in checked.errors), checked.ready))
    return rows


def _text(given: GivenCase, field: Field) -> str:
    if field in BESIDE:
        return beside_text(given, field)
    if field in given.values and field is not Field.AMOUNT:
        return given.values[field]
    return several_amounts(invoice.get(field, "") for invoice in given.invoices)
