"""Invoices and credit notes as documents: A4, the agency's letterhead, in the client's language (typst).

What is printed is what was kept with the invoice or the credit note, the lines of its statement, and where to pay as it was
when the document was made. The bytes are kept (`billing.invoices.making`), so that nothing is printed a second time.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncpg
from stdnum import iban as ibans

from billing.costs.words import KIND_TEXTS as COST_TEXTS
from billing.costs.words import Kind as CostKind
from billing.invoices.credit_notes import CreditLine, CreditNote, lines_of_note
from billing.invoices.paper import UNTAXED
from billing.invoices.register import KIND_TEXTS, Invoice, Reason, reasons_of
from billing.invoices.tables import InvoiceKind
from billing.remittance.clawback import Clawback, clawbacks_asked_by
from billing.statements.clawed import clawed_sentences
from billing.statements.register import VAT_WORDINGS, StatementLine, every_line, load_statement
from cases.clients import VatTreatment
from cases.remittance_terms import RemittanceMethod
from portal.pages.formats import amount, date_full, percent
from portal.pages.text import speaking, translate
from portal.pages.typeset import pdf, text_lines
from portal.people.actor import Actor
from portal.tenancy.database import sql_one

TEMPLATE: Final = Path(__file__).parent / "invoice.typ"

HEAD: Final = """
select a.licence, a.time_zone, b.holder, b.iban, b.account_number, b.bank_name, b.bank_code, b.bic
from agencies a
left join lateral (select * from bank_accounts own where own.agency_id = a.id and own.book = 'operating' and own.currency = $2
                   and own.closed_on is null order by own.position limit 1) b on true
where a.id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the document, in words; ``right`` are the columns of figures."""

    title: str
    columns: Sequence[str]
    right: Sequence[int]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What is found in the database for a document."""

    head: asyncpg.Record
    language: str
    statement_number: str = ""
    lines: Sequence[StatementLine] = field(default=())
    reasons: Sequence[Clawback] = field(default=())
    costs: Sequence[Reason] = field(default=())
    credits: Sequence[CreditLine] = field(default=())


async def invoice_pdf(actor: Actor, invoice: Invoice, language: str) -> bytes:
    """The document of an invoice. Takes some 20 ms, and 1 ms more for each ten lines or so, beside the event loop."""
    head, number = await _head(actor, invoice.currency), ""
    lines: list[StatementLine] = []
    if invoice.statement_id is not None:
        statement = await load_statement(actor, invoice.statement_id)
        number = statement.number or ""
        every = statement.method is RemittanceMethod.GROSS
        asked = every_line(actor, statement.id)
        lines = [line async for line in asked if every or line.received_by == "client"]
    reasons = await clawbacks_asked_by(actor, invoice.id)
    costs = await reasons_of(actor, invoice.id) if invoice.kind is InvoiceKind.COSTS else []
    printed = Printed(head=head, language=language, statement_number=number, lines=lines, reasons=reasons, costs=costs)
    return await asyncio.to_thread(_set_invoice, invoice, printed)


async def credit_note_pdf(actor: Actor, note: CreditNote, language: str) -> bytes:
    """The document of a credit note, as `invoice_pdf`."""
    head, credits = await _head(actor, note.currency), await lines_of_note(actor, note.id)
    return await asyncio.to_thread(_set_credit_note, note, Printed(head=head, language=language, credits=credits))


async def _head(actor: Actor, currency: str) -> asyncpg.Record:
    head = await sql_one(HEAD, actor.agency_id, currency)
    assert head is not None
    return head


def _set_invoice(invoice: Invoice, printed: Printed) -> bytes:
    with speaking(printed.language, printed.head["time_zone"]):
        content = _letter(invoice, printed, translate("Invoice")) | _asked(invoice, printed)
    return pdf(TEMPLATE, content, invoice.issued_at)


def _set_credit_note(note: CreditNote, printed: Printed) -> bytes:
    with speaking(printed.language, printed.head["time_zone"]):
        content = _letter(note, printed, translate("Credit note")) | _given_back(note, printed)
    return pdf(TEMPLATE, content, note.issued_at)


def _letter(paper: Invoice | CreditNote, printed: Printed, title: str) -> dict[str, object]:
    """What both have: letterhead, both VAT numbers, addressee."""
    return {
        "language": printed.language,
        "title": title,
        "number": paper.number,
        "agency": paper.agency_name,
        "sender": " · ".join([paper.agency_name, *text_lines(paper.agency_address)]),
        "agency_lines": [
            *text_lines(paper.agency_address),
            *_vat_number(paper.agency_vat_number),
            *text_lines(printed.head["licence"]),
        ],
        "client": paper.client_name,
        "client_lines": [*text_lines(paper.client_address), *_vat_number(paper.client_vat_number)],
        "page": translate("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
    }


def _asked(invoice: Invoice, printed: Printed) -> dict[str, object]:
    """What an invoice asks for, why, and where it is paid."""
    currency = invoice.currency
    facts = [
        [translate("Number"), invoice.number],
        [translate("Date"), date_full(invoice.issued_on)],
        [translate("Due"), date_full(invoice.due_on)],
        [translate("Currency"), currency],
    ]
    sums = [[translate("Net"), amount(invoice.net_minor, currency)], _vat(invoice, currency)]
    if invoice.credited_minor:
        sums.append([translate("Credited for money that went back"), amount(-invoice.credited_minor, currency)])
    if printed.statement_number:
        facts.append([translate("Statement"), printed.statement_number])
    return {
        "facts": facts,
        "opening": translate(KIND_TEXTS[invoice.kind]),
        "tables": [_drawn(table) for table in _tables(invoice, printed)],
        "sentences": clawed_sentences(currency, printed.reasons),
        "sums": sums,
        "total": [translate("To be transferred"), f"{currency} {amount(invoice.total_minor, currency)}"],
        "wording": _wording(invoice),
        "pay": _where(invoice, printed.head),
        "note": translate("Please pay by %(day)s.", day=date_full(invoice.due_on)),
    }


def _tables(invoice: Invoice, printed: Printed) -> list[Table]:
    if invoice.kind is InvoiceKind.COSTS:
        return [_costs(invoice, printed)]
    return [_fees(invoice, printed)] if invoice.kind is InvoiceKind.FEES else []


def _costs(invoice: Invoice, printed: Printed) -> Table:
    currency = invoice.currency
    columns = [
        translate("Paid on"), translate("Case"), translate("Debtor"), translate("What for"),
        translate("Amount %(currency)s", currency=currency),
    ]  # fmt: skip
    rows = [
        [
            date_full(cost.on_day), cost.case_number, cost.debtor_name, translate(COST_TEXTS[CostKind(cost.cost_kind)]),
            amount(cost.owed_minor, currency),
        ]
        for cost in printed.costs
    ]  # fmt: skip
    return Table(title=translate("Costs by case"), columns=columns, right=(4,), rows=rows)


def _fees(invoice: Invoice, printed: Printed) -> Table:
    currency = invoice.currency
    columns = [
        translate("Date"), translate("Case"), translate("Debtor"), translate("Gross %(currency)s", currency=currency),
        translate("Rate"), translate("Fee %(currency)s", currency=currency),
        translate("VAT %(currency)s", currency=currency), translate("Why this fee"),
    ]  # fmt: skip
    rows = [
        [
            date_full(line.received_on), line.case_number, line.debtor_name, amount(line.gross_minor, currency),
            line.explanation.rate, amount(line.fee_minor, currency), amount(line.vat_minor, currency),
            line.explanation.short,
        ]
        for line in printed.lines
    ]  # fmt: skip
    return Table(title=translate("Fees by case"), columns=columns, right=(3, 4, 5, 6), rows=rows)


def _given_back(note: CreditNote, printed: Printed) -> dict[str, object]:
    """What a credit note gives back, of which statement or invoice, and why."""
    currency = note.currency
    facts = [
        [translate("Number"), note.number],
        [translate("Date"), date_full(note.issued_on)],
        [translate("Currency"), currency],
    ]
    if note.statement_number:
        facts.append([translate("Corrects statement"), note.statement_number])
    if note.invoice_number:
        facts.append([translate("Corrects invoice"), note.invoice_number])
    columns = [
        translate("Line"), translate("Case"), translate("Debtor"), translate("Paid on"), translate("Went back on"),
        translate("Fee %(currency)s", currency=currency), translate("VAT %(currency)s", currency=currency),
    ]  # fmt: skip
    rows = [
        [
            str(line.position), line.case_number, line.debtor_name, date_full(line.paid_on), date_full(line.went_back_on),
            amount(line.fee_minor, currency), amount(line.vat_minor, currency),
        ]
        for line in printed.credits
    ]  # fmt: skip
    title = translate("Lines of statement %(number)s", number=note.statement_number or "")
    return {
        "facts": facts,
        "opening": translate(note.reason_text),
        "tables": [_drawn(Table(title=title, columns=columns, right=(0, 5, 6), rows=rows))] if rows else [],
        "sentences": [],
        "sums": [[translate("Net"), amount(note.net_minor, currency)], _vat(note, currency)],
        "total": [translate("Credited"), f"{currency} {amount(note.total_minor, currency)}"],
        "wording": _wording(note),
        "pay": [],
        "note": _settled_by(note),
    }


def _settled_by(note: CreditNote) -> str:
    """Where the client finds what is given back."""
    if note.statement_id is None:
        return translate("What is left to pay of the invoice is less by this.")
    return translate("It is taken off what you give back for the money that went back.")


def _vat(paper: Invoice | CreditNote, currency: str) -> list[str]:
    rate = percent(paper.vat_rate) if paper.vat_rate else ""
    return [translate("VAT %(rate)s", rate=rate) if rate else translate("VAT"), amount(paper.vat_minor, currency)]


def _wording(paper: Invoice | CreditNote) -> str:
    """Why it bears no VAT, where it bears none."""
    if paper.vat_minor or paper.vat_wording == VAT_WORDINGS[VatTreatment.STANDARD]:
        return ""
    why = translate(paper.vat_wording)
    return translate("No VAT: %(why)s.", why=why) if paper.vat_wording in UNTAXED.values() else why


def _where(invoice: Invoice, head: asyncpg.Record) -> list[list[str]]:
    """The agency's own account at the bank, if it is entered."""
    if not head["holder"] and not head["iban"] and not head["account_number"]:
        return []
    number = str(ibans.format(head["iban"])) if head["iban"] else head["account_number"]
    pairs = [
        (translate("Payee"), head["holder"] or invoice.agency_name),
        ("IBAN" if head["iban"] else translate("Account number"), number),
        (translate("Bank"), " ".join(part for part in (head["bank_name"], head["bank_code"]) if part)),
        ("BIC", head["bic"]),
        (translate("Payment reference"), invoice.number),
    ]
    return [[label, value] for label, value in pairs if value]


def _vat_number(number: str) -> list[str]:
    return [translate("VAT number %(number)s", number=number)] if number else []


def _drawn(table: Table) -> dict[str, object]:
    return {"title": table.title, "columns": table.columns, "right": table.right, "rows": table.rows}
