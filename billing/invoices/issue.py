"""Invoicing a client: a claw-back for which no more money comes in. It repays what the client had, so that it bears no VAT:
fee and VAT of the payment were given back when it went back.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from billing.invoices.journals import issued
from billing.invoices.reversals import credit_by_invoice
from billing.invoices.tables import InvoiceKind
from billing.remittance.run import alone, open_run
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.jobs import enqueue
from portal.ledger.journal import cr, post
from portal.ledger.tables import Book
from portal.numbering import next_number
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_one, sql_value

DUE_DAYS: Final = 14
"""Days that a client has to pay an invoice."""

OWED: Final = """
select coalesce(sum(amount_minor), 0)::bigint from journal_lines
where agency_id = $1 and client_id = $2 and account = 1230 and currency = $3
"""
IN_RUN: Final = "select exists (select from statements where agency_id = $1 and run_id = $2 and client_id = $3)"

# The newest claw-backs are what is still owed: earlier ones were taken first.
ASKED_FOR: Final = """
update clawbacks b set invoice_id = $4 from (
    select id, coalesce(sum(owed_minor) over (order by on_day desc, id desc
                                     rows between unbounded preceding and 1 preceding), 0) as newer
    from clawbacks where agency_id = $1 and client_id = $2 and currency = $3 and invoice_id is null) line
where b.agency_id = $1 and b.id = line.id and newer < $5
"""
INSERT: Final = """
insert into client_invoices (id, agency_id, client_id, number, kind, currency, issued_on, due_on, net_minor, total_minor,
                             client_name, client_address, agency_name, agency_address, issued_by, issued_by_name, issued_at,
                             journal_id)
select $1, a.id, k.id, $4, $5, $6, $7, $8, $9, $9, k.name, k.address, a.name, a.address, $10, $11, $12, $13
from agencies a join clients k on k.agency_id = a.id where a.id = $2 and k.id = $3
"""


async def invoice_clawback(actor: Actor, client_id: UUID, currency: str) -> UUID:
    """Ask a client to transfer what it owes for money that went back (O Dr1200 Cr1230); gives the invoice's id.

    Raises:
        NotFound: there is no such client here.
        Refused: it owes nothing of the kind, or a run that is being prepared takes it.
    """
    actor.require("invoices.issue")
    if await sql_one("select from clients where agency_id = $1 and id = $2", actor.agency_id, client_id) is None:
        raise NotFound
    await alone(actor, currency)
    run = await open_run(actor, currency)
    if run is not None and await sql_value(IN_RUN, actor.agency_id, run.id, client_id):
        raise Refused(
            N_("Run %(number)s is being prepared and takes it from the client's money. Finish or cancel it first."),
            code="in_run",
            number=run.number,
        )
    owed: int = await sql_value(OWED, actor.agency_id, client_id, currency)
    if owed <= 0:
        raise Refused(N_("This client owes nothing for money that went back."), code="nothing_owed")
    invoice_id, today = new_id(), await agency_day(actor)
    line = cr(Book.OPERATING, 1230, owed, currency, client=client_id)
    async with savepoint():
        [journal_id] = await post(actor, [issued(invoice_id, client_id, [line], today)])
    number = f"INV-{await next_number(actor, 'invoices'):05d}"
    await sql(
        INSERT,
        *(invoice_id, actor.agency_id, client_id, number, InvoiceKind.CLAWBACK, currency),
        *(today, today + timedelta(days=DUE_DAYS), owed, actor.user_id, actor.name, clock.now(), journal_id),
    )
    await sql(ASKED_FOR, actor.agency_id, client_id, currency, invoice_id, owed)
    facts = {"number": number, "amount_minor": owed, "currency": currency, "journal_id": journal_id}
    await record(actor, "invoice.issued", "client_invoice", invoice_id, client_id=client_id, facts=facts)
    await enqueue("papers.make", {"agency_id": actor.agency_id, "kind": "invoice", "id": invoice_id})
    await credit_by_invoice(actor, invoice_id, today)
    return invoice_id
