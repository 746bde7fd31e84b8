"""Small tables and their maps, for tests of what rows mean."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cases.intake.as_given import CREDIT_FIELDS, Field, GivenCase, Limits
from cases.intake.check import CheckContext, check_rows
from cases.intake.draft import CheckedRow
from cases.intake.files.column_map import Amount, AmountKind, Column, ColumnMap, Source
from cases.intake.files.mapped import MappedCases, mapped_cases
from cases.intake.files.shape import Kind, Shape
from cases.intake.files.table import Table, open_table

CONTEXT = CheckContext(date(2026, 9, 30))
CAPTIONS = ("Account", "Name", "Number", "Date", "Due", "Amount", "Currency")


def at(caption: str, captions: Sequence[str] = CAPTIONS) -> Column:
    return Column(captions.index(caption), caption)


def source(caption: str, **part: object) -> Source:
    return Source((at(caption),), **part)  # type: ignore[arg-type]


def meaning(**changed: object) -> ColumnMap:
    """Account, name, number, dates, amount and currency each in a column; the country is Germany."""
    fields = {
        Field.NAME: source("Name"),
        Field.NUMBER: source("Number"),
        Field.ISSUED_ON: source("Date"),
        Field.DUE_ON: source("Due"),
        Field.CURRENCY: source("Currency"),
        Field.COUNTRY: Source(constant="DE"),
        Field.STREET: Source(constant="Hof 1"),
        Field.CITY: Source(constant="Köln"),
    }
    amount = Amount(AmountKind.SIGNED, (at("Amount"),))
    known: dict[str, object] = {"fields": fields, "amount": amount, "debtor": source("Account")}
    return ColumnMap(**known | changed)  # type: ignore[arg-type]


def table(*rows: str, captions: Sequence[str] = CAPTIONS) -> Table:
    text = "\n".join([";".join(captions), *rows]) + "\n"
    return open_table(io.BytesIO(text.encode()), Shape(Kind.CSV, "utf-8", ";", '"'))


def cases(*rows: str, by: ColumnMap | None = None, limits: Limits | None = None) -> tuple[list[GivenCase], MappedCases]:
    mapped = mapped_cases(table(*rows), by or meaning(), limits or Limits())
    return list(mapped), mapped


def checked(given: Sequence[GivenCase]) -> list[CheckedRow]:
    return list(check_rows(given, CONTEXT))


def amounts(given: GivenCase) -> list[str]:
    return [values[Field.AMOUNT] for values in given.invoices]


def credited(given: GivenCase) -> list[tuple[str, ...]]:
    """Kind, number, day, invoice and amount of each credit."""
    return [tuple(credit[name] for name in CREDIT_FIELDS) for credit in given.credits]


def claimed(given: GivenCase) -> Decimal:
    """What is left of the invoices under the credits."""
    credits = sum((Decimal(credit[Field.CREDIT_AMOUNT]) for credit in given.credits), Decimal(0))
    return sum((Decimal(text) for text in amounts(given)), Decimal(0)) - credits
