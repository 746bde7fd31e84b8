"""How a file is to be read: proposed by `detect`, shown to a person, corrected, and kept with the placement."""

import codecs
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a file is, by its content and never by its name."""

    CSV = "csv"
    """Text with delimiters."""
    XLSX = "xlsx"
    """Excel since 2007."""
    XLSB = "xlsb"
    """The same in binary."""
    XLS = "xls"
    """Excel before 2007."""
    ODS = "ods"
    """OpenDocument."""

    @property
    def is_sheet(self) -> bool:
        """Whether it is a spreadsheet: then it has sheets and cells, no encoding and no delimiter."""
        return self is not Kind.CSV


ENCODINGS = (
    "utf-8-sig",
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "gb18030",
    "big5",
    "cp1252",
    "latin-1",
    "cp1250",
    "cp1251",
    "cp437",
    "cp850",
    "shift_jis",
)
"""What a person may choose from. A codec is never looked up by a name that a form sent."""

DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x1f")
"""What is proposed; a person may choose any other single character."""

QUOTES = ('"', "'", "")
"""The last: quotation marks are letters like others."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is to be read.

    `encoding`, `delimiter` and `quote` speak of text, `sheet` of spreadsheets; what does not apply is empty.
    `header_row` is the number of the header's last row, the first row of the file being 1; a header of two rows, as
    merged cells make it, has `header_rows` 2. Raises `ValueError` when it cannot be meant.
    """

    kind: Kind
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    sheet: str = ""
    header_row: int = 1
    header_rows: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.header_rows <= 2 or self.header_row < self.header_rows:
            raise ValueError("a header has one row or two, from the first row of the file on")
        if self.kind.is_sheet:
            return
        if self.encoding not in ENCODINGS:
            raise ValueError(f"{self.encoding!r} is none of the encodings offered")
        if len(self.delimiter) != 1 or self.delimiter in "\r\n \"'" or self.delimiter.isalnum():
            raise ValueError(f"{self.delimiter!r} delimits nothing")
        if self.quote not in QUOTES:
            raise ValueError(f"{self.quote!r} is no quotation mark")

    @property
    def told(self) -> str:
        """In few words, for the trail: ``csv cp1252 ; #3``, ``xlsx Sheet1 #1``, the last being the row of the column names."""
        parts = (self.kind, self.encoding, {"\t": "TAB"}.get(self.delimiter, self.delimiter), self.sheet)
        return " ".join([*filter(None, parts), f"#{self.header_row}"])

    def to_facts(self) -> dict[str, str | int]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Shape":
        """As it was stored. Raises `ValueError` where the facts are none."""
        try:
            return cls(**{**facts, "kind": Kind(facts["kind"])})
        except (KeyError, TypeError):
            raise ValueError("these facts describe no shape") from None


def is_unicode(encoding: str) -> bool:
    """Whether reading it was no guess."""
    return codecs.lookup(encoding).name.startswith("utf-")
