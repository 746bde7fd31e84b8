"""Proposing how a file is to be read: its kind, encoding, delimiter, sheet and header, with the first rows to look at.

Nothing here needs to be right: the page shows what was proposed, and a person may correct every part of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

from cases.intake.as_given import LIMITS, Limits
from cases.intake.encoding import UNICODE, detect_encoding
from cases.intake.files.shape import Kind, Shape
from cases.intake.files.sheets import SHEET_LIMITS, Cells, Sheet, SheetLimits, SheetReader
from cases.intake.files.sniff import is_spreadsheet, other_kind
from cases.intake.files.table import raw_rows
from cases.intake.files.text import detect_delimiter, sample_of
from cases.intake.files.values import DateOrder, amount_text, read_date
from cases.intake.files.vocabulary import is_total, known_share
from cases.intake.issue import WHOLE_PLACEMENT, Code, FileError, FileFault, Issue, Severity, found

PREVIEW_ROWS = 40
"""How many rows are shown, and how far down a header is looked for."""

_SHOWN_CHARACTERS = 500
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Detected:
    """A proposal: the shape, the sheets there are, the first rows as text, and what was a guess in `notes`."""

    shape: Shape
    sheets: tuple[Sheet, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[Issue, ...] = ()

    @property
    def header(self) -> range:
        """The places in `rows` that are the header."""
        return range(self.shape.header_row - self.shape.header_rows, self.shape.header_row)


def detect(file: BinaryIO, limits: Limits = LIMITS, *, sheet_limits: SheetLimits = SHEET_LIMITS) -> Detected:
    """Proposes how to read a file. Its name is not asked: a name is what somebody typed.

    Raises `FileError`: what is no table at all, and what cannot be read. Leaves the file open, at its beginning.
    """
    if is_spreadsheet(file):
        return _detect_sheet(file, "", limits, sheet_limits)
    kind = other_kind(file)
    if kind is not None:
        raise FileError(FileFault.NOT_A_TABLE, kind=kind)
    encoding = detect_encoding(file)
    delimiter, quote = detect_delimiter(sample_of(file, encoding))
    shape = Shape(Kind.CSV, encoding, delimiter, quote)
    return _with_header(shape, (), _first(file, shape, limits, sheet_limits))


def preview(
    file: BinaryIO,
    shape: Shape,
    limits: Limits = LIMITS,
    *,
    find_header: bool = False,
    sheet_limits: SheetLimits = SHEET_LIMITS,
) -> Detected:
    """The first rows under a shape that a person has chosen or corrected.

    With `find_header` the header is looked for anew: another sheet or delimiter has its own. Raises `FileError`.
    """
    if shape.kind.is_sheet:
        with SheetReader(file, shape.sheet, first=PREVIEW_ROWS, limits=limits, most=sheet_limits) as reader:
            sheets, rows = reader.sheets, [cells for _, cells in reader.rows()]
    else:
        sheets, rows = (), _first(file, shape, limits, sheet_limits)
    if find_header:
        return _with_header(shape, sheets, rows)
    return Detected(shape, sheets, tuple(cells for cells, _ in rows), tuple(_notes(shape, sheets)))


def _first(file: BinaryIO, shape: Shape, limits: Limits, sheet_limits: SheetLimits) -> list[Cells]:
    rows = raw_rows(file, shape, limits, sheet_limits)
    try:
        return [
            (tuple(cell[:_SHOWN_CHARACTERS] for cell in cells), numbers)
            for cells, numbers in islice(rows, PREVIEW_ROWS)
        ]
    finally:
        rows.close()
        file.seek(0)


def _detect_sheet(file: BinaryIO, sheet: str, limits: Limits, sheet_limits: SheetLimits) -> Detected:
    with SheetReader(file, sheet, first=PREVIEW_ROWS, limits=limits, most=sheet_limits) as reader:
        rows: dict[str, list[Cells]] = {}
        for name, cells in reader.rows():
            rows.setdefault(name, []).append(cells)
    file.seek(0)
    visible = [sheet.name for sheet in reader.sheets if sheet.visible and sheet.name in rows]
    candidates = visible or list(rows)
    if not candidates:
        raise FileError(FileFault.EMPTY_FILE)
    best = max(candidates, key=lambda name: _find_header(rows[name])[0])
    return _with_header(Shape(reader.kind, sheet=best), reader.sheets, rows[best])


def _with_header(shape: Shape, sheets: tuple[Sheet, ...], rows: list[Cells]) -> Detected:
    if not any(cell.strip() for cells, _ in rows for cell in cells):
        raise FileError(FileFault.EMPTY_FILE)
    _, place, height = _find_header(rows)
    shape = replace(shape, header_row=place + height, header_rows=height)
    return Detected(shape, sheets, tuple(cells for cells, _ in rows), tuple(_notes(shape, sheets)))


def _notes(shape: Shape, sheets: Sequence[Sheet]) -> "Sequence[Issue]":
    notes: list[tuple[Code, Mapping[str, str | int]]] = []
    if shape.encoding and shape.encoding not in UNICODE:
        notes.append((Code.ENCODING_GUESSED, {"encoding": shape.encoding}))
    if len(sheets) > 1:
        notes.append((Code.SHEET_CHOSEN, {"sheet": shape.sheet, "count": len(sheets)}))
    if shape.header_row > shape.header_rows:
        notes.append((Code.HEADER_FOUND, {"row": shape.header_row}))
    return [found(Severity.WARNING, WHOLE_PLACEMENT, "", code, params) for code, params in notes]


def _find_header(rows: Sequence[Cells]) -> tuple[float, int, int]:
    """How good the best header is, the place of its first row, and whether it has one row or two."""
    scored = [(_header_score(rows, place), -place) for place in range(len(rows))]
    score, place = max(scored, default=(0.0, 0))
    place = -place
    return score, place, 2 if _has_second_row(rows, place) else 1


def _header_score(rows: Sequence[Cells], place: int) -> float:
    """A header consists of words, most of them known as captions, all different, with data below of the same width."""
    cells, _ = rows[place]
    filled = [cell for cell in cells if cell.strip()]
    if not filled:
        return 0.0
    known, count = known_share(filled)
    values = sum(map(_is_value, filled))
    different = len(set(filled)) / count
    below = [sum(map(bool, other)) for other, _ in rows[place + 1 : place + 6]]
    carried = 1.0 if any(width > count / 3 for width in below) else 0.5
    return (count + 4 * known - 3 * values) * different * carried / (1 if count > 1 else 4)


def _has_second_row(rows: Sequence[Cells], place: int) -> bool:
    """Whether the row below divides captions: words only, at least one under a merged cell or a known caption."""
    if place + 2 >= len(rows):
        return False
    upper, lower = rows[place][0], rows[place + 1][0]
    filled = [at for at, cell in enumerate(lower) if cell.strip()]
    if len(filled) < 2 or any(_is_value(lower[at]) or is_total(lower[at]) for at in filled):
        return False
    under = [at for at in filled if at >= len(upper) or not upper[at].strip()]
    data = rows[place + 2][0]
    # Words under words that go on as words may be data; a column divided into several by the lower row is a header.
    return (
        bool(under)
        and all(at and len(upper) > at - 1 for at in under)
        and len(filled) < len(data)
        and len([cell for cell in lower if cell.strip()]) < len([cell for cell in upper if cell.strip()])
    )


def _is_value(cell: str) -> bool:
    """Whether a cell is an amount, a number or a date, which no caption is."""
    text = cell.strip()
    plain = amount_text(text, ".") if any(letter.isdigit() for letter in text) else text
    if _NUMBER.fullmatch(plain) or _NUMBER.fullmatch(amount_text(text, ",")):
        return True
    return any(read_date(text, order) is not None for order in DateOrder)
