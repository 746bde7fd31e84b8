"""Lists whose debtors stand on a line of their own above their rows: finding that column, and what the lines hold."""

import re
from collections.abc import Sequence
from itertools import pairwise

from cases.intake.files.column_map import Column, Source
from cases.intake.files.profile import Profile, is_amount, is_date
from cases.intake.files.table import Row
from cases.intake.files.vocabulary import is_total

_NUMBERED = re.compile(r"(?=\S*\d)[\w./-]+ +\S.*")
_ENOUGH = 2


def find_heading(rows: Sequence[Row], dated: Sequence[Row], name: Profile | None) -> int | None:
    """The place of the headings' column, None when each row names its debtor itself."""
    if name is not None and dated and sum(bool(row.cells[name.place].strip()) for row in dated) * 2 > len(dated):
        return None
    width = len(rows[0].cells) if rows else 0
    candidates: list[int] = [*([name.place] if name is not None else []), *range(min(width, 3))]
    for place in candidates:
        headings = heading_cells(rows, dated, place)
        if len(headings) >= _ENOUGH and len(set(headings)) == len(headings):
            return place
    return None


def heading_cells(rows: Sequence[Row], dated: Sequence[Row], place: int) -> list[str]:
    """What stands in a column on lines that hold no other words, above rows with dates."""
    known = {row.number for row in dated}
    found: list[str] = []
    for row, below in pairwise(rows):
        cell = row.cells[place].strip()
        if not cell or row.number in known or is_total(cell) or is_date(cell) or is_amount(cell):
            continue
        others = [other for at, text in enumerate(row.cells) if at != place and (other := text.strip())]
        if below.number in known and all(map(is_amount, others)):
            found.append(cell)
    return found


def heading_sources(column: Column, rows: Sequence[Row], dated: Sequence[Row]) -> tuple[Source, Source]:
    """The name, and the number where each heading begins with one: ``CUST1000 Kestrel Point LP``."""
    headings = heading_cells(rows, dated, column.place)
    if headings and all(map(_NUMBERED.fullmatch, headings)):
        return Source((column,), after=" ", heading=True), Source((column,), before=" ", heading=True)
    return Source((column,), heading=True), Source()
