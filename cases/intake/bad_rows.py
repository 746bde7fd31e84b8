"""The rows that could not be placed, given back as the same file with the reason behind each."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence

from cases.intake.csv_file import ERROR_COLUMN
from cases.intake.draft import CheckedRow
from portal.pages.export import neutral


def errors_csv(columns: Sequence[str], rows: Iterable[CheckedRow], *, delimiter: str = ",") -> Iterator[str]:
    """The header and every row with an error, as it stood in the file, plus a column that says what is wrong.

    Text that a spreadsheet would calculate gets an apostrophe, which reading the corrected file takes away again. The
    sentences are in the language being spoken. Yields a line at a time; the byte order mark is for Excel.
    """
    old = {place for place, column in enumerate(columns) if column.strip() == ERROR_COLUMN}  # of an earlier attempt
    yield "\ufeff" + _line([*_without(old, columns), ERROR_COLUMN], delimiter)
    for row in rows:
        if row.draft is None:
            cells = [*row.cells, *[""] * (len(columns) - len(row.cells))]
            yield _line([*_without(old, cells), " ".join(issue.text() for issue in row.errors)], delimiter)


def _without(places: Collection[int], cells: Iterable[str]) -> Iterator[str]:
    return (cell for place, cell in enumerate(cells) if place not in places)


def _line(cells: Iterable[str], delimiter: str) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter).writerow(map(neutral, cells))
    return line.getvalue()
