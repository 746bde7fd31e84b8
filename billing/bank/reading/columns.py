"""What the columns of a bank's table mean: guessed from captions and cells, corrected by a person, kept as JSON."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn, Self

from billing.bank.reading.faults import refuse
from cases.intake.files.detect import detect
from cases.intake.files.shape import Shape
from cases.intake.files.table import captions as captions_in
from cases.intake.files.values import DateOrder, DecimalMark, amount_text, read_date
from cases.intake.files.vocabulary import folded
from cases.intake.issue import FileError, FileFault
from portal.errors import Refused
from portal.pages.text import N_


class Meaning(StrEnum):
    """What a column holds."""

    NOTHING = ""
    BOOKED_ON = "booked_on"
    VALUED_ON = "valued_on"
    AMOUNT = "amount"
    DEBIT = "debit"
    CREDIT = "credit"
    INDICATOR = "indicator"
    BALANCE = "balance"
    CURRENCY = "currency"
    NAME = "name"
    ACCOUNT = "account"
    TEXT = "text"
    BANK_REFERENCE = "bank_reference"
    END_TO_END = "end_to_end"
    OWN_ACCOUNT = "own_account"


MEANING_TEXTS: Final[Mapping[Meaning, str]] = {
    Meaning.NOTHING: N_("not read"),
    Meaning.BOOKED_ON: N_("Day booked"),
    Meaning.VALUED_ON: N_("Value date"),
    Meaning.AMOUNT: N_("Amount, out with a minus"),
    Meaning.DEBIT: N_("Money out"),
    Meaning.CREDIT: N_("Money in"),
    Meaning.INDICATOR: N_("Says whether in or out"),
    Meaning.BALANCE: N_("Balance after the entry"),
    Meaning.CURRENCY: N_("Currency"),
    Meaning.NAME: N_("Who paid or was paid"),
    Meaning.ACCOUNT: N_("Their account"),
    Meaning.TEXT: N_("Text"),
    Meaning.BANK_REFERENCE: N_("The bank's own reference"),
    Meaning.END_TO_END: N_("The payer's reference"),
    Meaning.OWN_ACCOUNT: N_("Our account"),
}
SEVERAL: Final = frozenset({Meaning.NOTHING, Meaning.TEXT})
"""What more than one column may mean."""


@dataclass(frozen=True, slots=True)
class TableMap:
    """How a bank's table is read: its shape, its captions, what each column means, and how days and amounts are written."""

    shape: Shape
    captions: tuple[str, ...]
    meanings: tuple[Meaning, ...]
    order: DateOrder
    mark: DecimalMark

    def place(self, meaning: Meaning) -> int | None:
        """Where the column of a meaning stands."""
        return self.meanings.index(meaning) if meaning in self.meanings else None

    def places(self, meaning: Meaning) -> list[int]:
        """Where all columns of a meaning stand."""
        return [place for place, one in enumerate(self.meanings) if one is meaning]

    @property
    def is_whole(self) -> bool:
        """Whether a row has a day and an amount by it."""
        said = set(self.meanings)
        return Meaning.BOOKED_ON in said and bool(said & {Meaning.AMOUNT, Meaning.DEBIT, Meaning.CREDIT})

    def with_meanings(self, meanings: Sequence[Meaning], order: DateOrder, mark: DecimalMark) -> Self:
        """The same table, read as a person says."""
        return replace(self, meanings=tuple(meanings), order=order, mark=mark)

    def kept(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "shape": self.shape.to_facts()}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """From what was kept."""
        return cls(
            Shape.from_facts(kept["shape"]), tuple(kept["captions"]), tuple(map(Meaning, kept["meanings"])),
            DateOrder(kept["order"]), DecimalMark(kept["mark"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """A map with the first rows that it would be used on."""

    table: TableMap
    rows: tuple[tuple[str, ...], ...]


def propose(file: BinaryIO) -> Proposal:
    """How a table is probably to be read.

    Raises:
        Refused: it is no table.
    """
    try:
        found = detect(file)
    except FileError as error:
        refuse_table(error)
    captions = captions_in(found.rows[found.header.start : found.header.stop])
    below = tuple(row for row in found.rows[found.shape.header_row :] if any(map(str.strip, row)))
    cells = [[row[place] for row in below if place < len(row) and row[place].strip()] for place in range(len(captions))]
    order = _order(cells)
    meanings = _meanings(captions, cells, order)
    money = [value for place, one in enumerate(meanings) if one in _MONEY for value in cells[place]]
    return Proposal(TableMap(found.shape, captions, meanings, order, _mark(money)), below)


_OURS: Final = {
    FileFault.EMPTY_FILE: "empty_file",
    FileFault.BAD_ENCODING: "bad_encoding",
    FileFault.NOT_A_TABLE: "unknown_format",
}
_THEIRS: Final = frozenset({FileFault.PROTECTED, FileFault.TOO_HEAVY, FileFault.BROKEN_SPREADSHEET})


def refuse_table(error: FileError) -> NoReturn:
    """Refuse a file that the reader of tables gave up on.

    Raises:
        Refused: always.
    """
    if error.code in _THEIRS:
        raise Refused(error.message, field="files", code=error.code, **error.params)
    if error.code is FileFault.UNREADABLE_ROW:
        refuse("bad_table", row=error.params.get("row", 0))
    refuse(_OURS.get(error.code, "unknown_format"))


_MONEY: Final = frozenset({Meaning.AMOUNT, Meaning.DEBIT, Meaning.CREDIT, Meaning.BALANCE})
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9 ]{11,34}")


def _meanings(captions: Sequence[str], cells: Sequence[Sequence[str]], order: DateOrder) -> tuple[Meaning, ...]:
    """By captions, the surest first; what is still open by what the cells look like."""
    said = sorted(
        (
            (sure, -place, place, meaning)
            for place, one in enumerate(captions)
            for meaning, sure in meanings_of(one).items()
        ),
        reverse=True,
    )
    given: dict[int, Meaning] = {}
    for _, _, place, meaning in said:
        if place not in given and (meaning in SEVERAL or meaning not in given.values()):
            given[place] = meaning
    for place, values in enumerate(cells):
        if place in given or not values:
            continue
        if Meaning.BOOKED_ON not in given.values() and all(read_date(value, order) for value in values):
            given[place] = Meaning.BOOKED_ON
        elif Meaning.ACCOUNT not in given.values() and all(_IBAN.fullmatch(value.strip()) for value in values):
            given[place] = Meaning.ACCOUNT
    return tuple(given.get(place, Meaning.NOTHING) for place in range(len(captions)))


def meanings_of(caption: str) -> Mapping[Meaning, float]:
    """What a caption may mean, and how surely."""
    return {Meaning(name): sure for name, sure in _known().get(folded(caption), {}).items() if name in set(Meaning)}


def title_of(caption: str) -> str:
    """What a title line above the table names: opening, closing, own_account, currency; empty for any other."""
    said = _known().get(folded(caption.strip().rstrip(":")), {})
    return next((name for name in ("opening", "closing", "own_account", "currency") if name in said), "")


@cache
def _known() -> Mapping[str, Mapping[str, float]]:
    with (Path(__file__).parent / "captions.toml").open("rb") as file:
        lists = tomllib.load(file)
    known: dict[str, dict[str, float]] = {}
    for meaning, languages in lists.items():
        for words in languages.values():
            for place, word in enumerate(words):
                sure = 1 - 0.5 * place / max(len(words), 5)
                of_word = known.setdefault(folded(word), {})
                of_word[meaning] = max(sure, of_word.get(meaning, 0))
    return known


def _order(cells: Sequence[Sequence[str]]) -> DateOrder:
    """The order under which the most columns hold nothing but days; day first where several do."""
    orders = (DateOrder.DMY, DateOrder.MDY, DateOrder.YMD)
    columns = [[value for value in values if any(letter.isdigit() for letter in value)] for values in cells]

    def fitting(order: DateOrder) -> int:
        return sum(bool(values) and all(read_date(value, order) for value in values) for values in columns)

    return max(orders, key=fitting)


def _mark(values: Sequence[str]) -> DecimalMark:
    """The mark under which amounts read; where both do, the one before one or two last digits."""

    def fitting(mark: DecimalMark) -> tuple[int, int]:
        read = sum(re.fullmatch(r"-?\d+(\.\d+)?", amount_text(value, mark)) is not None for value in values)
        return read, sum(re.search(rf"{re.escape(mark)}\d{{1,2}}\D*$", value) is not None for value in values)

    return max((DecimalMark.POINT, DecimalMark.COMMA), key=fitting)
