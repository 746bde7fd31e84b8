"""The rows that could not be placed, errors and duplicates, given back as the same file with the reason behind each."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Protocol, TypeVar

from cases.intake.csv_file import ADDED_COLUMNS, ERROR_COLUMN
from cases.intake.issue import Code, Issue
from cases.intake.originals import Originals, originals
from cases.intake.placement import BAD, PlacementFile, rows_of
from portal.pages.export import Cell, neutral
from portal.pages.text import speaking
from portal.pages.workbook import written
from portal.people.actor import Actor

PAGE = 1000
WIDTH = 18
REASON_WIDTH = 60


class BadRow(Protocol):
    """A row that was not placed: how it stood in the file, and why."""

    @property
    def cells(self) -> tuple[str, ...]: ...
    @property
    def errors(self) -> tuple[Issue, ...]: ...


def with_reasons(columns: Sequence[str], rows: Iterable[BadRow], *, duplicates: bool = False) -> Iterator[list[str]]:
    """Each row with errors as it stands, plus a cell that says what is wrong, in the language being spoken.

    With ``duplicates`` two cells more name the client's own case that has the claim already, and the score.
    """
    old = _old(columns)
    for row in (row for row in rows if row.errors):
        cells = [*row.cells, *[""] * (len(columns) - len(row.cells))]
        reason = " ".join(issue.text() for issue in row.errors)
        yield [*_without(old, cells), reason, *(_placed_before(row) if duplicates else ())]


def _placed_before(row: BadRow) -> tuple[str, str]:
    """The number of the case that a duplicate repeats, and how surely; empty for another row."""
    for issue in row.errors:
        if issue.code in (Code.ALREADY_PLACED, Code.INVOICE_PLACED) and issue.likeness is not None:
            return str(issue.params["number"]), str(issue.likeness.score)
    return "", ""


def headings(columns: Sequence[str], *, duplicates: bool = False) -> list[str]:
    """The file's own columns and what is added, once: a file that was corrected may have it already."""
    return [*_without(_old(columns), columns), *(ADDED_COLUMNS if duplicates else (ERROR_COLUMN,))]


def errors_csv(
    columns: Sequence[str], rows: Iterable[BadRow], *, delimiter: str = ",", duplicates: bool = False
) -> Iterator[str]:
    """The header and the rows as CSV, a line at a time; the byte order mark is for Excel.

    Text that a spreadsheet would calculate gets an apostrophe, which reading the corrected file takes away again.
    """
    yield "\ufeff" + _line(headings(columns, duplicates=duplicates), delimiter)
    for cells in with_reasons(columns, rows, duplicates=duplicates):
        yield _line(cells, delimiter)


def _old(columns: Sequence[str]) -> set[int]:
    """Where the reasons of an earlier attempt stand."""
    return {place for place, column in enumerate(columns) if column.strip() in ADDED_COLUMNS}


def _without(places: Collection[int], cells: Iterable[str]) -> Iterator[str]:
    return (cell for place, cell in enumerate(cells) if place not in places)


def _line(cells: Iterable[str], delimiter: str) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter).writerow(map(neutral, cells))
    return line.getvalue()


async def bad_rows_csv(actor: Actor, placement: PlacementFile) -> AsyncIterator[str]:
    """The bad rows of a placement as CSV, a page at a time: a hundred thousand need no more memory than one.

    What may fail, reading the file once more, is tried before this returns.
    """
    columns, delimiter = placement.summary["columns"], placement.summary["delimiter"]
    duplicates = bool(placement.summary["duplicates"])

    def lines(rows: Sequence[BadRow]) -> list[str]:
        return list(errors_csv(columns, rows, delimiter=delimiter, duplicates=duplicates))

    pages = _pages(actor, placement, lines)
    first = await anext(pages)

    async def following() -> AsyncIterator[str]:
        yield "".join(first)
        async for each in pages:
            yield "".join(each[1:])

    return following()


async def bad_rows_xlsx(actor: Actor, placement: PlacementFile) -> AsyncIterator[bytes]:
    """The bad rows of a spreadsheet as a spreadsheet. Every cell is text: leading zeros stay, nothing is calculated."""
    columns, duplicates = placement.summary["columns"], bool(placement.summary["duplicates"])
    widths: dict[str, int] = {}
    for heading in headings(columns, duplicates=duplicates):
        name = heading
        while name in widths:  # a sheet may call two columns alike; blanks behind a name say nothing
            name += " "
        widths[name] = REASON_WIDTH if heading == ERROR_COLUMN else WIDTH

    def lines(rows: Sequence[BadRow]) -> list[Sequence[Cell]]:
        return list(with_reasons(columns, rows, duplicates=duplicates))

    return await written("Rows", widths, _pages(actor, placement, lines))


Line = TypeVar("Line")


async def _pages(
    actor: Actor, placement: PlacementFile, lines: Callable[[Sequence[BadRow]], list[Line]]
) -> AsyncIterator[list[Line]]:
    """Page after page of what is made of the bad rows, at least one, in the reader's language."""
    async with AsyncExitStack() as stack:
        file: Originals | None = None
        after, more = 0, True
        while more:
            rows = await rows_of(actor, placement, BAD, after, PAGE)
            unkept = [row.row for row in rows if not row.cells]
            if unkept:  # of a row that could be read no cells are kept; only then it became a duplicate
                if file is None:
                    file = await stack.enter_async_context(originals(placement))
                cells = await asyncio.to_thread(file.cells_of, unkept)
                rows = [row if row.cells else replace(row, cells=cells.get(row.row, ())) for row in rows]
            with speaking(actor.language, actor.time_zone):
                made = lines(rows)
            yield made
            more = len(rows) == PAGE
            after = rows[-1].row if rows else 0
