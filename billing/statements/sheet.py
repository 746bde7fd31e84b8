"""Statements as files for spreadsheets: the list of them, and the lines of one or of a whole run, each fee explained.

After the payments stand what was brought over, the claw-backs, what is invoiced and what was carried, so that net
before VAT less VAT adds up to what is paid.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar
from uuid import UUID

from billing.openings.brought import brought_on
from billing.remittance.clawback import clawbacks_on, clawbacks_on_each
from billing.statements.besides import Besides, besides
from billing.statements.register import (
    Statement,
    StatementLine,
    lines_of,
    lines_of_run,
    list_statements,
    statements_of_run,
)
from billing.tables import Channel
from portal import clock
from portal.pages.export import Amount, Cell
from portal.pages.sheet import PAGE, Sheet, pages
from portal.pages.text import N_, translate
from portal.people.actor import Actor

LINE_COLUMNS: Final = {
    N_("Statement"): 16, N_("Client"): 24, N_("What it is"): 20, N_("Case number"): 12, N_("Reference"): 16, N_("Debtor"): 32,
    N_("Received on"): 11, N_("Received by"): 16, N_("Currency"): 8, N_("Gross"): 14, N_("Principal"): 14,
    N_("Interest"): 12, N_("Costs"): 12, N_("Fee rule"): 8, N_("Agreement version"): 10, N_("Fee rate"): 8, N_("Fee"): 12,
    N_("VAT"): 12, N_("Costs repaid to the agency"): 14, N_("Net before VAT"): 14, N_("Why this fee"): 60, N_("Payment"): 36, N_("Takes back"): 36,
}  # fmt: skip

COLUMNS: Final = {
    N_("Number"): 16, N_("Client"): 24, N_("Period from"): 11, N_("Period to"): 11, N_("Currency"): 8,
    N_("Recovered"): 14, N_("Paid to the client directly"): 14, N_("Brought over"): 14, N_("Costs repaid to the agency"): 14, N_("Fees"): 12, N_("VAT"): 12,
    N_("Carried from before"): 14, N_("Carried to the next statement"): 14,
    N_("Claw-backs"): 14, N_("Claw-backs that stay open"): 14, N_("Invoiced"): 14, N_("Invoice"): 12, N_("Paid to the client"): 14,
    N_("Paid out in"): 8, N_("Quoted rate"): 12, N_("Paid out"): 14,
    N_("Payments"): 10, N_("Paid on"): 11, N_("Status"): 12,
}  # fmt: skip

STATUS_TEXTS: Final = {"draft": N_("Draft"), "approved": N_("Approved"), "closed": N_("Final")}
PAYMENT: Final = N_("Payment")
WENT_BACK: Final = N_("went back")
AT_CLOSE: Final = N_("Minimum fee at close")
Row = StatementLine | Besides
PAYEE_TEXTS: Final = {"agency": N_("the agency"), "client": N_("the client")}


def statements_sheet(actor: Actor, client_id: UUID | None) -> Sheet[Statement]:
    """The statements of a narrowed list, the latest period first."""

    async def read(before: UUID | None) -> tuple[Sequence[Statement], UUID | None]:
        statements, more = await list_statements(actor, client_id, before, PAGE)
        return statements, statements[-1].id if more else None

    name = f"statements-{clock.today(actor.time_zone).isoformat()}"
    return Sheet(name=name, title=N_("Statements"), columns=COLUMNS, pages=pages(read), cells=_statement_cells)


def _statement_cells(statement: Statement) -> Sequence[Cell]:
    minors = (
        statement.collected_minor, statement.direct_minor, statement.brought_minor, statement.costs_minor, statement.fees_minor, statement.vat_minor,
        statement.carried_in_minor, statement.carried_out_minor, statement.clawed_in_minor, statement.clawed_out_minor,
        statement.invoiced_minor,
    )  # fmt: skip
    return (
        statement.number, statement.client_name, statement.period_from, statement.period_to, statement.currency,
        *(Amount(minor, statement.currency) for minor in minors), statement.invoice_number or "",
        Amount(statement.net_minor, statement.currency), *_paid_out(statement), statement.payments, statement.paid_on,
        translate(STATUS_TEXTS[statement.status]),
    )  # fmt: skip


def _paid_out(statement: Statement) -> tuple[Cell, Cell, Cell]:
    """In which currency, by which rate, and how much; what was collected where it is no other."""
    if statement.payout_currency is None:
        return statement.currency, "", Amount(statement.net_minor, statement.currency)
    minor = statement.payout_minor if statement.exchanged_minor is None else statement.exchanged_minor
    return statement.payout_currency, statement.quoted_rate or "", Amount(minor or 0, statement.payout_currency)


def lines_sheet(actor: Actor, statement: Statement) -> Sheet[Row]:
    """The lines of one statement in their order, and what else makes its net."""

    async def read(after: int | None) -> tuple[Sequence[Row], int | None]:
        lines, more = await lines_of(actor, statement.id, after or 0, PAGE)
        if more:
            return lines, lines[-1].position
        told = await clawbacks_on(actor, statement.id), await brought_on(actor, [statement.id])
        return [*lines, *besides([statement], *told)], None

    return _lines(statement.file_name, N_("Statement"), read)


def run_sheet(actor: Actor, run_id: UUID, number: str) -> Sheet[Row]:
    """The lines of every statement of a remittance run, client by client, and after them what else makes their nets."""

    async def read(after: tuple[UUID, int] | None) -> tuple[Sequence[Row], tuple[UUID, int] | None]:
        lines, more = await lines_of_run(actor, run_id, after, PAGE)
        if more:
            return lines, (lines[-1].statement_id, lines[-1].position)
        statements = await statements_of_run(actor, run_id)
        ids = [one.id for one in statements]
        told = await clawbacks_on_each(actor, ids), await brought_on(actor, ids)
        return [*lines, *besides(statements, *told)], None

    return _lines(number, N_("Remittance"), read)


Place = TypeVar("Place")


def _lines(
    name: str, title: str, read: Callable[[Place | None], Awaitable[tuple[Sequence[Row], Place | None]]]
) -> Sheet[Row]:
    return Sheet(name=name, title=title, columns=LINE_COLUMNS, pages=pages(read), cells=_cells)


def _cells(row: Row) -> Sequence[Cell]:
    return _line_cells(row) if isinstance(row, StatementLine) else _besides_cells(row)


def _besides_cells(row: Besides) -> Sequence[Cell]:
    minors = (row.gross_minor, row.fee_minor, row.vat_minor, row.net_minor)
    gross, fee, vat, net = (Amount(minor, row.currency) for minor in minors)
    what = translate(row.what)
    return (
        row.statement_number, row.client_name, what, row.case_number, row.reference, row.debtor_name, row.on_day, "", row.currency,
        gross, "", "", "", "", "", "", fee, vat, "", net, "", row.payment_id, "",
    )  # fmt: skip


def _what(line: StatementLine) -> str:
    if line.reverses:
        return WENT_BACK
    return AT_CLOSE if line.channel is Channel.AT_CLOSE else PAYMENT


def _line_cells(line: StatementLine) -> Sequence[Cell]:
    fee, currency = line.explanation, line.currency
    minors = (line.gross_minor, line.principal_minor, line.interest_minor, line.costs_minor)
    return (
        line.statement_number, line.client_name, translate(_what(line)), line.case_number, line.reference, line.debtor_name, line.received_on,
        translate(PAYEE_TEXTS[line.received_by]), currency, *(Amount(minor, currency) for minor in minors),
        fee.rule_number, fee.agreement_version, line.fee_rate,
        *(Amount(minor, currency) for minor in (line.fee_minor, line.vat_minor, line.costs_kept_minor, line.net_minor)),
        fee.sentence.replace("\u00a0", " "), str(line.payment_id), str(line.reverses or ""),
    )  # fmt: skip
