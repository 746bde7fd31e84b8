"""The rules that decide whether a case may be placed: one set for every door.

What every door requires: a reference, the debtor's name, a country, a currency, and an invoice with number, amount
and an issue or due date. Everything else may follow and is at most a warning.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cases.intake.as_given import LIMITS, Field, GivenCase, Limits
from cases.intake.beside_rules import Beside, read_beside
from cases.intake.contact_rules import read_contacts
from cases.intake.csv_file import PlacementFile
from cases.intake.debtor_rules import read_debtor
from cases.intake.draft import CaseDraft, CheckedRow
from cases.intake.findings import Findings
from cases.intake.invoice_rules import ReadInvoice, read_currency, read_invoice
from cases.intake.issue import Code
from cases.intake.summary import Summary
from cases.intake.written import as_written
from portal.money import LARGEST_MINOR


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What the rules need to know beside the file: the client's day, and its payment terms in days."""

    today: date
    terms_days: int = 30
    limits: Limits = LIMITS


def check_rows(
    rows: Iterable[GivenCase], context: CheckContext, summary: Summary | None = None
) -> Iterator[CheckedRow]:
    """Checks case after case, keeping no more of them than their references; `summary` counts along.

    Passes on what reading the next row raises (`FileError`): nothing that was yielded before may then be placed.
    """
    references: dict[str, int] = {}
    for given in rows:
        checked = _check(given, context, references)
        if summary is not None:
            summary.add(checked)
        yield checked


def check_file(file: PlacementFile, context: CheckContext, summary: Summary) -> Iterator[CheckedRow]:
    """Checks an opened file to its end and closes it; `summary` also counts its blank lines."""
    with file:
        yield from check_rows(file, context, summary)
        summary.blank_lines = file.blank_lines


def _check(given: GivenCase, context: CheckContext, references: dict[str, int]) -> CheckedRow:
    if given.unreadable:
        return CheckedRow(given.row, None, given.issues, given.given, given.cells, None, None)
    findings = Findings(given)
    reference = _reference(findings, given, references)
    debtor = read_debtor(findings, given.values)
    currency, judged_by = read_currency(findings, given.values)
    description = findings.text(given.values, Field.DESCRIPTION)
    second_placement = findings.flag(given.values, Field.SECOND_PLACEMENT)
    invoices = _invoices(findings, given, judged_by, context)
    drafts = tuple(invoice.draft for invoice in invoices if invoice.draft)
    beside = read_beside(findings, given, judged_by, context.today, context.limits)
    contacts = read_contacts(findings, given, debtor.address.country, context.limits)
    amount = _total(findings, invoices, beside) if currency else None
    draft = (
        None
        if findings.has_error
        else CaseDraft(
            *(reference, debtor, currency, drafts, description),
            *(beside.interest_minor, beside.costs_minor, beside.credits, contacts, second_placement),
        )
    )
    read_currency_code = currency if amount is not None else None
    written = as_written(given) if draft is None else None
    return CheckedRow(given.row, draft, findings.issues, given.given, given.cells, read_currency_code, amount, written)


def _reference(findings: Findings, given: GivenCase, references: dict[str, int]) -> str:
    reference = findings.text(given.values, Field.REFERENCE)
    if not reference:
        findings.missing(Field.REFERENCE)
    elif (first := references.setdefault(reference, given.row)) != given.row:
        findings.error(Field.REFERENCE, Code.DUPLICATE_REFERENCE, other_row=first, value=reference)
    return reference


def _invoices(findings: Findings, given: GivenCase, currency: str, context: CheckContext) -> Sequence[ReadInvoice]:
    limit = context.limits.invoices_per_case
    if len(given.invoices) > limit:
        findings.error(Field.NUMBER, Code.TOO_MANY_INVOICES, count=len(given.invoices), limit=limit)
        return ()
    if not given.invoices:
        findings.missing(Field.NUMBER)
    _find_repeated(findings, given.invoices)
    return [
        read_invoice(findings, values, place, currency=currency, today=context.today, terms_days=context.terms_days)
        for place, values in enumerate(given.invoices)
    ]


def _find_repeated(findings: Findings, invoices: Sequence[Mapping[Field, str]]) -> None:
    numbers: set[str] = set()
    for place, values in enumerate(invoices):
        number = values.get(Field.NUMBER, "").strip()
        if number and number in numbers:
            findings.error(Field.NUMBER, Code.DUPLICATE_INVOICE, invoice=place, value=number)
        numbers.add(number)


def _total(findings: Findings, invoices: Sequence[ReadInvoice], beside: Beside) -> int | None:
    """What the case claims, None when an amount could not be read or all together are beyond any claim."""
    amounts = [invoice.amount_minor for invoice in invoices if invoice.amount_minor is not None]
    if not amounts or len(amounts) < len(invoices) or not beside.is_read:
        return None
    credited = sum(credit.amount_minor for credit in beside.credits)
    if credited and sum(amounts) <= credited:
        findings.error(Field.CREDIT_AMOUNT, Code.NOTHING_CLAIMED)
    total = sum(amounts) - credited + beside.interest_minor + beside.costs_minor
    if abs(total) > LARGEST_MINOR:
        findings.error(Field.AMOUNT, Code.AMOUNT_OUT_OF_RANGE)
        return None
    return total
