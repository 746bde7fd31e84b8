"""The payments as a file for spreadsheets."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from billing.fees.terms import Payee
from billing.payments.reaching import Reached, reached_by
from billing.payments.register import Filters, Payment, list_payments
from portal import clock
from portal.pages.export import Amount, Cell
from portal.pages.sheet import PAGE, Sheet, pages
from portal.pages.text import N_, translate
from portal.people.actor import Actor

COLUMNS: Final = {
    N_("Received on"): 11, N_("Case number"): 12, N_("Debtor"): 32, N_("Client"): 24, N_("How it came"): 14,
    N_("Received by"): 12, N_("Currency"): 8, N_("Amount"): 14, N_("Principal"): 14, N_("Interest"): 12, N_("Costs"): 12,
    N_("Paid too much"): 12, N_("Fee rate"): 8, N_("Fee"): 12, N_("Net to the client"): 14, N_("Released on"): 11,
    N_("Reference"): 20, N_("Payer"): 24, N_("Recorded at"): 16, N_("Recorded by"): 20, N_("Why this fee"): 60,
    N_("Payment"): 36, N_("Takes back"): 36, N_("Invoices"): 40,
}  # fmt: skip

PAYEE_TEXTS: Final = {Payee.AGENCY: N_("the agency"), Payee.CLIENT: N_("the client")}


def payments_sheet(actor: Actor, filters: Filters) -> Sheet[tuple[Payment, Reached | None]]:
    """The payments of a narrowed list, the last recorded first, each with the invoices that it reached."""

    async def read(before: UUID | None) -> tuple[Sequence[tuple[Payment, Reached | None]], UUID | None]:
        payments, more = await list_payments(actor, filters, before, PAGE)
        reached = await reached_by(actor, [payment.id for payment in payments])
        return [(each, reached.get(each.id)) for each in payments], payments[-1].id if more else None

    name = f"payments-{clock.today(actor.time_zone).isoformat()}"
    return Sheet(name=name, title=N_("Payments"), columns=COLUMNS, pages=pages(read), cells=_cells)


def _cells(told: tuple[Payment, Reached | None]) -> Sequence[Cell]:
    payment, reached = told
    minors = (payment.amount_minor, *payment.parts.amounts, payment.surplus_minor)
    currency = payment.currency
    return (
        payment.received_on, payment.case_number, payment.debtor_name, payment.client_name,
        translate(payment.channel_text), translate(PAYEE_TEXTS[payment.received_by]), currency,
        *(Amount(minor, currency) for minor in minors), payment.fee_rate, Amount(payment.fee_minor, currency),
        Amount(payment.net_minor, currency), payment.release_on, payment.external_reference, payment.payer,
        payment.recorded_at, payment.recorded_by_name, payment.explanation.sentence.replace("\u00a0", " "),
        str(payment.id), str(payment.reverses or ""), str(reached or ""),
    )  # fmt: skip
