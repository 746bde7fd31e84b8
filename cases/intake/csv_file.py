"""The simple B2B placement: one invoice a row, in any delimiter and the encodings that creditors really use.

The file is spooled to disk beyond a megabyte and read row by row, so that its size decides nothing but the time.
"""

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import BinaryIO, Self, cast

from cases.intake.as_given import LIMITS, Field, GivenCase, Limits
from cases.intake.encoding import UNICODE, detect_encoding
from cases.intake.files.shape import Kind, Shape
from cases.intake.files.sniff import other_kind
from cases.intake.files.text import first_line, read_records
from cases.intake.issue import WHOLE_PLACEMENT, Code, FileError, FileFault, Issue, Severity, found
from portal.pages.export import plain

COLUMNS: Mapping[str, Field] = {
    "InvoiceNumber": Field.NUMBER,
    "DebtorName": Field.NAME,
    "Address": Field.STREET,
    "PostalCode": Field.POSTAL_CODE,
    "City": Field.CITY,
    "State": Field.REGION,
    "Country": Field.COUNTRY,
    "Email": Field.EMAIL,
    "PhoneNumber": Field.PHONE,
    "InvoiceDate": Field.ISSUED_ON,
    "DueDate": Field.DUE_ON,
    "PrincipalAmount": Field.AMOUNT,
    "CurrencyCode": Field.CURRENCY,
    "DebtorContactPerson": Field.CONTACT_PERSON,
    "SecondPlacement": Field.SECOND_PLACEMENT,
}
"""The columns of the simple form, in its order."""

REQUIRED = ("InvoiceNumber", "DebtorName", "Country", "PrincipalAmount", "CurrencyCode")
"""What no placement can do without. Of the two dates one is enough; an address may follow."""

ERROR_COLUMN, DUPLICATE_COLUMN, SCORE_COLUMN = "Error", "DuplicateOf", "DuplicateScore"
ADDED_COLUMNS = (ERROR_COLUMN, DUPLICATE_COLUMN, SCORE_COLUMN)
"""What is added to rows given back; when they return corrected, these are no columns of theirs."""

_NAMES = {field: column for column, field in COLUMNS.items()} | {Field.REFERENCE: "InvoiceNumber"}
_DELIMITERS = (",", ";", "\t")
_BLANK = " ,;\t\r\n\ufeff\u3000\xa0"
_IN_MEMORY = 1024 * 1024
_CHUNK = 64 * 1024


def column_name(field: Field, invoice: int = 0) -> str:
    """What the simple form calls a field; a row holds a single invoice."""
    return _NAMES.get(field, field.value)


def read_placement_file(stream: BinaryIO | Iterable[bytes], *, limits: Limits = LIMITS) -> "PlacementFile":
    """Opens a placement in the simple B2B form and reads its header.

    Takes an open binary file or its chunks. Raises `FileError` as soon as it is certain that the file is none:
    beyond the size limit it reads no further. Iterate over the result for the rows; close it when not read to the end.
    """
    spool = SpooledTemporaryFile[bytes](max_size=_IN_MEMORY)
    try:
        _fill(spool, stream, limits)
        file = cast(BinaryIO, spool)
        kind = other_kind(file)
        if kind is not None:  # people upload the spreadsheet they exported from
            raise FileError(FileFault.NOT_CSV, kind=kind)
        return PlacementFile(file, limits)
    except BaseException:
        spool.close()
        raise


class PlacementFile(Iterator[GivenCase]):
    """An opened placement: what was found of its form, then its rows, once.

    `columns` is the header as written, `ignored` the columns nobody knows, `warnings` what concerns the whole file.
    `blank_lines` counts as rows are read.
    """

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self.encoding = detect_encoding(file)
        self.blank_lines = 0
        self._limits = limits
        self._file = file
        self.delimiter = _delimiter(first_line(file, self.encoding, _BLANK))
        self._records = read_records(file, Shape(Kind.CSV, self.encoding, self.delimiter, '"'))
        self._row = self._count = 0
        try:
            self.columns = self._header_row()
            self._places, self.ignored = _header(self.columns, limits)
            self.warnings = tuple(self._warnings())
            self._next = self._read()
            if self._next is None:
                raise FileError(FileFault.NO_ROWS)
        except BaseException:
            self._records.close()  # before the file that it reads
            raise

    def __next__(self) -> GivenCase:
        case = self._next
        if case is None:
            self.close()
            raise StopIteration
        self._next = self._read()
        return case

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Gives the spooled file back."""
        self._next = None
        self._records.close()
        self._file.close()

    def _header_row(self) -> tuple[str, ...]:
        """The first row that says anything. Raises `FileError` (empty_file)."""
        while (cells := self._record()) is not None:
            if any(cell.strip(_BLANK) for cell in cells):
                return tuple(cells)
        raise FileError(FileFault.EMPTY_FILE)

    def _warnings(self) -> Iterator[Issue]:
        if self.encoding not in UNICODE:
            yield found(Severity.WARNING, WHOLE_PLACEMENT, "", Code.ENCODING_GUESSED, {"encoding": self.encoding})
        for column in self.ignored:
            yield found(Severity.WARNING, 1, column, Code.UNKNOWN_FIELD, {"value": column})

    def _record(self) -> list[str] | None:
        """The next record of the file, None after the last. Raises `FileError` (unreadable_row)."""
        self._row += 1
        return next(self._records, None)

    def _read(self) -> GivenCase | None:
        while (cells := self._record()) is not None:
            if not any(map(str.strip, cells)):
                self.blank_lines += 1
                continue
            self._count += 1
            if self._count > self._limits.rows:
                raise FileError(FileFault.TOO_MANY_ROWS, limit=self._limits.rows)
            return self._case(cells)
        return None

    def _case(self, cells: list[str]) -> GivenCase:
        width = len(self.columns)
        while len(cells) > width and not cells[-1].strip():  # delimiters too many at the end of the line mean nothing
            cells.pop()
        issue = self._fault(cells)
        if issue is not None:
            given = {name: cells[place] for name, place in self._places.items() if place < len(cells)}
            return GivenCase(self._row, {}, (), column_name, (issue,), given, tuple(cells), unreadable=True)
        given = {name: plain(cells[place]) for name, place in self._places.items()}
        values = {COLUMNS[name]: text for name, text in given.items()}
        values[Field.REFERENCE] = values[Field.NUMBER]
        return GivenCase(self._row, values, (values,), column_name, (), given, tuple(cells))

    def _fault(self, cells: list[str]) -> Issue | None:
        width, limit = len(self.columns), self._limits.cell_characters
        if len(cells) != width:
            return found(Severity.ERROR, self._row, "", Code.RAGGED_ROW, {"cells": len(cells), "columns": width})
        length, column = max(zip(map(len, cells), self.columns, strict=True))
        if length > limit:
            return found(Severity.ERROR, self._row, column, Code.TOO_LONG, {"length": length, "limit": limit})
        return None


def _fill(spool: SpooledTemporaryFile[bytes], stream: BinaryIO | Iterable[bytes], limits: Limits) -> None:
    size = 0
    for chunk in _chunks(stream):
        size += len(chunk)
        if size > limits.size_bytes:
            raise FileError(FileFault.TOO_LARGE, limit_mb=limits.size_bytes // (1024 * 1024))
        spool.write(chunk)
    if not size:
        raise FileError(FileFault.EMPTY_FILE)


def _chunks(stream: BinaryIO | Iterable[bytes]) -> Iterable[bytes]:
    if not hasattr(stream, "read"):
        return stream
    read = cast(BinaryIO, stream).read
    return iter(lambda: read(_CHUNK), b"")


def _delimiter(header: str) -> str:
    """The delimiter under which most columns of the header are known."""

    def known(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        return sum(_folded(cell) in _FOLDED for cell in cells), len(cells)

    try:
        return max(_DELIMITERS, key=known)
    except csv.Error:
        raise FileError(FileFault.UNREADABLE_ROW, row=1) from None


def _folded(name: str) -> str:
    """A column name without case, blanks, underscores and other marks: ``Invoice_number*`` is InvoiceNumber."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum())


_FOLDED = {_folded(column): column for column in COLUMNS}


def _header(columns: tuple[str, ...], limits: Limits) -> tuple[Mapping[str, int], tuple[str, ...]]:
    """Where each known column stands, and the names of the unknown ones. Raises `FileError`."""
    if len(columns) > limits.columns:
        raise FileError(FileFault.TOO_MANY_COLUMNS, limit=limits.columns)
    known = [_FOLDED.get(_folded(column)) for column in columns]
    twice = [column for column, times in Counter(filter(None, known)).items() if times > 1]
    if twice:
        raise FileError(FileFault.DUPLICATE_COLUMN, columns=", ".join(twice))
    missing = [column for column in REQUIRED if column not in known]
    if "InvoiceDate" not in known and "DueDate" not in known:
        missing.append("InvoiceDate")
    if missing:
        raise FileError(FileFault.MISSING_COLUMN, columns=", ".join(missing))
    places = {name: place for place, name in enumerate(known) if name is not None}
    unknown = (column.strip() for column, name in zip(columns, known, strict=True) if name is None)
    return places, tuple(column for column in unknown if column not in ("", *ADDED_COLUMNS))
