"""What the columns of a client's file mean: confirmed by a person, kept per client, offered again next time."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from cases.intake.as_given import Field
from cases.intake.files.values import DateOrder, DecimalMark

COMPONENTS = (Field.INTEREST, Field.COSTS)
"""What is claimed beside the invoices. Of several columns it is their sum, of several rows of one case theirs."""


class AmountKind(StrEnum):
    """How a file says what is unpaid."""

    SIGNED = "signed"
    """In one column, credits negative; of several columns the first that is filled."""
    DEBIT_CREDIT = "debit_credit"
    """Debits in one column, credits in another: the difference."""
    INDICATED = "indicated"
    """Without a sign in one column; another says debit or credit."""
    SUMMED = "summed"
    """In several columns, by age or component: their sum."""


class Grouping(StrEnum):
    """What becomes one case."""

    ROW = "row"
    """Each row: an invoice with what is unpaid of it."""
    INVOICE = "invoice"
    """All postings of one invoice of one debtor: their sum."""
    DEBTOR = "debtor"
    """All rows of one debtor in one currency."""
    COLUMN = "column"
    """All rows with the same value in a column, in one currency."""


class When(StrEnum):
    """On what a filter leaves a row out."""

    FILLED = "filled"
    """There is something in the column: a date of settlement."""
    EMPTY = "empty"
    """There is nothing in it."""
    AMONG = "among"
    """It says one of the values: void, draft, paid."""
    NOT_AMONG = "not_among"
    """It says none of the values, for instance not 已审核. A blank cell says none."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its place, the first being 0, and by its caption, by which it is found again next time."""

    place: int
    caption: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the text of a field comes from.

    Of several columns the first that is filled, or with `joined` all of them with that text between: a date of three
    columns, an address of two. `after` and `before` keep a part of the text: what stands behind the first one, and
    then what stands before the next. `values` gives texts another meaning (``391`` is ``US``). `constant` holds where
    nothing was found. With `heading` the text stands on a line of its own above the rows it belongs to.
    """

    columns: tuple[Column, ...] = ()
    constant: str = ""
    joined: str = ""
    after: str = ""
    before: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    """Where the amount comes from. `credit` is used by DEBIT_CREDIT, `indicator` by INDICATED."""

    kind: AmountKind
    columns: tuple[Column, ...]
    credit: tuple[Column, ...] = ()
    indicator: Column | None = None
    mark: DecimalMark = DecimalMark.POINT


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows that are no claims: settled, void, draft. Values are compared without case, blanks and marks."""

    column: Column
    when: When
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What a file's columns mean.

    `debtor` is the client's own number of the debtor: rows of one debtor are found by it, or by the name. `settles`
    names the invoice that a credit belongs to, `type` says of a credit whether it is a note or a payment. `carried` fields are given on the first row of a block only, and hold
    until one of them is given again. Rows that add up others are recognised by their words, or by having neither a
    number nor a date nor a debtor, when `skip_totals`.
    """

    fields: Mapping[Field, Source] = field(default_factory=dict)
    amount: Amount | None = None
    debtor: Source = Source()
    settles: Source = Source()
    type: Source = Source()
    date_order: DateOrder = DateOrder.YMD
    grouping: Grouping = Grouping.ROW
    group_by: Column | None = None
    filters: tuple[Filter, ...] = ()
    skip_totals: bool = True
    skip_zero: bool = True
    carried: frozenset[Field] = frozenset()

    @property
    def heading(self) -> Column | None:
        """The column in which the lines above groups stand, if there are such."""
        sources = (self.debtor, *self.fields.values())
        return next((source.columns[0] for source in sources if source.heading and source.columns), None)

    def columns(self) -> Iterator[Column]:
        """Every column it speaks of."""
        for source in (*self.fields.values(), self.debtor, self.settles, self.type):
            yield from source.columns
        if self.amount is not None:
            yield from (*self.amount.columns, *self.amount.credit)
            if self.amount.indicator is not None:
                yield self.amount.indicator
        yield from (rule.column for rule in self.filters)
        if self.group_by is not None:
            yield self.group_by

    def missing(self, captions: tuple[str, ...]) -> tuple[str, ...]:
        """The captions it speaks of that a file does not have."""
        return tuple(dict.fromkeys(column.caption for column in self.columns() if column.caption not in captions))

    def placed(self, captions: tuple[str, ...]) -> "ColumnMap":
        """The same for a file whose columns stand in another order. Raises `KeyError` for one that is not there."""
        places = {caption: place for place, caption in enumerate(captions)}

        def at(column: Column) -> Column:
            return Column(places[column.caption], column.caption)

        def moved(source: Source) -> Source:
            return replace(source, columns=tuple(map(at, source.columns)))

        amount = self.amount and replace(
            self.amount,
            columns=tuple(map(at, self.amount.columns)),
            credit=tuple(map(at, self.amount.credit)),
            indicator=self.amount.indicator and at(self.amount.indicator),
        )
        return replace(
            self,
            fields={name: moved(source) for name, source in self.fields.items()},
            amount=amount,
            debtor=moved(self.debtor),
            settles=moved(self.settles),
            type=moved(self.type),
            filters=tuple(replace(rule, column=at(rule.column)) for rule in self.filters),
            group_by=self.group_by and at(self.group_by),
        )

    def to_facts(self) -> dict[str, Any]:
        """As it is stored."""
        facts = asdict(self)
        facts["fields"] = {str(name): asdict(source) for name, source in self.fields.items()}
        facts["carried"] = sorted(map(str, self.carried))
        return facts

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "ColumnMap":
        """As it was stored. Raises `ValueError` where the facts are none."""
        try:
            return cls(
                fields={Field(name): _source(source) for name, source in facts["fields"].items()},
                amount=_amount(facts["amount"]) if facts["amount"] else None,
                debtor=_source(facts["debtor"]),
                settles=_source(facts["settles"]),
                type=_source(facts["type"]) if "type" in facts else Source(),
                date_order=DateOrder(facts["date_order"]),
                grouping=Grouping(facts["grouping"]),
                group_by=Column(**facts["group_by"]) if facts["group_by"] else None,
                filters=tuple(map(_filter, facts["filters"])),
                skip_totals=bool(facts["skip_totals"]),
                skip_zero=bool(facts["skip_zero"]),
                carried=frozenset(map(Field, facts["carried"])),
            )
        except (KeyError, TypeError, AttributeError):
            raise ValueError("these facts describe no columns") from None


def _columns(facts: list[Mapping[str, Any]]) -> tuple[Column, ...]:
    return tuple(Column(**column) for column in facts)


def _source(facts: Mapping[str, Any]) -> Source:
    return Source(**{**facts, "columns": _columns(facts["columns"])})


def _amount(facts: Mapping[str, Any]) -> Amount:
    return Amount(
        AmountKind(facts["kind"]),
        _columns(facts["columns"]),
        _columns(facts["credit"]),
        Column(**facts["indicator"]) if facts["indicator"] else None,
        DecimalMark(facts["mark"]),
    )


def _filter(facts: Mapping[str, Any]) -> Filter:
    return Filter(Column(**facts["column"]), When(facts["when"]), tuple(facts["values"]))
