"""What a row claims: its amount, and interest and costs beside it, each in plain notation."""

from collections.abc import Iterable, Mapping

from cases.intake.as_given import Field
from cases.intake.files.column_map import COMPONENTS, Amount, AmountKind, Column
from cases.intake.files.table import Row
from cases.intake.files.values import DecimalMark, amount_text, is_credit, negated, sum_text


def components(rows: Iterable[Mapping[Field, str]]) -> dict[Field, str]:
    """Interest and costs of several rows, added up; what none of them says is left out."""
    several = list(rows)
    sums = {name: sum_text([values.get(name, "") for values in several]) for name in COMPONENTS}
    return {name: text for name, text in sums.items() if text}


def claims(values: Mapping[Field, str]) -> bool:
    """Whether an amount, interest or costs is other than nought."""
    return any(values.get(name, "").strip("0.-") for name in (Field.AMOUNT, *COMPONENTS))


def amount_of(row: Row, amount: Amount) -> str:
    """What a row says is unpaid, in plain notation; as written where it is no number."""
    texts = [plain_amount(row, column, amount.mark) for column in amount.columns]
    if amount.kind is AmountKind.SUMMED:
        return sum_text(texts)
    if amount.kind is AmountKind.DEBIT_CREDIT:
        return sum_text([*texts, *(negated(plain_amount(row, column, amount.mark)) for column in amount.credit)])
    text = next(filter(None, texts), "")
    if amount.kind is AmountKind.INDICATED and amount.indicator is not None:
        credit = is_credit(row.cells[amount.indicator.place])
        return text if credit is None else _signed(text, credit=credit)
    return text


def _signed(text: str, *, credit: bool) -> str:
    """The amount with the indicator's sign. A file that writes both means the sign once."""
    unsigned = text.removeprefix("-")
    return negated(unsigned) if credit else unsigned


def plain_amount(row: Row, column: Column, mark: DecimalMark) -> str:
    """What a cell says, in plain notation: a number of a spreadsheet is so already."""
    text = row.cells[column.place].strip()
    return text if column.place in row.numbers or not text else amount_text(text, mark)
