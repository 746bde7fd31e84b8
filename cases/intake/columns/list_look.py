"""Looking at a list of debtors beside a file: what its columns mean, and whom of the file it knows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from cases.intake.as_given import Field
from cases.intake.columns.proposal import KEPT_ROWS, SAMPLE_ROWS, SHOWN_CHARACTERS, Proposed
from cases.intake.files.column_map import ColumnMap
from cases.intake.files.detect import detect
from cases.intake.files.guess import guess
from cases.intake.files.master import Known, Looked, Master, as_list_of_debtors, read_master, same_number, says_debtors
from cases.intake.files.postings import Tally, read_postings
from cases.intake.files.shape import Shape
from cases.intake.files.table import Row, open_table
from cases.intake.issue import FileError

_SHOWN_VALUES = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """How many debtors of the file are in the list, how many are not, and the first of these."""

    found: int
    missing: int
    first_missing: tuple[str, ...]

    @classmethod
    def of(cls, looked: Looked) -> "Compared":
        """What was looked up in a list so far."""
        return cls(looked.found, looked.missing, tuple(looked.first_missing()))

    def to_facts(self) -> dict[str, Any]:
        """As it is stored."""
        return {"found": self.found, "missing": self.missing, "first_missing": list(self.first_missing)}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Compared":
        """As it was stored."""
        return cls(facts["found"], facts["missing"], tuple(facts["first_missing"]))


@dataclass(frozen=True, slots=True)
class ListLook:
    """The columns of a list with sample values; whom of the file it knows, None when nobody can say yet.

    `known` are the debtors of the file's first rows, by number, so that the first cases can be shown with their names.
    """

    columns: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    compared: Compared | None
    known: Mapping[str, Known]

    def to_facts(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "columns": list(self.columns),
            "values": [list(values) for values in self.values],
            "compared": self.compared.to_facts() if self.compared else None,
            "known": {number: dict(known) for number, known in self.known.items()},
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "ListLook":
        """As it was stored."""
        return cls(
            tuple(facts["columns"]),
            tuple(map(tuple, facts["values"])),
            Compared.from_facts(facts["compared"]) if facts["compared"] else None,
            {number: {Field(name): text for name, text in known.items()} for number, known in facts["known"].items()},
        )


def look_at_list(
    content: BinaryIO, file: BinaryIO, proposed: Proposed, kept: Shape | None, said: ColumnMap
) -> tuple[Shape, ColumnMap, ListLook]:
    """How a list is read, what its columns mean, as the client ``said`` or else by guess, and whom of the file it knows.

    ``kept`` is how it is read where that was found or chosen before.

    Raises:
        FileError: the list is no table, or cannot be read.
    """
    shape = kept or detect(content).shape
    with open_table(content, shape) as table:
        columns, sample = table.columns, list(islice(table, SAMPLE_ROWS))
        meaning = said if said.debtor.columns else as_list_of_debtors(guess(columns, sample, above=table.above).map)
    values = tuple(tuple(_values(sample, place)) for place in range(len(columns)))
    if not says_debtors(meaning):
        return shape, meaning, ListLook(columns, values, None, {})
    with read_master(open_table(content, shape), meaning) as master:
        known = dict(_known(master, proposed.proposal.sample[:KEPT_ROWS]))
        return shape, meaning, ListLook(columns, values, _compared(master, file, proposed), known)


def _values(sample: Sequence[Row], place: int) -> Iterator[str]:
    """Different values of a column, as they stand."""
    texts = dict.fromkeys(text for row in sample if (text := row.cells[place].strip()))
    return (text[:SHOWN_CHARACTERS] for text in islice(texts, _SHOWN_VALUES))


def _known(master: Master, rows: Sequence[Row]) -> Iterator[tuple[str, Known]]:
    """Whoever is in the list by any cell of the rows: which of them is the number, the client may still say."""
    for number in {same_number(cell) for row in rows for cell in row.cells}:
        if known := master.known(number):
            yield number, known


def _compared(master: Master, file: BinaryIO, proposed: Proposed) -> Compared | None:
    """Whom of the whole file the list knows; None where no column of it is said to be the number, or it cannot be read."""
    meaning = proposed.column_map
    if not meaning.debtor.columns:
        return None
    try:
        with open_table(file, proposed.shape) as table:
            for posting in read_postings(table, table.columns, meaning.placed(table.columns), Tally()):
                master.complete(posting, {})
    except FileError:
        return None
    return Compared.of(master.looked)
