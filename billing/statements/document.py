"""A statement as a document: A4, the agency's letterhead, page numbers, in either language (typst).

What is printed comes from the statement, its letterhead and the stored facts of its payments, none of which change once
it is closed; the time in the file is that of the closing. A closed one is set once and kept (`billing.statements.making`); one
that is not says so.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from billing.invoices.credit_notes import CreditLine, lines_told_by
from billing.openings.brought import Brought, brought_on, brought_sentences
from billing.remittance.clawback import Clawback, clawbacks_on
from billing.statements.clawed import clawed_sentences
from billing.statements.credited import credited_sentences
from billing.statements.equation import equation, parted
from billing.statements.paid_out import paid_out
from billing.statements.register import Counts, Statement, StatementLine, counts_of, every_line
from portal.pages.formats import amount, date_full, month
from portal.pages.text import speaking, translate
from portal.pages.typeset import pdf, text_lines
from portal.people.actor import Actor

TEMPLATE: Final = Path(__file__).parent / "statement.typ"


async def as_pdf(actor: Actor, statement: Statement, language: str) -> bytes:
    """The document in a language. Takes some 20 ms, and 1 ms more for each ten lines or so, beside the event loop."""
    lines = [line async for line in every_line(actor, statement.id)]
    counts, clawed = await counts_of(actor, statement.id), await clawbacks_on(actor, statement.id)
    credited, brought = await lines_told_by(actor, statement.id), await brought_on(actor, [statement.id])
    return await asyncio.to_thread(_set, statement, lines, counts, clawed, credited, brought, language)


def _set(
    statement: Statement, lines: list[StatementLine], counts: Counts, clawed: Sequence[Clawback],
    credited: Sequence[CreditLine], brought: Sequence[Brought], language: str,
) -> bytes:  # fmt: skip
    with speaking(language, "UTC"):
        content = _content(statement, lines, counts, language)
        content["brought_title"] = translate("Brought over from before, without a fee")
        content["brought"] = brought_sentences(statement.currency, brought)
        content["clawbacks_title"] = translate("Claw-backs")
        content["clawbacks"] = clawed_sentences(statement.currency, clawed)
        content["credited_title"] = translate("Credit notes")
        content["credited"] = credited_sentences(statement.currency, credited)
    return pdf(TEMPLATE, content, statement.closed_at or statement.approved_at)


def _content(statement: Statement, lines: list[StatementLine], counts: Counts, language: str) -> dict[str, object]:
    """Everything that is printed, in words."""
    head, currency = statement.letterhead, statement.currency
    terms, result = equation(statement, counts)
    return {
        "language": language,
        "title": translate("Statement %(month)s", month=month(statement.period_to)),
        "number": statement.number or translate("Draft"),
        "agency": head.agency_name,
        "sender": " · ".join([head.agency_name, *text_lines(head.agency_address)]),
        "agency_lines": [
            *text_lines(head.agency_address),
            *_vat_number(head.agency_vat_number),
            *text_lines(head.agency_licence),
        ],
        "client": head.client_name,
        "client_lines": [*text_lines(head.client_address), *_vat_number(head.client_vat_number)],
        "facts": _facts(statement),
        "unfinished": _unfinished(statement),
        "terms": [[term.sign, term.label, term.amount, term.note] for term in terms],
        # The dots that hide an account are as wide as Chinese characters in this font; stars are not.
        "result": [result.label, f"{currency} {result.amount}", result.note.replace("•", "*")],
        "vat_wording": translate(statement.vat_wording) if not statement.vat_minor else "",
        "with_costs": bool(statement.costs_minor),
        "columns": _columns(currency, costs=bool(statement.costs_minor)),
        "lines": [_cells(line, currency, costs=bool(statement.costs_minor)) for line in lines],
        "total": [
            translate("Total"),
            amount(statement.collected_minor, currency),
            amount(statement.fees_minor, currency),
            amount(statement.vat_minor, currency),
            *([amount(statement.costs_minor, currency)] if statement.costs_minor else []),
            amount(statement.lines_net_minor, currency),
        ],
        "parted": parted(statement),
        "paid_out": paid_out(statement),
        "net_note": translate("Net is before VAT on the fee; money paid to you directly is yours already."),
        "page": translate("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
    }


def _facts(statement: Statement) -> list[list[str]]:
    facts = [
        [translate("Number"), statement.number or translate("Draft")],
        [translate("Period"), f"{date_full(statement.period_from)} – {date_full(statement.period_to)}"],
        [translate("Currency"), statement.currency],
    ]
    if statement.approved_at is not None:
        facts.append([translate("Approved"), _by(statement.approved_at, statement.approved_by_name)])
    if statement.closed_at is not None:
        facts.append([translate("Final"), _by(statement.closed_at, statement.closed_by_name)])
    return facts


def _unfinished(statement: Statement) -> str:
    """What stands over a statement that may still change."""
    if statement.is_draft:
        return translate("Draft: it is not approved, and everything in it may still change.")
    return (
        ""
        if statement.closed_at
        else translate("Approved and not paid yet: the final statement follows with the payment.")
    )


def _by(moment: datetime, name: str) -> str:
    return translate("%(day)s, %(name)s", day=date_full(moment), name=name or translate("the portal"))


def _columns(currency: str, *, costs: bool) -> list[str]:
    return [
        translate("Date"),
        translate("Case"),
        translate("Debtor"),
        translate("Received by"),
        translate("Gross %(currency)s", currency=currency),
        translate("Rate"),
        translate("Fee %(currency)s", currency=currency),
        translate("VAT %(currency)s", currency=currency),
        *([translate("Costs repaid %(currency)s", currency=currency)] if costs else []),
        translate("Net %(currency)s", currency=currency),
        translate("Why this fee"),
    ]


def _cells(line: StatementLine, currency: str, *, costs: bool) -> list[str]:
    fee = line.explanation
    why = fee.short if fee.is_reversal else translate("rule %(number)s: %(why)s", number=fee.rule_number, why=fee.short)
    return [
        date_full(line.received_on),
        line.case_number,
        line.debtor_name,
        translate(line.received_text),
        *(amount(line.gross_minor, currency), fee.rate),
        *(amount(minor, currency) for minor in (line.fee_minor, line.vat_minor)),
        *([amount(line.costs_kept_minor, currency)] if costs else []),
        amount(line.net_minor, currency),
        why,
    ]


def _vat_number(number: str) -> list[str]:
    return [translate("VAT number %(number)s", number=number)] if number else []
