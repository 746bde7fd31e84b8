"""What a claim has beside its invoices: interest and costs on top of them, credits and part payments off them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cases.intake.as_given import Field, GivenCase, Limits
from cases.intake.draft import CreditDraft, CreditKind
from cases.intake.findings import Findings
from cases.intake.invoice_rules import read_amount, read_date
from cases.intake.issue import Code


@dataclass(frozen=True, slots=True)
class Beside:
    """What was read, in minor units. ``is_read`` is False when an amount of it could not be: there is no total then."""

    interest_minor: int = 0
    costs_minor: int = 0
    credits: tuple[CreditDraft, ...] = ()
    is_read: bool = True


NOTHING = Beside()


def read_beside(findings: Findings, given: GivenCase, currency: str, today: date, limits: Limits) -> Beside:
    """What the client claims and takes off beside the invoices; what is wrong with it is in ``findings``."""
    values = given.values
    if not given.credits and not values.get(Field.INTEREST) and not values.get(Field.COSTS):
        return NOTHING
    interest = _component(findings, values, Field.INTEREST, currency)
    costs = _component(findings, values, Field.COSTS, currency)
    limit = limits.credits_per_case
    if len(given.credits) > limit:
        findings.error(Field.CREDIT_AMOUNT, Code.TOO_MANY_ENTRIES, count=len(given.credits), limit=limit)
        return Beside(is_read=False)
    numbers = {invoice.get(Field.NUMBER, "").strip() for invoice in given.invoices}
    credits = [_credit(findings, credit, place, currency, today, numbers) for place, credit in enumerate(given.credits)]
    read = tuple(credit for credit in credits if credit is not None)
    is_read = interest is not None and costs is not None and len(read) == len(credits)
    return Beside(interest or 0, costs or 0, read, is_read)


def _component(findings: Findings, values: Mapping[Field, str], field: Field, currency: str) -> int | None:
    """Interest or costs, 0 when the client claims none."""
    if not values.get(field, "").strip():
        return 0
    amount = read_amount(findings, values, field, 0, currency)
    if amount is not None and amount < 0:
        findings.error(field, Code.NEGATIVE_COMPONENT)
    return amount


def _credit(
    findings: Findings,
    values: Mapping[Field, str],
    place: int,
    currency: str,
    today: date,
    numbers: set[str],
) -> CreditDraft | None:
    number = findings.text(values, Field.CREDIT_NUMBER, invoice=place)
    invoice_number = findings.text(values, Field.CREDITED_INVOICE, invoice=place)
    if invoice_number and invoice_number not in numbers:
        findings.warn(Field.CREDITED_INVOICE, Code.UNKNOWN_INVOICE, invoice=place, value=invoice_number)
    on = read_date(findings, values, Field.CREDITED_ON, place)
    if on is not None and on > today:
        findings.error(Field.CREDITED_ON, Code.FUTURE_CREDIT_DATE, invoice=place, value=on.isoformat())
    amount = _credited(findings, values, place, currency)
    if amount is None:
        return None
    return CreditDraft(_kind(findings, values, place), number, on, invoice_number, amount)


def _credited(findings: Findings, values: Mapping[Field, str], place: int, currency: str) -> int | None:
    """How much a credit takes off: a positive amount, None when it cannot be read."""
    amount = read_amount(findings, values, Field.CREDIT_AMOUNT, place, currency)
    if not values.get(Field.CREDIT_AMOUNT, "").strip():
        findings.missing(Field.CREDIT_AMOUNT, invoice=place)
    elif amount is not None and amount < 0:
        findings.error(Field.CREDIT_AMOUNT, Code.NEGATIVE_COMPONENT, invoice=place)
    elif amount == 0:
        findings.error(Field.CREDIT_AMOUNT, Code.ZERO_AMOUNT, invoice=place)
    return amount if amount and amount > 0 else None


def _kind(findings: Findings, values: Mapping[Field, str], place: int) -> CreditKind:
    text = findings.text(values, Field.CREDIT_KIND, invoice=place)
    try:
        return CreditKind(text or CreditKind.CREDIT_NOTE)
    except ValueError:
        findings.error(Field.CREDIT_KIND, Code.UNKNOWN_CREDIT, invoice=place, value=text)
        return CreditKind.CREDIT_NOTE
