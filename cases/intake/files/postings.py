"""The rows of a table as what they say: postings with values in one notation, and rows that say nothing of a claim."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from cases.intake.as_given import Field
from cases.intake.files.amounts import amount_of, claims, plain_amount
from cases.intake.files.column_map import COMPONENTS, ColumnMap, Filter, Source, When
from cases.intake.files.table import Row
from cases.intake.files.values import DecimalMark, date_text, read_date, sum_text
from cases.intake.files.vocabulary import folded, is_total, is_total_of, is_word
from cases.intake.issue import Issue
from cases.intake.proposals import COUNTRIES, propose_country, propose_currency
from portal.money import is_currency
from portal.pages.export import plain


class LeftOut(StrEnum):
    """Why a row became no case, to be said to the client with its count."""

    TOTAL = "total"
    """It adds up other rows, or carries a balance forward."""
    FILTERED = "filtered"
    """One of the client's filters: settled, void, draft."""
    HEADING = "heading"
    """The line above a group, which names its debtor."""
    TEXT = "text"
    """A title, a remark, a timestamp, details of the bill above."""
    REPEATED_HEADER = "repeated_header"
    """The captions once more, as printed pages have them."""
    ZERO = "zero"
    """Nothing is open."""
    SETTLED = "settled"
    """Postings of the file that settle one another."""


@dataclass(slots=True)
class Tally:
    """Rows left out, by reason; those of filters also by the filter's place in the map."""

    reasons: Counter[LeftOut] = field(default_factory=Counter)
    filters: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Posting:
    """One row that speaks of a claim. `values` are normalised, `given` as written, by caption.

    `debtor` is the client's number of the debtor, `settles` the invoice that a credit belongs to, `group` the value
    of the column that cases are made by. `is_payment` tells a payment from a credit note.
    """

    row: int
    values: Mapping[Field, str]
    given: Mapping[str, str]
    cells: tuple[str, ...]
    debtor: str = ""
    settles: str = ""
    group: str = ""
    is_payment: bool = False
    issue: Issue | None = None

    @property
    def is_credit(self) -> bool:
        """Whether it lowers what is owed."""
        return self.values.get(Field.AMOUNT, "").startswith("-")


_DATES = (Field.ISSUED_ON, Field.DUE_ON)
_FLOAT_NUMBER = re.compile(r"(\d{5,})\.0", re.ASCII)
_FIVE_DIGITS = frozenset({"DE", "FR", "IT", "ES", "US", "FI", "MX", "TR", "UA", "EE", "HR"})
_TELLS_SOMETHING = 3
"""A line with so few cells and neither number, date nor amount is text, whatever column it stands in."""


def read_postings(rows: Iterable[Row], columns: tuple[str, ...], meaning: ColumnMap, tally: Tally) -> Iterator[Posting]:
    """The postings of a table in order; `tally` counts the rows that are none."""
    reader = RowReader(columns, meaning, tally)
    for row in rows:
        posting = reader.read(row)
        if posting is not None:
            yield posting


class RowReader:
    """Holds what a row needs of the rows above it: the heading of its group, and what is carried down."""

    def __init__(self, columns: tuple[str, ...], meaning: ColumnMap, tally: Tally) -> None:
        self._columns = columns
        self._map = meaning
        self._tally = tally
        self._heading = ""
        self._carried: tuple[dict[Field, str], str] = ({}, "")
        self._heading_column = meaning.heading
        named = (*meaning.fields.get(Field.NAME, Source()).columns, *meaning.debtor.columns)
        self._names = {column.place for column in named} - (
            {self._heading_column.place} if self._heading_column else set()
        )
        self._used = tuple(dict.fromkeys((column.place, column.caption) for column in meaning.columns()))
        self._filters = tuple((rule, frozenset(map(folded, rule.values))) for rule in meaning.filters)

    def read(self, row: Row) -> Posting | None:
        """The posting of a row; None when it is none, which is counted."""
        given = {caption: row.cells[place] for place, caption in self._used}
        if row.issue is not None:
            return Posting(row.number, {}, given, row.written, issue=row.issue)
        reason = self._filtered(row) or self._no_claim(row)
        if reason is not None:
            self._tally.reasons[reason] += 1
            return None
        values, debtor = self.values_of(row)
        if self._map.skip_zero and values[Field.AMOUNT] and not claims(values):
            self._tally.reasons[LeftOut.ZERO] += 1
            return None
        group = row.cells[self._map.group_by.place].strip() if self._map.group_by else ""
        settles = _identifier(self._text(row, self._map.settles))
        is_payment = values[Field.AMOUNT].startswith("-") and self._says_payment(row, values)
        return Posting(row.number, values, given, row.written, debtor, settles, group, is_payment)

    def _says_payment(self, row: Row, values: Mapping[Field, str]) -> bool:
        """By the column that says what a row is, else by the first word of its description."""
        text = self._text(row, self._map.type) or values.get(Field.DESCRIPTION, "")
        return is_word(text, "payment") or is_word(text.partition(" ")[0], "payment")

    def _filtered(self, row: Row) -> LeftOut | None:
        if self._repeats_header(row):
            return LeftOut.REPEATED_HEADER
        for place, (rule, values) in enumerate(self._filters):
            if _is_filtered(rule, values, row):
                self._tally.filters[place] += 1
                return LeftOut.FILTERED
        return None

    def _repeats_header(self, row: Row) -> bool:
        """Whether its first two cells are the captions of their columns."""
        filled = ((cell, name) for cell, name in zip(row.cells, self._columns, strict=True) if cell.strip())
        alike = [cell.split() == name.split() for cell, name in islice(filled, 2)]
        return alike == [True, True]

    def _no_claim(self, row: Row) -> LeftOut | None:
        """Why a row is no claim. Whoever has a number or a date is one, whatever its cells are called."""
        number = self._own(row, self._map.fields.get(Field.NUMBER))
        if self._has_date(row) or (number and not is_total(number) and not self._is_heading_text(row, number)):
            return None
        if self._map.skip_totals and self._adds_up(row):
            return LeftOut.TOTAL
        if self._is_heading(row):
            return LeftOut.HEADING
        named = any(row.cells[place].strip() for place in self._names)
        if self._amount(row).strip():
            return None if named or not self._map.skip_totals or not self._names_rows() else LeftOut.TOTAL
        filled = sum(bool(cell.strip()) for cell in row.cells)
        return None if named and filled >= _TELLS_SOMETHING else LeftOut.TEXT

    def _names_rows(self) -> bool:
        """Whether the rows of the file can be told from their totals by having a number, a date or a name."""
        fields = self._map.fields
        return (
            bool(self._names) or any(name in fields for name in (Field.NUMBER, *_DATES)) or bool(self._heading_column)
        )

    def _is_heading_text(self, row: Row, number: str) -> bool:
        """Whether the number's cell is the heading's: then without a date it is a heading."""
        column = self._heading_column
        return column is not None and row.cells[column.place].strip().startswith(number)

    def _adds_up(self, row: Row) -> bool:
        for place, cell in enumerate(row.cells):
            if not is_total(cell):
                continue
            if is_word(cell, "total"):
                return True
            if self._heading_column is not None and place == self._heading_column.place:
                if is_total_of(cell, self._heading):  # "Total Energies" above its own rows is a debtor
                    return True
            elif place not in self._names:
                return True
        return False

    def _is_heading(self, row: Row) -> bool:
        if self._heading_column is None or not row.cells[self._heading_column.place].strip():
            return False
        self._heading = row.cells[self._heading_column.place].strip()
        return True

    def _has_date(self, row: Row) -> bool:
        texts = (self._own(row, self._map.fields.get(name)) for name in _DATES)
        return any(read_date(text, self._map.date_order) is not None for text in texts if text)

    def _own(self, row: Row, source: Source | None) -> str:
        """What the row itself says, without a constant."""
        return "" if source is None or source.heading else _part(_joined(row, source), source)

    def _text(self, row: Row, source: Source) -> str:
        text = _part(self._heading if source.heading else _joined(row, source), source)
        if source.values:
            text = source.values.get(text, text)
        return text or source.constant

    def values_of(self, row: Row) -> tuple[dict[Field, str], str]:
        """The values of a row in one notation, and the client's number of its debtor."""
        values = {name: self._text(row, source) for name, source in self._map.fields.items()}
        debtor = self._text(row, self._map.debtor)
        if self._map.carried:
            debtor = self._carry(row, values, debtor)
        values = {name: self._normal(row, name, text, values) for name, text in values.items()}
        values |= {name: self._component(row, self._map.fields[name]) for name in COMPONENTS if name in values}
        values[Field.AMOUNT] = self._amount(row)
        return values, _identifier(debtor)

    def _carry(self, row: Row, values: dict[Field, str], debtor: str) -> str:
        """Fills a row whose carried fields are all blank from the last row that had them."""
        own = (self._own(row, self._map.fields.get(name)) for name in self._map.carried)
        if any(own) or self._own(row, self._map.debtor):
            self._carried = ({name: values.get(name, "") for name in self._map.carried}, debtor)
            return debtor
        values.update(self._carried[0])
        return self._carried[1] or debtor

    def _normal(self, row: Row, name: Field, text: str, values: Mapping[Field, str]) -> str:
        if name is Field.POSTAL_CODE and text.isdigit() and self._is_number(row, name):
            country = country_code(values.get(Field.COUNTRY, ""))
            return text.zfill(5) if country in _FIVE_DIGITS else text  # 1067 is Dresden's 01067
        if name in _DATES:
            return date_text(text, self._map.date_order)
        normal = _NORMAL.get(name)
        return normal(text) if normal else text

    def _is_number(self, row: Row, name: Field) -> bool:
        carried = name in self._map.carried and not self._own(row, self._map.fields[name])
        return carried or any(column.place in row.numbers for column in self._map.fields[name].columns)

    def _amount(self, row: Row) -> str:
        return amount_of(row, self._map.amount) if self._map.amount is not None else ""

    def _component(self, row: Row, source: Source) -> str:
        mark = self._map.amount.mark if self._map.amount is not None else DecimalMark.POINT
        return sum_text([plain_amount(row, column, mark) for column in source.columns])


def country_code(text: str) -> str:
    """The ISO code that a country's name or code means; as written where it means none."""
    return text.upper() if text.upper() in COUNTRIES else propose_country(text) or text


def currency_code(text: str) -> str:
    """The ISO code that a currency's name or code means; as written where it means none."""
    return text.upper() if is_currency(text.upper()) else propose_currency(text) or text


def _joined(row: Row, source: Source) -> str:
    texts = (plain(row.cells[column.place]).strip() for column in source.columns)
    filled = [text for text in texts if text]
    if source.joined:
        return source.joined.join(filled)
    return filled[0] if filled else ""


def _part(text: str, source: Source) -> str:
    if source.after:
        text = text.partition(source.after)[2]
    if source.before:
        text = text.partition(source.before)[0]
    return text.strip()


def _identifier(text: str) -> str:
    """A number that a spreadsheet made a fraction of: ``1930659387.0``."""
    match = _FLOAT_NUMBER.fullmatch(text)
    return match[1] if match else text


_NORMAL: Mapping[Field, Callable[[str], str]] = {
    Field.NUMBER: _identifier,
    Field.REFERENCE: _identifier,
    Field.REGISTRATION_NUMBER: _identifier,
    Field.TAX_ID: _identifier,
    Field.CURRENCY: currency_code,
    Field.COUNTRY: country_code,
    Field.PHONE: lambda text: text.removeprefix("'"),
}


def _is_filtered(rule: Filter, values: frozenset[str], row: Row) -> bool:
    cell = row.cells[rule.column.place].strip()
    if rule.when is When.FILLED:
        return bool(cell)
    if rule.when is When.EMPTY:
        return not cell
    return (folded(cell) in values) is (rule.when is When.AMONG)
