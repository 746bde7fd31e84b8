"""Proposing what the columns of a file mean, by their captions and their contents, each proposal with its reason.

A person looks at it before anything is read by it. What a client confirmed last time wins where it still fits.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cases.intake.as_given import DEBTOR_FIELDS, Field
from cases.intake.files.column_map import (
    COMPONENTS,
    Amount,
    AmountKind,
    Column,
    ColumnMap,
    Filter,
    Grouping,
    Source,
    When,
)
from cases.intake.files.groups import find_heading, heading_sources
from cases.intake.files.profile import Profile, date_order, decimal_mark, is_amount, is_date, profiles
from cases.intake.files.reasons import Reason, Why
from cases.intake.files.table import Row
from cases.intake.files.titles import currency_in
from cases.intake.files.values import DateOrder
from cases.intake.files.vocabulary import is_total, is_word, meanings, words

_CERTAIN = 0.9
"""So surely a caption means the open amount that debits and credits beside it are only its history."""

_DATE_PARTS = frozenset({"year", "month", "day"})
_A_ROW_HOLDS = 3
"""A title with a date has fewer cells."""

_WEAK = 0.7
"""A caption that means something else as often."""

_FILTERS = (
    ("settled_on", When.FILLED, ()),
    ("is_open", When.AMONG, ("closed",)),
    ("void", When.AMONG, ("void",)),
    ("status", When.AMONG, ("draft", "settled")),
)


@dataclass(frozen=True, slots=True)
class Guess:
    """A proposed map, and why: by the field's name, ``debtor``, ``date_order``, ``grouping`` and the like."""

    map: ColumnMap
    reasons: Mapping[str, Reason] = field(default_factory=dict)


def guess(
    columns: Sequence[str],
    sample: Sequence[Row],
    remembered: ColumnMap | None = None,
    *,
    above: Sequence[Sequence[str]] = (),
) -> Guess:
    """Proposes what the columns mean. `sample` are the first rows, `above` those over the header, for a currency."""
    if remembered is not None and not remembered.missing(tuple(columns)):
        reasons = {str(name): Reason(Why.REMEMBERED) for name in (*remembered.fields, Field.AMOUNT)}
        return Guess(remembered.placed(tuple(columns)), reasons)
    return _Guessing(columns, sample, above).guess()


class _Guessing:
    def __init__(self, columns: Sequence[str], sample: Sequence[Row], above: Sequence[Sequence[str]]) -> None:
        self._columns = columns
        self._above = above
        rows = [row for row in sample if row.issue is None]
        # Titles, totals and headings tell little of a column: rows with a date are what the table is about.
        parts = [place for place, caption in enumerate(columns) if _DATE_PARTS & meanings(caption).keys()]
        dated = [row for row in rows if _is_dated(row, parts) and not any(map(is_total, row.cells))]
        self._all = rows
        self._rows = dated or rows
        self._profiles = profiles(columns, self._rows)
        self._reasons: dict[str, Reason] = {}
        self._taken: set[int] = set()
        self._fields: dict[Field, Source] = {}

    def guess(self) -> Guess:
        amount = self._amount()
        self._dates()
        place = find_heading(self._all, self._rows, self._best("name"))
        heading = None if place is None else self._profiles[place]
        self._number()
        debtor = self._debtor(heading)
        for name in (Field.CURRENCY, Field.COUNTRY, Field.EMAIL, Field.PHONE):
            self._take(name, name.value)
        for name in (*DEBTOR_FIELDS, Field.DESCRIPTION, Field.SECOND_PLACEMENT):
            if name not in self._fields:
                self._take(name, name.value)
        for name in COMPONENTS:
            self._take(name, name.value)
        filters = tuple(self._filters())
        self._constant_currency(amount)
        signed = amount is not None and amount.kind is AmountKind.SIGNED
        if amount is not None and signed and Field.CURRENCY not in self._fields:
            amount = replace(amount, columns=amount.columns[-1:])  # foreign money of an unknown kind
        meaning = ColumnMap(
            fields=self._fields,
            amount=amount,
            debtor=debtor,
            type=self._type(),
            date_order=self._order(),
            grouping=self._grouping(amount),
            filters=filters,
            carried=self._carried(heading),
        )
        return Guess(meaning, self._reasons)

    def _candidates(self, meaning: str) -> list[tuple[float, Profile]]:
        """The columns that may have a meaning by caption and do not contradict it by contents, surest first."""
        scored = [
            (sure * _plausible(meaning, column, sure), column)
            for column in self._profiles
            if column.place not in self._taken and (sure := meanings(column.caption).get(meaning, 0.0))
        ]
        return sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].place))

    def _best(self, meaning: str) -> Profile | None:
        candidates = self._candidates(meaning)
        return candidates[0][1] if candidates else None

    def _take(self, name: Field, meaning: str, *, least: float = 0.0) -> Profile | None:
        """Gives a field its best column, by caption, or else by contents that can be nothing else."""
        candidates = self._candidates(meaning)
        if candidates and candidates[0][0] > least:
            column, reason = candidates[0][1], Reason(Why.CAPTION, {"caption": candidates[0][1].caption})
        else:
            found = next((other for other in self._free() if _is_certainly(name, other)), None)
            if found is None:
                return None
            column, reason = found, Reason(Why.CONTENTS, {"sample": found.cells[0]})
        self._fields[name] = Source((_column(column),))
        self._note(name.value, column, reason)
        return column

    def _free(self) -> list[Profile]:
        return [column for column in self._profiles if column.place not in self._taken]

    def _note(self, role: str, column: Profile, reason: Reason) -> None:
        self._taken.add(column.place)
        self._reasons[role] = reason

    def _amount(self) -> Amount | None:
        signed = self._candidates("amount")
        debit, credit = self._best("debit"), self._best("credit")
        buckets = sorted((column for _, column in self._candidates("bucket")), key=lambda column: column.place)
        if debit and credit and not (signed and signed[0][0] >= _CERTAIN):
            return self._amount_of(AmountKind.DEBIT_CREDIT, [debit], [credit])
        if signed:
            foreign = self._best("foreign")
            columns = [column for column in (foreign, signed[0][1]) if column is not None]
            indicator = self._best("indicator")
            if indicator is not None and not _has_sign(signed[0][1]):
                return self._amount_of(AmountKind.INDICATED, columns, indicator=indicator)
            return self._amount_of(AmountKind.SIGNED, columns)
        if len(buckets) > 1:
            return self._amount_of(AmountKind.SUMMED, buckets)
        numbers = [column for column in self._free() if column.amounts > 0.9 and _has_cents(column)]
        return self._amount_of(AmountKind.SIGNED, numbers[-1:], why=Why.CONTENTS) if numbers else None

    def _amount_of(
        self,
        kind: AmountKind,
        columns: list[Profile],
        credit: Sequence[Profile] = (),
        *,
        indicator: Profile | None = None,
        why: Why = Why.CAPTION,
    ) -> Amount:
        used = [*columns, *credit]
        for column in used:
            self._taken.add(column.place)
        shown = {"caption": " / ".join(column.caption for column in used), "sample": next(iter(columns[0].cells), "")}
        self._reasons["amount"] = Reason(why, shown)
        mark = decimal_mark(
            [row.cells[column.place] for row in self._rows for column in used if column.place not in row.numbers]
        )
        marked = None if indicator is None else _column(indicator)
        return Amount(kind, tuple(map(_column, columns)), tuple(map(_column, credit)), marked, mark)

    def _dates(self) -> None:
        parts = [self._best(part) for part in ("year", "month", "day")]
        if all(parts):
            found = [part for part in parts if part is not None]
            self._fields[Field.ISSUED_ON] = Source(tuple(map(_column, found)), joined="-")
            for part in found:
                self._note(Field.ISSUED_ON.value, part, Reason(Why.CAPTION, {"caption": part.caption}))
        self._take(Field.DUE_ON, "due_on")
        if Field.ISSUED_ON not in self._fields:
            self._take(Field.ISSUED_ON, "issued_on")

    def _order(self) -> DateOrder:
        issued, due = (
            [row.cells[source.columns[0].place].strip() if source else "" for row in self._rows]
            for source in (self._fields.get(name) for name in (Field.ISSUED_ON, Field.DUE_ON))
        )
        return date_order(issued, due)

    def _number(self) -> None:
        if self._take(Field.NUMBER, "number") or "amount" not in self._reasons:
            return
        found = [
            column
            for column in self._profiles
            if column.place not in self._taken
            and column.filled > 0.9
            and column.different > 0.95
            and _is_identifier(column)
        ]
        if found:
            cut = " (" if any(" (" in cell for cell in found[0].cells) else ""
            self._fields[Field.NUMBER] = Source((_column(found[0]),), before=cut)
            self._reasons[Field.NUMBER.value] = Reason(Why.CONTENTS, {"sample": found[0].cells[0]})

    def _debtor(self, heading: Profile | None) -> Source:
        if heading is not None:
            name, debtor = heading_sources(_column(heading), self._all, self._rows)
            self._fields[Field.NAME] = name
            self._reasons[Field.NAME.value] = Reason(Why.HEADING, {"caption": heading.caption})
            if debtor.columns:
                return debtor
        candidates = self._candidates("debtor")
        if not candidates:
            return Source()
        column = candidates[0][1]
        self._note("debtor", column, Reason(Why.CAPTION, {"caption": column.caption}))
        return Source((_column(column),))

    def _type(self) -> Source:
        """The column that tells credit notes from payments, if there are such."""
        for _, column in self._candidates("type"):
            if any(is_word(cell, kind) for cell in set(column.cells) for kind in ("payment", "credit_note")):
                self._note("type", column, Reason(Why.CAPTION, {"caption": column.caption}))
                return Source((_column(column),))
        return Source()

    def _constant_currency(self, amount: Amount | None) -> None:
        source = self._fields.get(Field.CURRENCY, Source())
        cells = [row.cells[column.place] for row in self._all for column in (amount.columns if amount else ())]
        code, seen = currency_in(self._above, cells, self._columns)
        blank = any(not row.cells[column.place].strip() for row in self._rows for column in source.columns)
        if code and (not source.columns or blank):
            self._fields[Field.CURRENCY] = Source(source.columns, constant=code)
            self._reasons[Field.CURRENCY.value] = Reason(Why.SEEN, {"sample": seen})

    def _filters(self) -> "Sequence[Filter]":
        found = []
        for meaning, when, kinds in _FILTERS:
            column = self._best(meaning)
            if column is None:
                continue
            values = tuple(sorted(word for kind in kinds for word in words(kind)))
            rule = Filter(_column(column), when, values)
            if when is When.FILLED and column.filled == 1:
                continue  # every row would be left out: then it means something else here
            self._reasons[f"filter:{column.caption}"] = Reason(Why.CAPTION, {"caption": column.caption})
            found.append(rule)
        return found

    def _grouping(self, amount: Amount | None) -> Grouping:
        source = self._fields.get(Field.NUMBER)
        if amount is None or source is None or not source.columns:
            return Grouping.ROW
        numbers = [text for row in self._rows if (text := row.cells[source.columns[0].place].strip())]
        if amount.kind in (AmountKind.DEBIT_CREDIT, AmountKind.INDICATED) and len(set(numbers)) < len(numbers):
            self._reasons["grouping"] = Reason(Why.POSTINGS)
            return Grouping.INVOICE
        return Grouping.ROW

    def _carried(self, heading: Profile | None) -> frozenset[Field]:
        """The debtor's fields, when its name stands on the first row of a block only."""
        source = self._fields.get(Field.NAME)
        if heading is not None or source is None or not source.columns or not self._rows:
            return frozenset()
        place = source.columns[0].place
        blank = sum(not row.cells[place].strip() for row in self._rows)
        if not blank or not self._rows[0].cells[place].strip():
            return frozenset()
        self._reasons["carried"] = Reason(Why.MERGED, {"caption": source.columns[0].caption})
        return frozenset(name for name in DEBTOR_FIELDS if self._fields.get(name, Source()).columns)


def _column(profile: Profile) -> Column:
    return Column(profile.place, profile.caption)


def _is_dated(row: Row, parts: Sequence[int]) -> bool:
    """Whether a row holds a day beside other things: in a cell, or in columns for year, month and day."""
    if sum(bool(cell.strip()) for cell in row.cells) < _A_ROW_HOLDS:
        return False
    in_parts = len(parts) == len(_DATE_PARTS) and all(row.cells[place].strip().isdigit() for place in parts)
    return in_parts or any(map(is_date, row.cells))


_SHARES: Mapping[str, Callable[[Profile], float]] = {
    **dict.fromkeys(("issued_on", "due_on", "settled_on"), lambda column: column.dates),
    **dict.fromkeys(("amount", "debit", "credit", "bucket", "foreign", *COMPONENTS), lambda column: column.amounts),
    "currency": lambda column: column.currencies,
    "country": lambda column: column.countries,
    "email": lambda column: column.emails,
}
"""What most cells of a column must be to have a meaning."""


def _plausible(meaning: str, column: Profile, sure: float) -> float:
    """How well contents fit a meaning, 0 when they contradict it. An empty column may say what is left out."""
    if not column.cells:
        return 0.3 if meaning in ("settled_on", "void", "status") else 0.0
    if meaning in _SHARES:
        return 1.0 if _SHARES[meaning](column) > 0.5 else 0.0
    if meaning not in ("name", "number", "debtor"):
        return 1.0
    says_nothing = len(set(column.cells)) == 1 < len(column.cells) or not _has_digits(column)
    if column.dates > 0.5 or (meaning != "name" and sure < _WEAK and says_nothing):
        return 0.0
    # A column of numbers is a debtor's number, whatever it is called.
    return 0.5 if meaning == "name" and column.amounts > 0.5 else 1.0


def _is_certainly(name: Field, column: Profile) -> bool:
    shares = {
        Field.EMAIL: column.emails,
        Field.CURRENCY: column.currencies,
        Field.ISSUED_ON: column.dates,
    }
    return bool(column.cells) and shares.get(name, 0.0) > 0.9


def _is_identifier(column: Profile) -> bool:
    return sum(any(map(str.isdigit, cell)) and not is_amount(cell) for cell in column.cells) > 0.9 * len(column.cells)


def _has_digits(column: Profile) -> bool:
    return sum(any(map(str.isdigit, cell)) for cell in column.cells) > 0.9 * len(column.cells)


def _has_sign(column: Profile) -> bool:
    return any(cell.startswith(("-", "(")) or cell.endswith(("-", ")")) for cell in column.cells)


def _has_cents(column: Profile) -> bool:
    return any(cell[-3:-2] in (".", ",") for cell in column.cells)
