"""An invoice is paid: the client's transfer reached the agency's own account (event 7)."""

from datetime import date
from uuid import UUID

from billing.invoices.journals import paid
from billing.invoices.register import load_invoice
from billing.payments.split import one_line
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.ledger.journal import post
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql


async def pay_invoice(actor: Actor, invoice_id: UUID, paid_on: date | None, reference: str) -> None:
    """Book that a client paid an invoice on a day, under the bank's reference; the same again changes nothing.

    Raises:
        NotFound: there is no such invoice here.
        Refused: day or reference is missing, or the day will not do.
    """
    actor.require("invoices.issue")
    invoice = await load_invoice(actor, invoice_id, lock=True)
    if invoice.is_paid:
        return
    named = one_line(reference)
    if paid_on is None:
        raise Refused(N_("Please fill this in."), field="paid_on", code="missing")
    if paid_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="paid_on", code="future")
    if paid_on < invoice.issued_on:
        raise Refused(N_("It was not issued by then."), field="paid_on", code="before_issue")
    if not named:
        raise Refused(N_("Please fill this in."), field="reference", code="missing")
    draft = paid(invoice.id, invoice.client_id, invoice.total_minor, invoice.currency, paid_on)
    async with savepoint():
        [journal_id] = await post(actor, [draft])
    await sql(
        "update client_invoices set paid_on = $3, paid_reference = $4, paid_by_name = $5, paid_at = $6,"
        " paid_journal_id = $7 where agency_id = $1 and id = $2",
        *(actor.agency_id, invoice.id, paid_on, named, actor.name, clock.now(), journal_id),
    )
    facts = {"number": invoice.number, "amount_minor": invoice.total_minor, "currency": invoice.currency}
    await record(
        actor, "invoice.paid", "client_invoice", invoice.id, client_id=invoice.client_id,
        facts={**facts, "paid_on": paid_on, "journal_id": journal_id}, personal={"reference": named},
    )  # fmt: skip
