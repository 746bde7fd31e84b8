"""What the cells of a column look like: dates, amounts, identifiers, and how much of it is filled."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cases.intake.files.postings import country_code, currency_code
from cases.intake.files.table import Row
from cases.intake.files.values import DateOrder, DecimalMark, amount_text, read_date
from cases.intake.proposals import COUNTRIES
from cases.intake.values import is_email
from portal.money import is_currency

_PLAIN = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_COMPACT = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])(\.0)?", re.ASCII)
_PHONE = re.compile(r"'?[+(]?\d[\d ()/.-]{6,20}", re.ASCII)


def is_amount(text: str) -> bool:
    """Whether it can be read as an amount with either mark."""
    return any(_PLAIN.fullmatch(amount_text(text, mark)) for mark in DecimalMark)


def is_date(text: str) -> bool:
    """Whether it can be read as a day in any order. A day number of Excel is taken for the number it looks like."""
    if _PLAIN.fullmatch(text) and not _COMPACT.fullmatch(text):
        return False
    return any(read_date(text, order) is not None for order in DateOrder)


@dataclass(frozen=True)
class Profile:
    """One column: its place and caption, and the cells of the sample that are not blank."""

    place: int
    caption: str
    cells: tuple[str, ...]
    rows: int

    @cached_property
    def dates(self) -> float:
        """The share of dates."""
        return self._share([is_date(cell) for cell in self.cells])

    @cached_property
    def amounts(self) -> float:
        """The share of amounts; dates are none."""
        return self._share([is_amount(cell) and not is_date(cell) for cell in self.cells])

    @cached_property
    def currencies(self) -> float:
        """The share of currency codes and names."""
        return self._share([is_currency(currency_code(cell)) for cell in self.cells])

    @cached_property
    def countries(self) -> float:
        """The share of countries."""
        return self._share([country_code(cell) in COUNTRIES for cell in self.cells])

    @cached_property
    def emails(self) -> float:
        """The share of e-mail addresses."""
        return self._share([is_email(cell) for cell in self.cells])

    @cached_property
    def phones(self) -> float:
        """The share of what could be telephone numbers."""
        return self._share([_PHONE.fullmatch(cell) is not None for cell in self.cells])

    @property
    def filled(self) -> float:
        """The share of rows in which there is something."""
        return len(self.cells) / self.rows if self.rows else 0.0

    @property
    def different(self) -> float:
        """The share of cells that are said for the first time."""
        return len(set(self.cells)) / len(self.cells) if self.cells else 0.0

    @staticmethod
    def _share(answers: Sequence[bool]) -> float:
        return sum(answers) / len(answers) if answers else 0.0


def profiles(columns: Sequence[str], rows: Sequence[Row]) -> tuple[Profile, ...]:
    """The columns of a sample."""
    filled = [tuple(text for row in rows if (text := row.cells[place].strip())) for place in range(len(columns))]
    return tuple(Profile(place, caption, filled[place], len(rows)) for place, caption in enumerate(columns))


def decimal_mark(cells: Sequence[str]) -> DecimalMark:
    """The mark that stands before one or two last digits in more cells than the other; the point when none does."""
    points = sum(re.search(r"\.\d{1,2}\D*$", cell) is not None for cell in cells)
    commas = sum(re.search(r",\d{1,2}\D*$", cell) is not None for cell in cells)
    return DecimalMark.COMMA if commas > points else DecimalMark.POINT


def date_order(issued: Sequence[str], due: Sequence[str]) -> DateOrder:
    """The order under which most dates can be read, and fewest invoices are due before they were issued.

    `issued` and `due` are pairs, row by row, blank where there is none. Day first when both orders do as well.
    """

    def plausible(order: DateOrder) -> tuple[int, int, bool]:
        pairs = [(read_date(first, order), read_date(second, order)) for first, second in zip(issued, due, strict=True)]
        readable = sum((first is not None) + (second is not None) for first, second in pairs)
        in_order = sum(first is not None and second is not None and first <= second for first, second in pairs)
        return readable, in_order, order is DateOrder.DMY

    return max(DateOrder, key=plausible)
