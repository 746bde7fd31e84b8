"""Cells of the files we hand out: what may stand in one, and text that a spreadsheet cannot mistake for a formula."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from portal.money import decimal_string

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet calculate instead of show. The full-width forms do so in Chinese and Japanese versions."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in a cell: a number with every decimal of its currency, which stands in a column of its own."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return decimal_string(self.minor, self.currency)


Cell: TypeAlias = str | int | Decimal | date | Amount | None
"""Text, a count, a rate, a date or moment, money, or nothing."""

_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?", re.ASCII)


def starts_like_formula(cell: str) -> bool:
    """Whether a spreadsheet would take the text for a formula. A plain negative number is none."""
    return cell.startswith(FORMULA_STARTS) and _NUMBER.fullmatch(cell) is None


def neutral(cell: str) -> str:
    """The cell as it may stand in a CSV: an apostrophe before what a spreadsheet would calculate.

    Text is data and is handed back unchanged otherwise; amounts such as ``-12.00`` stay numbers.
    """
    return f"'{cell}" if starts_like_formula(cell) else cell


def plain(cell: str) -> str:
    """The inverse of `neutral`, for a file of ours that comes back: ``'+49 30 1234`` is ``+49 30 1234`` again."""
    return cell[1:] if cell[:1] == "'" and starts_like_formula(cell[1:]) else cell
