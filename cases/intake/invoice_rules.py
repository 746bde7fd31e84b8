"""What must be known of an invoice: its number, its unpaid amount in the case's currency, and since when it is due."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cases.intake.as_given import Field
from cases.intake.draft import InvoiceDraft
from cases.intake.findings import Findings
from cases.intake.issue import Code
from cases.intake.proposals import propose_amount, propose_currency, propose_date
from portal.money import AmountFault, BadAmount, exponent, is_currency, parse_amount

_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_EARLIEST, _LATEST = date(1950, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class ReadInvoice:
    """An invoice as far as it could be read: the amount also where something else keeps it from being placed."""

    amount_minor: int | None
    draft: InvoiceDraft | None


def read_currency(findings: Findings, values: Mapping[Field, str]) -> tuple[str, str]:
    """The case's currency, empty when it is none; and the one its amounts can be judged by, a proposal if need be."""
    text = findings.text(values, Field.CURRENCY)
    code = text.upper()
    if is_currency(code):
        return code, code
    if not text:
        findings.missing(Field.CURRENCY)
        return "", ""
    proposal = propose_currency(text)
    findings.error(Field.CURRENCY, Code.UNKNOWN_CURRENCY, proposal=proposal, value=text)
    return "", proposal or ""


def read_invoice(
    findings: Findings, values: Mapping[Field, str], place: int, *, currency: str, today: date, terms_days: int
) -> ReadInvoice:
    """The invoice at its place within the case. Without a due date, it is due `terms_days` after its date."""
    number = findings.text(values, Field.NUMBER, invoice=place)
    if not number:
        findings.missing(Field.NUMBER, invoice=place)
    amount = _unpaid(findings, values, place, currency)
    issued_on = read_date(findings, values, Field.ISSUED_ON, place)
    due_on = read_date(findings, values, Field.DUE_ON, place)
    if not values.get(Field.ISSUED_ON, "").strip() and not values.get(Field.DUE_ON, "").strip():
        findings.missing(Field.ISSUED_ON, invoice=place)
    if issued_on and issued_on > today:
        findings.error(Field.ISSUED_ON, Code.FUTURE_ISSUE_DATE, invoice=place, value=issued_on.isoformat())
    if issued_on and due_on and due_on < issued_on:
        findings.error(Field.DUE_ON, Code.DUE_BEFORE_ISSUE, invoice=place, value=str(due_on), issued_on=str(issued_on))
    due = due_on or (issued_on + timedelta(days=terms_days) if issued_on else None)
    if due is None or amount is None or not number:
        return ReadInvoice(amount, None)
    return ReadInvoice(amount, InvoiceDraft(number, issued_on, due, due_on is None, amount))


def read_date(findings: Findings, values: Mapping[Field, str], field: Field, place: int) -> date | None:
    """A date as every door writes it, None when there is none or it can be no day of a claim."""
    text = findings.text(values, field, invoice=place)
    if not text:
        return None
    day = iso_date(text)
    if day is None:
        meant = propose_date(text)
        proposal = meant.isoformat() if meant and _EARLIEST <= meant <= _LATEST else None
        findings.error(field, Code.BAD_DATE, invoice=place, proposal=proposal, value=text)
    elif not _EARLIEST <= day <= _LATEST:
        findings.error(field, Code.IMPLAUSIBLE_DATE, invoice=place, value=text)
        return None
    return day


def iso_date(text: str) -> date | None:
    """The day of a text of exactly the form YYYY-MM-DD, None when it is another form or the day does not exist."""
    match = _ISO_DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


_FAULTS = {
    AmountFault.NOT_A_NUMBER: Code.BAD_AMOUNT,
    AmountFault.TOO_MANY_DECIMALS: Code.TOO_MANY_DECIMALS,
    AmountFault.OUT_OF_RANGE: Code.AMOUNT_OUT_OF_RANGE,
}


def _unpaid(findings: Findings, values: Mapping[Field, str], place: int, currency: str) -> int | None:
    amount = read_amount(findings, values, Field.AMOUNT, place, currency)
    if amount is None and not values.get(Field.AMOUNT, "").strip():
        findings.missing(Field.AMOUNT, invoice=place)
    elif amount is not None and amount < 0:
        findings.error(Field.AMOUNT, Code.NEGATIVE_AMOUNT, invoice=place, value=values[Field.AMOUNT].strip())
    elif amount == 0:
        findings.error(Field.AMOUNT, Code.ZERO_AMOUNT, invoice=place, value=values[Field.AMOUNT].strip())
    return amount


def read_amount(findings: Findings, values: Mapping[Field, str], field: Field, place: int, currency: str) -> int | None:
    """An amount in minor units; None when nothing is written, it cannot be read, or its currency is not known."""
    text = findings.text(values, field, invoice=place)
    if not text or not currency:  # how many decimals are right, only the currency says
        return None
    try:
        return parse_amount(text, currency)
    except BadAmount as bad:
        findings.error(
            field,
            _FAULTS[bad.reason],
            invoice=place,
            proposal=propose_amount(text, currency),
            value=text,
            currency=currency,
            decimals=exponent(currency),
        )
        return None
