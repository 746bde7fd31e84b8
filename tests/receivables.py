"""A real history of receivables: the invoices that were paid late, as placements in the simple B2B form."""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from cases.intake.csv_file import COLUMNS

FILE = Path(__file__).parent / "data" / "ibm-receivables.csv"


@dataclass(frozen=True, slots=True)
class LateInvoice:
    """An invoice that was paid after its due date, in full."""

    customer: str
    number: str
    issued_on: date
    due_on: date
    amount: Decimal
    settled_on: date


def late_invoices() -> list[LateInvoice]:
    """The 942 invoices that were paid late, of 88 customers."""
    with FILE.open(newline="") as file:
        return [
            LateInvoice(
                line["customerID"],
                line["invoiceNumber"],
                _day(line["InvoiceDate"]),
                _day(line["DueDate"]),
                Decimal(line["InvoiceAmount"]),
                _day(line["SettledDate"]),
            )
            for line in csv.DictReader(file)
            if int(line["DaysLate"]) > 0
        ]


def _day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()


def by_month() -> dict[date, list[LateInvoice]]:
    """They by the first of the month in which they fall due."""
    months: dict[date, list[LateInvoice]] = defaultdict(list)
    for invoice in late_invoices():
        months[invoice.due_on.replace(day=1)].append(invoice)
    return dict(sorted(months.items()))


def placement_csv(invoices: list[LateInvoice]) -> bytes:
    """A file in the simple B2B form: the customer's id is its name, in the United States, in US dollars."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(COLUMNS), restval="")
    writer.writeheader()
    for invoice in invoices:
        writer.writerow(
            {
                "InvoiceNumber": invoice.number,
                "DebtorName": invoice.customer,
                "Country": "US",
                "InvoiceDate": invoice.issued_on.isoformat(),
                "DueDate": invoice.due_on.isoformat(),
                "PrincipalAmount": str(invoice.amount),
                "CurrencyCode": "USD",
            }
        )
    return text.getvalue().encode()
