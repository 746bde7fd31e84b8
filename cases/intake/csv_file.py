"""The simple B2B placement: one invoice a row, in any delimiter and the encodings that creditors really use.

The file is spooled to disk beyond a megabyte and read row by row, so that its size decides nothing but the time.
"""

import csv
import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import BinaryIO, Self, cast

from cases.intake.as_given import LIMITS, Field, GivenCase, Limits
from cases.intake.encoding import UNICODE, detect_encoding
from cases.intake.issue import WHOLE_PLACEMENT, Code, FileError, FileFault, Issue, Severity, found
from portal.pages.export import plain
from portal.pages.text import N_

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
_LONGEST_LINE = 1_000_000

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", N_("a spreadsheet (XLSX, ODS) or ZIP archive")),
    (b"PK\x05\x06", N_("a spreadsheet (XLSX, ODS) or ZIP archive")),
    (b"%PDF-", N_("a PDF")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", N_("an old Excel or Word document")),
    (b"\x1f\x8b", N_("a compressed archive")),
    (b"7z\xbc\xaf\x27\x1c", N_("a compressed archive")),
    (b"Rar!\x1a\x07", N_("a compressed archive")),
    (b"\x89PNG", N_("a picture")),
    (b"\xff\xd8\xff", N_("a picture")),
    (b"{\\rtf", N_("a text document")),
)
_MARKUP = re.compile(rb"\s*(<\?xml|<!doctype|<html|<table|[{\[]\s*[\"{])", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")


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
        digest = _fill(spool, stream, limits)
        file = cast(BinaryIO, spool)
        _refuse_other_kinds(file)
        return PlacementFile(file, detect_encoding(file), digest, limits)
    except BaseException:
        spool.close()
        raise


class PlacementFile(Iterator[GivenCase]):
    """An opened placement: what was found of its form, then its rows, once.

    `columns` is the header as written, `ignored` the columns nobody knows, `warnings` what concerns the whole file,
    `sha256` the digest of its bytes. `blank_lines` counts as rows are read.
    """

    def __init__(self, file: BinaryIO, encoding: str, sha256: str, limits: Limits) -> None:
        self.encoding = encoding
        self.sha256 = sha256
        self.blank_lines = 0
        self._limits = limits
        self._row = 0
        self._lines = _Lines(io.TextIOWrapper(file, encoding=encoding, newline=""))
        first = self._first_line()
        self.delimiter = _delimiter(first)
        self._records = csv.reader(self._lines.again(first), delimiter=self.delimiter)
        self.columns = tuple(self._record() or ())
        self._places, self.ignored = _header(self.columns, limits)
        self.warnings = tuple(self._warnings())
        self._count = 0
        self._next = self._read()
        if self._next is None:
            raise FileError(FileFault.NO_ROWS)

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
        self._lines.text.close()

    def _first_line(self) -> str:
        for line in self._lines:
            if line.strip(_BLANK):
                return line
            self._row += 1
        raise FileError(FileFault.EMPTY_FILE)

    def _warnings(self) -> Iterator[Issue]:
        if self.encoding not in UNICODE:
            yield found(Severity.WARNING, WHOLE_PLACEMENT, "", Code.ENCODING_GUESSED, {"encoding": self.encoding})
        for column in self.ignored:
            yield found(Severity.WARNING, 1, column, Code.UNKNOWN_FIELD, {"value": column})

    def _record(self) -> list[str] | None:
        """The next record of the file, None after the last. Raises `FileError` (unreadable_row)."""
        self._row += 1
        try:
            cells = next(self._records)
        except StopIteration:
            return None
        except csv.Error:
            raise FileError(FileFault.UNREADABLE_ROW, row=self._row) from None
        if self._lines.at_end:  # a record asks for a line more than the file has only inside quotation marks
            raise FileError(FileFault.UNREADABLE_ROW, row=self._row)
        return cells

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


class _Lines(Iterator[str]):
    """Lines of bounded length. `at_end` once a line was asked for and none was left."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text = text
        self.at_end = False
        self._again: str | None = None
        self._read = 0

    def again(self, line: str) -> Self:
        self._again = line
        return self

    def __next__(self) -> str:
        line, self._again = self._again, None
        if line is None:
            line = self.text.readline(_LONGEST_LINE)
            self._read += 1
        if not line:
            self.at_end = True
            raise StopIteration
        if len(line) >= _LONGEST_LINE:
            raise FileError(FileFault.UNREADABLE_ROW, row=self._read)
        return line


def _fill(spool: SpooledTemporaryFile[bytes], stream: BinaryIO | Iterable[bytes], limits: Limits) -> str:
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(stream):
        size += len(chunk)
        if size > limits.size_bytes:
            raise FileError(FileFault.TOO_LARGE, limit_mb=limits.size_bytes // (1024 * 1024))
        digest.update(chunk)
        spool.write(chunk)
    if not size:
        raise FileError(FileFault.EMPTY_FILE)
    return digest.hexdigest()


def _chunks(stream: BinaryIO | Iterable[bytes]) -> Iterable[bytes]:
    if not hasattr(stream, "read"):
        return stream
    read = cast(BinaryIO, stream).read
    return iter(lambda: read(_CHUNK), b"")


def _refuse_other_kinds(file: BinaryIO) -> None:
    """Says what the file is instead, by its first bytes: people upload the spreadsheet they exported from."""
    file.seek(0)
    start = file.read(_CHUNK)
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            raise FileError(FileFault.NOT_CSV, kind=kind)
    if _MARKUP.match(start.removeprefix(b"\xef\xbb\xbf")):
        raise FileError(FileFault.NOT_CSV, kind=N_("a web page, XML or JSON"))
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff"))
    # A stray control character is an error of its row; one byte in twenty is no text.
    if not wide and len(_BINARY.findall(start)) * 20 > len(start):
        raise FileError(FileFault.NOT_CSV, kind=N_("a binary file"))


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
