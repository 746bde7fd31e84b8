"""Placement files for tests: the simple form with what a test wants changed."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from cases.intake.as_given import LIMITS, Limits
from cases.intake.check import CheckContext, check_file
from cases.intake.csv_file import COLUMNS, read_placement_file
from cases.intake.draft import CheckedRow
from cases.intake.issue import Code, FileError, Issue
from cases.intake.summary import Summary

TODAY = date(2026, 11, 24)
CONTEXT = CheckContext(TODAY)

GOOD = {
    "InvoiceNumber": "RE-24188",
    "DebtorName": "Ferretti Pompe S.p.A.",
    "Address": "Via Emilia 12",
    "PostalCode": "25124",
    "City": "Brescia",
    "State": "BS",
    "Country": "IT",
    "Email": "conti@ferretti.example",
    "PhoneNumber": "030 2423400",
    "InvoiceDate": "2026-06-02",
    "DueDate": "2026-07-02",
    "PrincipalAmount": "8412.00",
    "CurrencyCode": "EUR",
    "DebtorContactPerson": "Anna Ferretti",
    "SecondPlacement": "",
}


def row(number: int = 0, **changed: str) -> dict[str, str]:
    """A good row, numbered so that several make a good file, with the named columns changed."""
    return GOOD | {"InvoiceNumber": f"RE-{24188 + number}"} | changed


def csv_text(
    rows: Iterable[Mapping[str, str]], *, columns: Sequence[str] = tuple(COLUMNS), delimiter: str = ","
) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=delimiter, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def check_bytes(content: bytes, *, limits: Limits = LIMITS) -> tuple[list[CheckedRow], Summary]:
    summary = Summary()
    file = read_placement_file(io.BytesIO(content), limits=limits)
    return list(check_file(file, CONTEXT, summary)), summary


def check_text(text: str) -> tuple[list[CheckedRow], Summary]:
    return check_bytes(text.encode())


def check_one(**changed: str) -> CheckedRow:
    rows, _ = check_text(csv_text([row(**changed)]))
    return rows[0]


def fault_of(content: bytes, *, limits: Limits = LIMITS) -> FileError:
    """How the file is refused; fails when it is not."""
    try:
        check_bytes(content, limits=limits)
    except FileError as error:
        assert error.text()
        return error
    raise AssertionError("the file was read")


def codes(checked: CheckedRow) -> list[tuple[str, Code]]:
    return [(issue.field, issue.code) for issue in checked.issues]


def issue(checked: CheckedRow, code: Code) -> Issue:
    """The one issue of that code; its sentence is complete."""
    (only,) = [each for each in checked.issues if each.code is code]
    assert "%(" not in only.text()
    return only
