"""The rows that could not be placed, given back as the same file with the reason behind each."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from cases.intake.csv_file import ERROR_COLUMN
from cases.intake.issue import Issue
from cases.intake.placement import PlacementFile, rows_of
from portal.pages.export import neutral
from portal.pages.text import speaking
from portal.pages.workbook import written
from portal.people.actor import Actor

PAGE = 1000
WIDTH = 18
REASON_WIDTH = 60


class BadRow(Protocol):
    """A row with errors: how it stood in the file, and why it could not be placed."""

    @property
    def cells(self) -> tuple[str, ...]: ...
    @property
    def errors(self) -> tuple[Issue, ...]: ...


def with_reasons(columns: Sequence[str], rows: Iterable[BadRow]) -> Iterator[list[str]]:
    """Each row with errors as it stands, plus a cell that says what is wrong, in the language being spoken."""
    old = _old(columns)
    for row in (row for row in rows if row.errors):
        cells = [*row.cells, *[""] * (len(columns) - len(row.cells))]
        yield [*_without(old, cells), " ".join(issue.text() for issue in row.errors)]


def headings(columns: Sequence[str]) -> list[str]:
    """The file's own columns and that of the reasons, once: a file that was corrected may have it already."""
    return [*_without(_old(columns), columns), ERROR_COLUMN]


def errors_csv(columns: Sequence[str], rows: Iterable[BadRow], *, delimiter: str = ",") -> Iterator[str]:
    """The header and the rows as CSV, a line at a time; the byte order mark is for Excel.

    Text that a spreadsheet would calculate gets an apostrophe, which reading the corrected file takes away again.
    """
    yield "\ufeff" + _line(headings(columns), delimiter)
    for cells in with_reasons(columns, rows):
        yield _line(cells, delimiter)


def _old(columns: Sequence[str]) -> set[int]:
    """Where the reasons of an earlier attempt stand."""
    return {place for place, column in enumerate(columns) if column.strip() == ERROR_COLUMN}


def _without(places: Collection[int], cells: Iterable[str]) -> Iterator[str]:
    return (cell for place, cell in enumerate(cells) if place not in places)


def _line(cells: Iterable[str], delimiter: str) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter).writerow(map(neutral, cells))
    return line.getvalue()


async def bad_rows_csv(actor: Actor, placement: PlacementFile) -> AsyncIterator[str]:
    """The bad rows of a placement as CSV, a page at a time: a hundred thousand need no more memory than one."""
    columns, delimiter, head = placement.summary["columns"], placement.summary["delimiter"], True
    async for rows in _pages(actor, placement, lambda rows: list(errors_csv(columns, rows, delimiter=delimiter))):
        yield "".join(rows if head else rows[1:])
        head = False


async def bad_rows_xlsx(actor: Actor, placement: PlacementFile) -> AsyncIterator[bytes]:
    """The bad rows of a spreadsheet as a spreadsheet. Every cell is text: leading zeros stay, nothing is calculated."""
    columns = placement.summary["columns"]
    widths: dict[str, int] = {}
    for heading in headings(columns):
        name = heading
        while name in widths:  # a sheet may call two columns alike; blanks behind a name say nothing
            name += " "
        widths[name] = WIDTH
    widths[list(widths)[-1]] = REASON_WIDTH
    return await written("Rows", widths, _pages(actor, placement, lambda rows: list(with_reasons(columns, rows))))


Line = TypeVar("Line")


async def _pages(
    actor: Actor, placement: PlacementFile, lines: Callable[[Sequence[BadRow]], list[Line]]
) -> AsyncIterator[list[Line]]:
    """Page after page of what is made of the bad rows, at least one, in the reader's language."""
    after, more = 0, True
    while more:
        rows = await rows_of(actor, placement, ("error",), after, PAGE)
        with speaking(actor.language, actor.time_zone):
            made = lines(rows)
        yield made
        more = len(rows) == PAGE
        after = rows[-1].row if rows else 0
