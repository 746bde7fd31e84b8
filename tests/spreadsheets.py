"""Reading the files we hand out as a spreadsheet would."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Cell:
    """A cell of a sheet: its text or number as written, and whether it is a number."""

    text: str
    is_number: bool


def read_csv(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV by heading."""
    assert content.startswith(b"\xef\xbb\xbf"), "Excel would spoil the names"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheets(content: bytes) -> list[list[dict[str, Cell]]]:
    """The rows of each sheet of an XLSX by heading; insists that nothing in it is calculated or leads anywhere."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        assert not [name for name in book.namelist() if "rels" in name and "worksheets" in name], "it has links"
        return [_rows(book.read(name)) for name in names]


def read_xlsx(content: bytes) -> list[dict[str, Cell]]:
    """The rows of an XLSX of one sheet."""
    (rows,) = sheets(content)
    return rows


def _rows(xml: bytes) -> list[dict[str, Cell]]:
    root = ElementTree.fromstring(xml)
    assert root.find(f".//{SPACE}f") is None, "a cell is calculated"
    assert root.find(f".//{SPACE}hyperlink") is None
    rows = [{_column(cell): _cell(cell) for cell in row} for row in root.iter(f"{SPACE}row")]
    head = {column: cell.text for column, cell in rows[0].items()}
    return [{heading: row.get(column, Cell("", False)) for column, heading in head.items()} for row in rows[1:]]


def _column(cell: ElementTree.Element) -> str:
    return re.sub(r"\d", "", cell.attrib["r"])


def _cell(cell: ElementTree.Element) -> Cell:
    if cell.attrib.get("t") == "inlineStr":
        return Cell("".join(text.text or "" for text in cell.iter(f"{SPACE}t")), False)
    value = cell.find(f"{SPACE}v")
    return Cell(value.text or "" if value is not None else "", True)
