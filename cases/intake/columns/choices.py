"""A map as a form asks for it: a meaning for each column, what holds for all rows, and back to a map.

A form says less than a map can (a date of three columns, a name on a line above its rows). What was proposed and is
left as it was keeps what the form cannot say.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cases.intake.as_given import DEBTOR_FIELDS, Field
from cases.intake.files.column_map import (
    Amount,
    AmountKind,
    Column,
    ColumnMap,
    Filter,
    Grouping,
    Source,
    When,
)
from cases.intake.files.values import DateOrder, DecimalMark
from cases.intake.grid import TITLES
from portal.pages.text import N_

AMOUNT: Final = "amount"
CREDIT: Final = "credit"
INDICATOR: Final = "indicator"
DEBTOR: Final = "debtor"
SETTLES: Final = "settles"
TYPE: Final = "type"
GROUP: Final = "group"
OUT: Final = "out:"
"""What begins the meanings by which rows are left out; behind it stands on what."""

FIELDS: Final = (
    Field.NUMBER, Field.ISSUED_ON, Field.DUE_ON, Field.CURRENCY, Field.NAME, Field.KIND,
    Field.REGISTRATION_NUMBER, Field.TAX_ID, Field.CONTACT_PERSON,
    Field.EMAIL, Field.PHONE, Field.LANGUAGE, Field.STREET, Field.POSTAL_CODE, Field.CITY, Field.REGION, Field.COUNTRY,
    Field.REFERENCE, Field.DESCRIPTION, Field.INTEREST, Field.COSTS, Field.SECOND_PLACEMENT,
)  # fmt: skip

MEANINGS: Final[Mapping[str, str]] = {
    **{field.value: TITLES[field] for field in FIELDS},
    Field.REFERENCE.value: N_("Your reference of the case"),
    Field.SECOND_PLACEMENT.value: N_("Second placement: yes or no"),
    Field.INTEREST.value: N_("Interest claimed (of several columns, their sum)"),
    Field.COSTS.value: N_("Costs and fees claimed (of several columns, their sum)"),
    AMOUNT: N_("Amount unpaid (of several columns, their sum)"),
    CREDIT: N_("Credits and payments, taken off"),
    INDICATOR: N_("Says debit or credit"),
    DEBTOR: N_("Your number of the debtor"),
    SETTLES: N_("Invoice that a credit belongs to"),
    TYPE: N_("Says credit note or payment"),
    GROUP: N_("One case for each of its values"),
    f"{OUT}{When.FILLED}": N_("Leave the row out when it is filled"),
    f"{OUT}{When.EMPTY}": N_("Leave the row out when it is empty"),
    f"{OUT}{When.AMONG}": N_("Leave the row out when it says one of …"),
    f"{OUT}{When.NOT_AMONG}": N_("Leave the row out unless it says one of …"),
}
"""What a column may mean, in words."""

CONSTANTS: Final = (Field.CURRENCY, Field.COUNTRY, Field.KIND, Field.LANGUAGE)
"""What may hold for all rows: where a row says nothing itself."""

ORDER_TEXTS: Final[Mapping[DateOrder, str]] = {
    DateOrder.DMY: N_("day, month, year"),
    DateOrder.MDY: N_("month, day, year"),
    DateOrder.YMD: N_("year, month, day"),
}
MARK_TEXTS: Final[Mapping[DecimalMark, str]] = {DecimalMark.POINT: "1,234.56", DecimalMark.COMMA: "1.234,56"}
GROUPING_TEXTS: Final[Mapping[Grouping, str]] = {
    Grouping.ROW: N_("One case for each row"),
    Grouping.INVOICE: N_("One case for each invoice, its postings added up"),
    Grouping.DEBTOR: N_("One case for each debtor and currency"),
    Grouping.COLUMN: N_("One case for each value of a column"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a column means, as the form has it: the meaning's code, and the values of those that leave rows out."""

    meaning: str = ""
    values: str = ""


def choices_of(column_map: ColumnMap, columns: tuple[str, ...]) -> list[Chosen]:
    """What the form shows for each column of a file."""
    chosen: dict[str, Chosen] = {}

    def say(meaning: str, *these: Column, values: Iterable[str] = ()) -> None:
        for column in these:
            chosen.setdefault(column.caption, Chosen(meaning, ", ".join(values)))

    if column_map.amount is not None:
        say(AMOUNT, *column_map.amount.columns)
        say(CREDIT, *column_map.amount.credit)
        if column_map.amount.indicator is not None:
            say(INDICATOR, column_map.amount.indicator)
    for field, source in column_map.fields.items():
        say(field.value, *source.columns)
    say(DEBTOR, *column_map.debtor.columns)
    say(SETTLES, *column_map.settles.columns)
    say(TYPE, *column_map.type.columns)
    if column_map.group_by is not None:
        say(GROUP, column_map.group_by)
    for rule in column_map.filters:
        say(f"{OUT}{rule.when}", rule.column, values=rule.values)
    return [chosen.get(caption, Chosen()) for caption in columns]


@dataclass(frozen=True, slots=True)
class Answers:
    """A submitted form: what each column means, and what holds for all rows."""

    columns: tuple[Chosen, ...]
    constants: Mapping[Field, str]
    date_order: DateOrder
    mark: DecimalMark
    grouping: Grouping
    skip_totals: bool
    skip_zero: bool


def as_map(answers: Answers, captions: tuple[str, ...], proposed: ColumnMap) -> ColumnMap:
    """The map that the answers mean. What they leave as proposed keeps what a form cannot say."""
    by_meaning = _by_meaning(answers.columns, captions)
    fields = {
        field: source
        for field in FIELDS
        if (source := _source(field, by_meaning.get(field.value, []), answers, proposed)) != Source()
    }
    group = by_meaning.get(GROUP)
    return ColumnMap(
        fields=fields,
        amount=_amount(by_meaning, answers, proposed),
        debtor=_kept(tuple(by_meaning.get(DEBTOR, ())), proposed.debtor),
        settles=_kept(tuple(by_meaning.get(SETTLES, ())), proposed.settles),
        type=_kept(tuple(by_meaning.get(TYPE, ())), proposed.type),
        date_order=answers.date_order,
        grouping=answers.grouping,
        group_by=group[0] if group and answers.grouping is Grouping.COLUMN else None,
        filters=tuple(_filters(answers, captions)),
        skip_totals=answers.skip_totals,
        skip_zero=answers.skip_zero,
        carried=frozenset(field for field in proposed.carried if field in fields and fields[field].columns),
    )


LIST_MEANINGS: Final = (DEBTOR, *(field.value for field in DEBTOR_FIELDS))
"""What a column of a list of debtors may mean."""


def as_list_map(chosen: Sequence[Chosen], captions: Sequence[str], proposed: ColumnMap) -> ColumnMap:
    """The map of a list of debtors that a form means; what it leaves as proposed keeps what a form cannot say."""
    by_meaning = _by_meaning(chosen, captions)
    fields = {
        field: _kept(tuple(by_meaning[field.value]), proposed.fields.get(field, Source()))
        for field in DEBTOR_FIELDS
        if field.value in by_meaning
    }
    return ColumnMap(fields=fields, debtor=_kept(tuple(by_meaning.get(DEBTOR, ())), proposed.debtor))


def _by_meaning(chosen: Sequence[Chosen], captions: Sequence[str]) -> Mapping[str, list[Column]]:
    """The columns that were given each meaning."""
    by_meaning: dict[str, list[Column]] = {}
    for place, each in enumerate(chosen):
        if each.meaning:
            by_meaning.setdefault(each.meaning, []).append(Column(place, captions[place]))
    return by_meaning


def _source(field: Field, columns: list[Column], answers: Answers, proposed: ColumnMap) -> Source:
    source = _kept(tuple(columns), proposed.fields.get(field, Source()))
    return replace(source, constant=answers.constants.get(field, "")) if field in CONSTANTS else source


def _kept(columns: tuple[Column, ...], proposed: Source) -> Source:
    same = {column.caption for column in columns} == {column.caption for column in proposed.columns}
    return proposed if same and columns else Source(columns)


def _amount(by_meaning: Mapping[str, list[Column]], answers: Answers, proposed: ColumnMap) -> Amount | None:
    columns, credit = by_meaning.get(AMOUNT, []), by_meaning.get(CREDIT, [])
    indicator = by_meaning.get(INDICATOR)
    if not columns:
        return None
    before = proposed.amount
    if before and _same(columns, before.columns) and _same(credit, before.credit):
        kept_indicator = indicator[0] if indicator else None
        if (before.indicator is None) == (kept_indicator is None):
            return replace(before, indicator=kept_indicator, mark=answers.mark)
    kind = AmountKind.SIGNED if len(columns) == 1 else AmountKind.SUMMED
    if credit:
        kind = AmountKind.DEBIT_CREDIT
    elif indicator:
        kind = AmountKind.INDICATED
    marker = indicator[0] if indicator and kind is AmountKind.INDICATED else None
    return Amount(kind, tuple(columns), tuple(credit), marker, answers.mark)


def _same(some: Iterable[Column], others: Iterable[Column]) -> bool:
    return {column.caption for column in some} == {column.caption for column in others}


def _filters(answers: Answers, captions: tuple[str, ...]) -> Iterable[Filter]:
    for place, chosen in enumerate(answers.columns):
        if chosen.meaning.startswith(OUT):
            values = tuple(filter(None, (value.strip() for value in re.split("[,;，；、]", chosen.values))))
            yield Filter(Column(place, captions[place]), When(chosen.meaning.removeprefix(OUT)), values)


WANTED: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    ((Field.NUMBER.value,), N_("Which column is the invoice number?")),
    ((Field.NAME.value,), N_("Which column is the debtor's name?")),
    ((Field.ISSUED_ON.value, Field.DUE_ON.value), N_("Which column is the invoice date, or the due date?")),
    ((AMOUNT,), N_("Which column is the amount that is unpaid?")),
    ((Field.CURRENCY.value,), N_("Which column is the currency? Or choose one for all rows.")),
    ((Field.COUNTRY.value,), N_("Which column is the debtor's country? Or choose one for all rows.")),
)


def gaps(column_map: ColumnMap, beside: frozenset[Field] = frozenset()) -> list[tuple[str, str]]:
    """What no case can be without and neither the map nor a list ``beside`` says: the meaning's code, and the question."""
    said = {field.value for field, source in column_map.fields.items() if source.columns or source.constant}
    said |= {field.value for field in beside}
    if column_map.amount is not None:
        said.add(AMOUNT)
    found = [(codes[0], question) for codes, question in WANTED if not said & set(codes)]
    if column_map.grouping is Grouping.COLUMN and column_map.group_by is None:
        found.append(
            (GROUP, N_("By the values of which column? Give one the meaning “One case for each of its values”."))
        )
    if column_map.grouping is Grouping.DEBTOR and not (column_map.debtor.columns or Field.NAME in column_map.fields):
        found.append((DEBTOR, N_("By which column are debtors told apart?")))
    return found
