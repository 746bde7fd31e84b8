"""How the rows of a checked placement are shown: a grid of what was written, with what is wrong beneath it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from cases.intake.as_given import Field, GivenCase
from cases.intake.files.postings import LeftOut
from cases.intake.issue import Code, Issue, Severity
from cases.intake.placement import GOOD, PlacementFile
from cases.intake.stored import StoredRow
from cases.intake.written import Written
from portal.money import decimal_string
from portal.pages.text import N_, Text, say

COLUMNS: Mapping[Field, str] = {
    Field.NUMBER: N_("Invoice number"),
    Field.NAME: N_("Debtor"),
    Field.POSTAL_CODE: N_("Postal code"),
    Field.COUNTRY: N_("Country"),
    Field.ISSUED_ON: N_("Invoice date"),
    Field.DUE_ON: N_("Due date"),
    Field.AMOUNT: N_("Amount"),
    Field.CURRENCY: N_("Currency"),
}
"""What of a row is shown, in the order of the form."""

TITLES: Mapping[Field, str] = {
    **COLUMNS,
    Field.REFERENCE: N_("Reference"),
    Field.KIND: N_("Kind"),
    Field.REGISTRATION_NUMBER: N_("Registration number"),
    Field.TAX_ID: N_("Tax number"),
    Field.EMAIL: N_("E-mail"),
    Field.PHONE: N_("Phone"),
    Field.LANGUAGE: N_("Language"),
    Field.CONTACT_PERSON: N_("Contact person"),
    Field.STREET: N_("Address"),
    Field.CITY: N_("City"),
    Field.REGION: N_("State"),
    Field.DESCRIPTION: N_("Description"),
    Field.INTEREST: N_("Interest"),
    Field.COSTS: N_("Costs"),
    Field.SECOND_PLACEMENT: N_("Second placement"),
    Field.CREDIT_KIND: N_("Credit note or payment"),
    Field.CREDIT_NUMBER: N_("Number"),
    Field.CREDITED_ON: N_("Date"),
    Field.CREDITED_INVOICE: N_("For invoice"),
    Field.CREDIT_AMOUNT: N_("Amount"),
    Field.CONTACT_NAME: N_("Name"),
    Field.CONTACT_POSITION: N_("Position"),
    Field.CONTACT_EMAIL: N_("E-mail"),
    Field.CONTACT_PHONE: N_("Phone"),
    Field.CONTACT_AUTHORISED: N_("May speak for the debtor"),
}

CREDITS: Field = Field.CREDIT_AMOUNT
"""Stands for all credits of a row, one after the other."""

BESIDE: Mapping[Field, str] = {Field.INTEREST: N_("Interest"), Field.COSTS: N_("Costs"), CREDITS: N_("Credits")}
"""What is shown as well where one of the rows has it."""

ALIGN: Mapping[Field, str] = {
    **dict.fromkeys((Field.AMOUNT, *BESIDE), "r"),
    Field.ISSUED_ON: "is-day",
    Field.DUE_ON: "is-day",
}
"""How the cell of a field stands; a day is never broken in two."""

LEFT_OUT_TEXTS: Mapping[str, str] = {
    "blank": N_("blank lines: %(num)s"),
    LeftOut.TOTAL: N_("totals: %(num)s"),
    LeftOut.FILTERED: N_("by your choice: %(num)s"),
    LeftOut.HEADING: N_("headings: %(num)s"),
    LeftOut.TEXT: N_("remarks: %(num)s"),
    LeftOut.REPEATED_HEADER: N_("column names again: %(num)s"),
    LeftOut.ZERO: N_("nothing open: %(num)s"),
    LeftOut.SETTLED: N_("settle one another: %(num)s"),
    "by_hand": N_("by hand: %(num)s"),
}
"""Why rows of a file became no case, and how many."""

PROPOSED_TEXTS: Mapping[str, str] = {
    Code.BAD_DATE: N_("Dates in another form"),
    Code.BAD_AMOUNT: N_("Amounts in another form"),
    Code.TOO_MANY_DECIMALS: N_("Amounts with too many decimals"),
    Code.UNKNOWN_CURRENCY: N_("Names of currencies"),
    Code.UNKNOWN_COUNTRY: N_("Names of countries"),
    Code.CONTROL_CHARACTERS: N_("Invisible characters"),
}
"""The errors for which something may be proposed."""

SHOWN_CHARACTERS = 60
SHOWN_AMOUNTS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as it was written."""

    text: str
    wrong: bool = False
    align: str = ""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row with its findings in words; ``is_warning`` when it may be placed all the same."""

    number: int
    cells: tuple[Cell, ...]
    messages: tuple[Text, ...]
    is_warning: bool
    case_id: object = None
    proposals: tuple[str, ...] = ()
    """What is proposed for its errors; taken up by one click."""


def columns_of(entries: Iterable[Written | GivenCase]) -> Mapping[Field, str]:
    """What of some rows is shown: interest, costs and credits only where one of them has such."""
    several = list(entries)
    beside = {field: title for field, title in BESIDE.items() if any(beside_text(each, field) for each in several)}
    return {**COLUMNS, **beside}


def beside_text(entry: Written | GivenCase, field: Field) -> str:
    """What is claimed of interest or costs, or each credit, as it was written."""
    if field is CREDITS:
        return several_amounts(credit.get(CREDITS, "") for credit in entry.credits)
    text = entry.values.get(field, "")
    return text if text.strip("0.,") else ""


def several_amounts(texts: Iterable[str]) -> str:
    """The first amounts of a list, with a sign that there are more."""
    first = list(islice((text for text in texts if text), SHOWN_AMOUNTS + 1))
    return " + ".join(first[:SHOWN_AMOUNTS]) + (" …" if len(first) > SHOWN_AMOUNTS else "")


def grid_rows(placement: PlacementFile, rows: list[StoredRow], columns: Mapping[Field, str]) -> list[GridRow]:
    """Rows as the page shows them in these columns."""
    return [_grid_row(placement, row, columns) for row in rows]


def left_out(placement: PlacementFile) -> dict[str, int]:
    """Rows that are no cases and were not meant to be, by reason; none that is nought."""
    counts = {"blank": placement.summary.get("skipped", 0), **placement.summary.get("left_out", {})}
    return {reason: count for reason, count in counts.items() if count}


def _grid_row(placement: PlacementFile, row: StoredRow, columns: Mapping[Field, str]) -> GridRow:
    wrong = {issue.field for issue in row.issues}
    cells = tuple(cell_of(placement, field, _shown(_written(placement, row, field)), wrong) for field in columns)
    errors_first = sorted(row.issues, key=lambda issue: issue.severity is Severity.WARNING)
    messages = tuple(message(placement, issue) for issue in errors_first)
    if row.left_out_because:
        messages = (say(N_("Left out: %(reason)s"), reason=row.left_out_because),)
    proposals = tuple(issue.proposal for issue in row.errors if issue.proposal)
    return GridRow(row.row, cells, messages, row.state in GOOD, row.duplicate_of, proposals)


def cell_of(placement: PlacementFile, field: Field, text: str, wrong: Collection[str]) -> Cell:
    """A cell as it is shown. A file calls a credit as it calls an amount: where there is none, the credit is not wrong."""
    is_wrong = placement.field_name(field) in wrong and bool(text or field is not CREDITS)
    return Cell(text, is_wrong, ALIGN.get(field, ""))


def _written(placement: PlacementFile, row: StoredRow, field: Field) -> str:
    if field in BESIDE:
        return beside_text(row.written, field)
    written = row.given.get(placement.field_name(field))
    return str(written) if written is not None else _drafted(row.draft or {}, field)


def _drafted(draft: Mapping[str, Any], field: Field) -> str:
    """The value of a row of which nothing else was kept, since nothing was found in it."""
    first = draft["invoices"][0] if draft.get("invoices") else {}
    if field is Field.AMOUNT:
        return decimal_string(draft["total_minor"], draft["currency"]) if draft else ""
    names = {
        Field.NUMBER: first.get("number"),
        Field.ISSUED_ON: first.get("issued_on"),
        Field.DUE_ON: first.get("due_on"),
        Field.NAME: draft.get("name"),
        Field.POSTAL_CODE: draft.get("postal_code"),
        Field.COUNTRY: draft.get("country"),
        Field.CURRENCY: draft.get("currency"),
    }
    return str(names[field] or "")


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


def message(placement: PlacementFile, issue: Issue) -> Text:
    """The finding, where it is when its cell is not shown, and what was probably meant."""
    shown = {placement.field_name(field) for field in COLUMNS}
    sentence: object = Spoken(issue)
    if issue.field and issue.field not in shown:
        title = next((text for field, text in TITLES.items() if placement.field_name(field) == issue.field), None)
        sentence = say("%(field)s: %(sentence)s", field=say(title) if title else issue.field, sentence=sentence)
    if issue.proposal:
        return say("%(sentence)s Perhaps %(proposal)s is meant.", sentence=sentence, proposal=issue.proposal)
    return say("%(sentence)s", sentence=sentence)


class Spoken:
    """An issue's sentence, in the viewer's language when printed."""

    def __init__(self, issue: Issue) -> None:
        self._issue = issue

    def __str__(self) -> str:
        return self._issue.text()
