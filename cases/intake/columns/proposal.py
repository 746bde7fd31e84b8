"""What is proposed of a file in a client's own form, kept with the placement until the client has confirmed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO, Final

from cases.intake.as_given import LIMITS, GivenCase
from cases.intake.files.column_map import ColumnMap
from cases.intake.files.detect import Detected, detect, preview
from cases.intake.files.guess import guess
from cases.intake.files.mapped import mapped_cases
from cases.intake.files.master import Known, Master
from cases.intake.files.reasons import Reason, Why
from cases.intake.files.shape import Kind, Shape
from cases.intake.files.sheets import Cells
from cases.intake.files.table import Row, Table, open_table
from cases.intake.issue import FileError, Issue
from cases.intake.stored import as_facts, as_issue

SAMPLE_ROWS: Final = 200
"""Rows a guess is made from."""
KEPT_ROWS: Final = 60
"""Rows that are kept to show what a map makes of them."""
SHOWN_CHARACTERS: Final = 200
"""How much of a cell is kept to be shown."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The first rows of a file, its sheets, its columns with the rows below them, and why each was guessed so.

    `rows` are the file's first rows as they stand; `sample` those below the header, each with its number and the
    places of cells that are numbers in a spreadsheet.
    """

    sheets: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]
    sample: tuple[Row, ...]
    reasons: Mapping[str, Reason]
    notes: tuple[Issue, ...]

    def values_of(self, place: int, most: int = 3) -> list[str]:
        """Different values of a column, as they stand."""
        found = dict.fromkeys(row.cells[place].strip() for row in self.sample if row.cells[place].strip())
        return list(islice(found, most))

    def to_facts(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "sheets": list(self.sheets),
            "rows": [[cell[:SHOWN_CHARACTERS] for cell in row] for row in self.rows],
            "columns": list(self.columns),
            "sample": [[row.number, list(row.cells), sorted(row.numbers)] for row in self.sample],
            "reasons": {role: [reason.why, dict(reason.params)] for role, reason in self.reasons.items()},
            "notes": [as_facts(issue) for issue in self.notes],
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Proposal":
        """As it was stored."""
        return cls(
            tuple(facts["sheets"]),
            tuple(map(tuple, facts["rows"])),
            tuple(facts["columns"]),
            tuple(Row(number, tuple(cells), frozenset(numbers)) for number, cells, numbers in facts["sample"]),
            {role: Reason(Why(why), params) for role, (why, params) in facts["reasons"].items()},
            tuple(map(as_issue, facts["notes"])),
        )


@dataclass(frozen=True, slots=True)
class Proposed:
    """A file that was looked at: how to read it, what its columns probably mean, and what a person needs to judge it."""

    shape: Shape
    column_map: ColumnMap
    proposal: Proposal


def propose(
    file: BinaryIO, remembered: Sequence[ColumnMap], chosen: Shape | None = None, *, find_header: bool = False
) -> Proposed:
    """Look at a file, under a shape that a person chose if there is one. Of the remembered maps the first that fits wins.

    Raises:
        FileError: it is no table, or cannot be read.
    """
    detected = preview(file, chosen, find_header=find_header) if chosen else detect(file)
    file.seek(0)
    with open_table(file, detected.shape) as table:
        sample = list(islice(table, SAMPLE_ROWS))
        known = next((each for each in remembered if not each.missing(table.columns)), None)
        guessed = guess(table.columns, sample, known, above=table.above)
        return Proposed(detected.shape, guessed.map, _proposal(detected, table, sample, guessed.reasons))


def _proposal(detected: Detected, table: Table, sample: Sequence[Row], reasons: Mapping[str, Reason]) -> Proposal:
    kept = tuple(replace(row, issue=None, written=()) for row in sample[:KEPT_ROWS])
    sheets = tuple(sheet.name for sheet in detected.sheets)
    return Proposal(sheets, detected.rows, table.columns, kept, dict(reasons), detected.notes)


def first_cases(
    proposal: Proposal, column_map: ColumnMap, most: int = 8, *, debtors: Mapping[str, Known] | None = None
) -> list[GivenCase]:
    """The cases that a map makes of the rows that were kept, as far as they go; none where it makes none.

    ``debtors`` are those of a list beside the file, by number.
    """
    rows: list[Cells] = [(proposal.columns, frozenset())]
    rows += [(row.cells, row.numbers) for row in proposal.sample]
    as_they_stand = Shape(Kind.XLSX)  # cells are cells, whatever file they came from
    try:
        master = Master(debtors.items()) if debtors else None
        cases = mapped_cases(Table(iter(rows), as_they_stand, LIMITS), column_map, master=master)
        made = list(islice(cases, most))
    except (FileError, KeyError):
        return []
    cases.close()
    return made
