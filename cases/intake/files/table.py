"""A table inside a file: the columns of its header and the rows below, one at a time."""

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self

from cases.intake.as_given import LIMITS, Limits
from cases.intake.files.shape import Shape
from cases.intake.files.sheets import SHEET_LIMITS, Cells, SheetLimits, SheetReader
from cases.intake.files.text import read_records
from cases.intake.issue import Code, FileError, FileFault, Issue, Severity, found

MOST_ROWS = 1_048_576
"""What a sheet can hold, blank rows and those that are left out included."""

_NOTHING: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the header, as many cells as there are columns.

    `number` counts as a spreadsheet does. `numbers` are the places of cells that are numbers in a sheet: they are in
    plain notation whatever the file's text cells are. `written` is the whole row as it stands, also where it is
    longer. `issue`: why its cells cannot be trusted.
    """

    number: int
    cells: tuple[str, ...]
    numbers: frozenset[int] = _NOTHING
    issue: Issue | None = None
    written: tuple[str, ...] = ()


def open_table(
    file: BinaryIO, shape: Shape, limits: Limits = LIMITS, *, sheet_limits: SheetLimits = SHEET_LIMITS
) -> "Table":
    """Opens the table that a shape describes and reads its header.

    Raises `FileError`: no_header when the file ends above it, and whatever reading the file's kind raises. Close the
    table, or read it to its end; the file stays open.
    """
    return Table(raw_rows(file, shape, limits, sheet_limits), shape, limits)


def raw_rows(file: BinaryIO, shape: Shape, limits: Limits, sheet_limits: SheetLimits) -> Generator[Cells, None, None]:
    """All rows of a file as they stand, blank ones too. Raises `FileError`."""
    if shape.kind.is_sheet:
        with SheetReader(file, shape.sheet, limits=limits, most=sheet_limits) as sheets:
            for _, cells in sheets.rows():
                yield cells
    else:
        for record in read_records(file, shape):
            yield tuple(record[: limits.columns + 1]), _NOTHING  # one more says that there are too many


class Table(Iterator[Row]):
    """An opened table. `columns` are its captions, each different, `above` the rows over the header.

    `blank_lines` counts while rows are read.
    """

    def __init__(self, rows: Iterator[Cells], shape: Shape, limits: Limits) -> None:
        self.blank_lines = 0
        self._rows = rows
        self._shape = shape
        self._limits = limits
        self._number = 0
        try:
            above = [self._next_cells() for _ in range(shape.header_row)]
        except BaseException:
            self.close()
            raise
        header = [cells for cells, _ in above[shape.header_row - shape.header_rows :]]
        self.above = tuple(cells for cells, _ in above[: shape.header_row - shape.header_rows])
        self.columns = captions(header)
        if len(self.columns) > limits.columns:
            self.close()
            raise FileError(FileFault.TOO_MANY_COLUMNS, limit=limits.columns)

    def _next_cells(self) -> Cells:
        cells = next(self._rows, None)
        if cells is None:
            empty = not self._number
            raise (
                FileError(FileFault.EMPTY_FILE) if empty else FileError(FileFault.NO_HEADER, row=self._shape.header_row)
            )
        self._number += 1
        return cells

    def __next__(self) -> Row:
        for cells, numbers in self._rows:
            self._number += 1
            if self._number > MOST_ROWS:
                self.close()
                raise FileError(FileFault.TOO_MANY_ROWS, limit=MOST_ROWS)
            if any(map(str.strip, cells)):
                return self._row(cells, numbers)
            self.blank_lines += 1
        self.close()
        raise StopIteration

    def _row(self, written: tuple[str, ...], numbers: frozenset[int]) -> Row:
        width = len(self.columns)
        cells = written[:width] + ("",) * (width - len(written))
        return Row(self._number, cells, numbers, self._fault(written, cells), written)

    def _fault(self, written: tuple[str, ...], cells: tuple[str, ...]) -> Issue | None:
        """In text, a cell too many says that a delimiter stands where none was meant; in a sheet it is a note."""
        width, limit = len(self.columns), self._limits.cell_characters
        if not self._shape.kind.is_sheet and any(map(str.strip, written[width:])):
            params = {"cells": len(written), "columns": width}
            return found(Severity.ERROR, self._number, "", Code.RAGGED_ROW, params)
        length, column = max(zip(map(len, cells), self.columns, strict=True), default=(0, ""))
        if length > limit:
            return found(Severity.ERROR, self._number, column, Code.TOO_LONG, {"length": length, "limit": limit})
        return None

    def close(self) -> None:
        """Ends reading; a spreadsheet's process is ended too."""
        close = getattr(self._rows, "close", None)
        if close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def captions(header: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """One caption a column, each different. Under a merged cell, two rows become ``客户/编码`` and ``客户/名称``.

    A column without a caption is called by its letter in brackets, a second one of a name by its number.
    """
    width = max(map(len, header), default=0)
    rows = [[re.sub(r"\s+", " ", cell).strip() for cell in row] + [""] * (width - len(row)) for row in header]
    if len(rows) > 1:
        rows[0] = _spread(rows[0], rows[1])
    names: list[str] = []
    for place, parts in enumerate(zip(*rows, strict=True)):
        name = "/".join(filter(None, parts)) or f"({letters(place)})"
        again = names.count(name) + sum(other.startswith(f"{name} (") for other in names if name in names)
        names.append(f"{name} ({again + 1})" if again else name)
    return tuple(names)


def _spread(upper: list[str], lower: list[str]) -> list[str]:
    """The upper row with each caption carried to the right as far as the lower row divides it."""
    spread, last = [], ""
    for above, below in zip(upper, lower, strict=True):
        last = above or (last if below else "")
        spread.append(last)
    return spread


def letters(place: int) -> str:
    """A column as spreadsheets call it: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
