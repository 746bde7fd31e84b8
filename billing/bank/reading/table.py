"""A bank's table, read by a map of its columns: CSV in any encoding, or a spreadsheet.

The rows are put in the order in which they were booked, whichever way round the bank lists them; where it prints the
balance after each, that is what tells.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import BinaryIO, Final

from billing.bank.reading.columns import Meaning, TableMap, refuse_table, title_of
from billing.bank.reading.faults import refuse
from billing.bank.reading.statement import (
    Form,
    ReadEntry,
    ReadLine,
    ReadStatement,
    Warned,
    compact,
    judged,
    minor_of,
    printable,
)
from cases.intake.files.table import Row, open_table
from cases.intake.files.values import amount_text, is_credit, read_date
from cases.intake.files.vocabulary import is_total
from cases.intake.issue import Code, FileError

_PLAIN: Final = re.compile(r"(-?)(\d+(?:\.\d+)?)", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class _Titles:
    """What lines above the table say."""

    account: str = ""
    currency: str = ""
    opening: str = ""
    closing: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row with a day and an amount."""

    entry: ReadEntry
    balance_minor: int | None
    account: str


def read_table(file: BinaryIO, table: TableMap, currency: str) -> list[ReadStatement]:
    """The statements in a table: one for each account that its rows name, in the order of the file.

    ``currency`` counts where the table names none.

    Raises:
        Refused: it cannot be read by this map: with a code of `FAULTS`.
    """
    try:
        with open_table(file, table.shape) as rows:
            titles = _titles(rows.above)
            kept = list(rows)
    except FileError as error:
        refuse_table(error)
    said = _currency(table, kept, titles.currency) or currency
    if not said:
        refuse("no_currency")
    lines, left_out = _lines(kept, table, said)
    if not lines:
        refuse("no_rows")
    warnings = (Warned("rows_left_out", {"count": left_out}),) if left_out else ()
    of_account: dict[str, list[_Line]] = {}
    for line in lines:
        of_account.setdefault(line.account, []).append(line)
    return [_statement(account, of_one, said, titles, table, warnings) for account, of_one in of_account.items()]


def _titles(above: Sequence[Sequence[str]]) -> _Titles:
    said: dict[str, str] = {}
    for row in above:
        filled = [cell.strip() for cell in row if cell.strip()]
        if len(filled) > 1 and (name := title_of(filled[0])):
            said[name] = filled[1]
    return _Titles(
        said.get("own_account", ""), said.get("currency", ""), said.get("opening", ""), said.get("closing", "")
    )


def _currency(table: TableMap, rows: Sequence[Row], title: str) -> str:
    """The one currency that the rows name, or the title; empty where neither does."""
    place = table.place(Meaning.CURRENCY)
    codes = {row.cells[place].strip().upper() for row in rows if place is not None}
    codes = {code for code in codes if _CURRENCY.fullmatch(code)}
    if len(codes) > 1:
        one, other = sorted(codes)[:2]
        refuse("mixed_currencies", number="", one=one, other=other)
    return codes.pop() if codes else (title if _CURRENCY.fullmatch(title) else "")


def _lines(rows: Sequence[Row], table: TableMap, currency: str) -> tuple[list[_Line], int]:
    """The rows with a day and an amount, and how many with a day have no amount."""
    turned = _is_turned(rows, table)
    lines: list[_Line] = []
    left_out = 0
    for row in rows:
        if row.issue is not None and row.issue.code is Code.RAGGED_ROW:
            refuse("ragged_row", row=row.number)
        day = _day(row, table, Meaning.BOOKED_ON)
        if day is None and any(is_total(cell) for cell in row.cells):
            continue
        amount = _amount(row, table, currency, turned=turned)
        if amount is None:
            left_out += day is not None
        elif day is None:
            refuse("table_row", row=row.number, text=_cell(row, table, Meaning.BOOKED_ON)[:40])
        else:
            lines.append(_Line(_entry(row, table, day, amount), _balance(row, table, currency), _own(row, table)))
    return lines, left_out


def _is_turned(rows: Sequence[Row], table: TableMap) -> bool:
    """Whether amounts under "money out" carry a minus already, as every one of them does then."""
    place = table.place(Meaning.DEBIT)
    said = [
        amount_text(row.cells[place].strip(), table.mark)
        for row in rows
        if place is not None and row.cells[place].strip()
    ]
    return bool(said) and all(text.startswith("-") for text in said if text.strip("0."))


def _amount(row: Row, table: TableMap, currency: str, *, turned: bool) -> int | None:
    """What a row moved; None where it says nothing."""
    found = [
        minor if meaning is not Meaning.DEBIT or turned else -minor
        for meaning in (Meaning.AMOUNT, Meaning.DEBIT, Meaning.CREDIT)
        if (minor := _minor(row, table, meaning, currency)) is not None
    ]
    if not found:
        return None
    place = table.place(Meaning.INDICATOR)
    credit = is_credit(row.cells[place]) if place is not None else None
    total = sum(found)
    return total if credit is None else (abs(total) if credit else -abs(total))


def _minor(row: Row, table: TableMap, meaning: Meaning, currency: str) -> int | None:
    place = table.place(meaning)
    text = row.cells[place].strip() if place is not None else ""
    if not text or place is None:
        return None
    plain = text if place in row.numbers else amount_text(text, table.mark)
    match = _PLAIN.fullmatch(plain)
    if match is None:
        refuse("table_row", row=row.number, text=text[:40])
    minor = minor_of(match[2], currency, row.number)
    return -minor if match[1] else minor


def _balance(row: Row, table: TableMap, currency: str) -> int | None:
    return _minor(row, table, Meaning.BALANCE, currency)


def _own(row: Row, table: TableMap) -> str:
    return compact(_cell(row, table, Meaning.OWN_ACCOUNT))[:40]


def _entry(row: Row, table: TableMap, day: date, amount: int) -> ReadEntry:
    pieces = dict.fromkeys(row.cells[place].strip() for place in table.places(Meaning.TEXT) if row.cells[place].strip())
    line = ReadLine(
        amount_minor=amount,
        counterparty_name=printable(_cell(row, table, Meaning.NAME))[:140],
        counterparty_account=compact(_cell(row, table, Meaning.ACCOUNT))[:40],
        text=printable(" ".join(pieces)),
        end_to_end=printable(_cell(row, table, Meaning.END_TO_END))[:70],
    )
    return ReadEntry(
        booked_on=day,
        valued_on=_day(row, table, Meaning.VALUED_ON),
        amount_minor=amount,
        bank_reference=printable(_cell(row, table, Meaning.BANK_REFERENCE))[:70],
        lines=(line,),
    )


def _day(row: Row, table: TableMap, meaning: Meaning) -> date | None:
    return read_date(_cell(row, table, meaning), table.order)


def _cell(row: Row, table: TableMap, meaning: Meaning) -> str:
    place = table.place(meaning)
    return "" if place is None else row.cells[place].strip()


def _statement(
    account: str, lines: list[_Line], currency: str, titles: _Titles, table: TableMap, warnings: tuple[Warned, ...]
) -> ReadStatement:
    lines = _in_order(lines)
    first, last = lines[0], lines[-1]
    opening = None if first.balance_minor is None else first.balance_minor - first.entry.amount_minor
    closing = last.balance_minor
    # What stands above the table is of the whole file, and proves more than the rows' own balances.
    above = [_title_minor(text, table, currency) for text in (titles.opening, titles.closing)]
    if None not in above or opening is None or closing is None:
        opening, closing = above
    return judged(
        ReadStatement(
            form=Form.TABLE,
            account=account or compact(titles.account)[:40],
            currency=currency,
            opening_minor=opening,
            closing_minor=closing,
            entries=tuple(line.entry for line in lines),
            warnings=warnings,
        )
    )


def _in_order(lines: list[_Line]) -> list[_Line]:
    """As they were booked: by the balances that follow from one another, else by the days."""
    backwards = lines[::-1]
    if _follows(lines):
        return lines
    if _follows(backwards) or lines[0].entry.booked_on > lines[-1].entry.booked_on:
        return backwards
    return lines


def _follows(lines: list[_Line]) -> bool:
    return all(
        one.balance_minor is not None and two.balance_minor == one.balance_minor + two.entry.amount_minor
        for one, two in pairwise(lines)
    )


def _title_minor(text: str, table: TableMap, currency: str) -> int | None:
    match = _PLAIN.fullmatch(amount_text(text, table.mark))
    if match is None:
        return None
    minor = minor_of(match[2], currency, 0)
    return -minor if match[1] else minor
