"""Statements as files for spreadsheets: the list of them, and the lines of one or of a whole run, each fee explained."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar
from uuid import UUID

from billing.statements.register import Statement, StatementLine, lines_of, lines_of_run, list_statements
from portal import clock
from portal.pages.export import Amount, Cell
from portal.pages.sheet import PAGE, Sheet, pages
from portal.pages.text import N_, translate
from portal.people.actor import Actor

LINE_COLUMNS: Final = {
    N_("Statement"): 16, N_("Client"): 24, N_("Case number"): 12, N_("Reference"): 16, N_("Debtor"): 32,
    N_("Received on"): 11, N_("Received by"): 16, N_("Currency"): 8, N_("Gross"): 14, N_("Principal"): 14,
    N_("Interest"): 12, N_("Costs"): 12, N_("Fee rule"): 8, N_("Agreement version"): 10, N_("Fee rate"): 8, N_("Fee"): 12,
    N_("VAT"): 12, N_("Net before VAT"): 14, N_("Why this fee"): 60, N_("Payment"): 36, N_("Takes back"): 36,
}  # fmt: skip

COLUMNS: Final = {
    N_("Number"): 16, N_("Client"): 24, N_("Period from"): 11, N_("Period to"): 11, N_("Currency"): 8,
    N_("Recovered"): 14, N_("Paid to the client directly"): 14, N_("Fees"): 12, N_("VAT"): 12,
    N_("Carried from before"): 14, N_("Carried to the next statement"): 14,
    N_("Claw-backs"): 14, N_("Claw-backs that stay open"): 14, N_("Paid to the client"): 14,
    N_("Payments"): 10, N_("Paid on"): 11, N_("Status"): 12,
}  # fmt: skip

STATUS_TEXTS: Final = {"draft": N_("Draft"), "approved": N_("Approved"), "closed": N_("Final")}
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
        statement.collected_minor, statement.direct_minor, statement.fees_minor, statement.vat_minor,
        statement.carried_in_minor, statement.carried_out_minor, statement.clawed_in_minor, statement.clawed_out_minor,
        statement.net_minor,
    )  # fmt: skip
    return (
        statement.number, statement.client_name, statement.period_from, statement.period_to, statement.currency,
        *(Amount(minor, statement.currency) for minor in minors), statement.payments, statement.paid_on,
        translate(STATUS_TEXTS[statement.status]),
    )  # fmt: skip


def lines_sheet(actor: Actor, statement: Statement) -> Sheet[StatementLine]:
    """The lines of one statement in their order."""

    async def read(after: int | None) -> tuple[Sequence[StatementLine], int | None]:
        lines, more = await lines_of(actor, statement.id, after or 0, PAGE)
        return lines, lines[-1].position if more else None

    return _lines(statement.file_name, N_("Statement"), read)


def run_sheet(actor: Actor, run_id: UUID, number: str) -> Sheet[StatementLine]:
    """The lines of every statement of a remittance run, client by client."""

    async def read(after: tuple[UUID, int] | None) -> tuple[Sequence[StatementLine], tuple[UUID, int] | None]:
        lines, more = await lines_of_run(actor, run_id, after, PAGE)
        return lines, (lines[-1].statement_id, lines[-1].position) if more else None

    return _lines(number, N_("Remittance"), read)


Place = TypeVar("Place")


def _lines(
    name: str, title: str, read: Callable[[Place | None], Awaitable[tuple[Sequence[StatementLine], Place | None]]]
) -> Sheet[StatementLine]:
    return Sheet(name=name, title=title, columns=LINE_COLUMNS, pages=pages(read), cells=_line_cells)


def _line_cells(line: StatementLine) -> Sequence[Cell]:
    fee, currency = line.explanation, line.currency
    minors = (line.gross_minor, line.principal_minor, line.interest_minor, line.costs_minor)
    return (
        line.statement_number, line.client_name, line.case_number, line.reference, line.debtor_name, line.received_on,
        translate(PAYEE_TEXTS[line.received_by]), currency, *(Amount(minor, currency) for minor in minors),
        fee.rule_number, fee.agreement_version, line.fee_rate,
        *(Amount(minor, currency) for minor in (line.fee_minor, line.vat_minor, line.net_minor)),
        fee.sentence.replace("\u00a0", " "), str(line.payment_id), str(line.reverses or ""),
    )  # fmt: skip
