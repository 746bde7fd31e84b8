"""A list as XLSX, written row by row to disk and sent from there: its size costs no memory.

Every cell is written as what it is. Texts are inline strings, never formulas or links; one that begins like a formula
is marked as quoted besides, so that it stays text when somebody edits the cell.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Final

import xlsxwriter
from xlsxwriter.format import Format

from portal.money import exponent
from portal.pages.export import Amount, Cell, starts_like_formula

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS: Final = 1_048_576
"""What one sheet holds (ECMA-376 as Excel keeps it); a longer list goes on in a second one."""
TEXT: Final = 32_767
"""Characters that a cell holds."""
DIGITS: Final = 15
"""Digits that a spreadsheet's number keeps; a longer amount is written as text, to the last cent."""
PIECE: Final = 64 * 1024

_NO_XML: Final = dict.fromkeys((0xFFFE, 0xFFFF))
"""Characters that PostgreSQL keeps and XML does not know."""


async def written(
    title: str, columns: Mapping[str, int], pages: AsyncIterator[Sequence[Sequence[Cell]]]
) -> AsyncIterator[bytes]:
    """The finished file, piece by piece. ``columns`` are headings with widths; it is written before this returns."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed, and so removed, when it was sent or nobody wants it
    with tempfile.TemporaryDirectory(prefix="portal-xlsx-") as folder:
        book = await asyncio.to_thread(_Book, file, Path(folder), title, columns)
        async for rows in pages:
            await asyncio.to_thread(book.add, rows)
        await asyncio.to_thread(book.close)
    return _pieces(file)


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        await asyncio.to_thread(file.seek, 0)
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


class _Book:
    """The workbook while it is written: heading, rows, and a further sheet when one is full."""

    def __init__(self, file: IO[bytes], folder: Path, title: str, columns: Mapping[str, int]) -> None:
        options = {
            "constant_memory": True,
            "tmpdir": str(folder),
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        self._book = xlsxwriter.Workbook(file, options)
        self._title, self._columns = title, columns
        self._head = self._book.add_format({"bold": True, "bottom": 1})
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._money: dict[int, Format] = {}
        self._sheets = 0
        self._begin()

    def _begin(self) -> None:
        self._sheets += 1
        self._sheet = self._book.add_worksheet(self._title if self._sheets == 1 else f"{self._title} {self._sheets}")
        for place, width in enumerate(self._columns.values()):
            self._sheet.set_column(place, place, width)
        self._sheet.freeze_panes(1, 0)
        for place, heading in enumerate(self._columns):
            self._sheet.write_string(0, place, heading, self._head)
        self._row = 1

    def add(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Write rows behind those that were written."""
        for row in rows:
            if self._row == ROWS:
                self._begin()
            for place, cell in enumerate(row):
                self._write(place, cell)
            self._row += 1

    def _write(self, place: int, cell: Cell) -> None:
        match cell:
            case None | "":
                pass
            case str():
                self._write_text(place, cell)
            case int() | Decimal():
                self._sheet.write_number(self._row, place, float(cell))
            case date():
                self._write_day(place, cell)
            case Amount():
                self._write_money(place, cell)

    def _write_text(self, place: int, text: str) -> None:
        shown = text.translate(_NO_XML)[:TEXT]
        self._sheet.write_string(self._row, place, shown, self._quoted if starts_like_formula(shown) else None)

    def _write_day(self, place: int, day: date) -> None:
        if day.year < 1900:  # a spreadsheet's calendar begins here
            self._sheet.write_string(self._row, place, day.isoformat())
        elif isinstance(day, datetime):
            self._sheet.write_datetime(self._row, place, day.replace(tzinfo=None), self._moment)
        else:
            self._sheet.write_datetime(self._row, place, datetime.combine(day, time()), self._day)

    def _write_money(self, place: int, amount: Amount) -> None:
        decimals = exponent(amount.currency)
        if len(str(abs(amount.minor))) > DIGITS:
            self._sheet.write_string(self._row, place, str(amount))
            return
        if decimals not in self._money:
            self._money[decimals] = self._book.add_format(
                {"num_format": f"#,##0{'.' * (decimals > 0)}{'0' * decimals}"}
            )
        self._sheet.write_number(self._row, place, float(str(amount)), self._money[decimals])

    def close(self) -> None:
        """Pack it."""
        self._book.close()
