"""The invoice of a statement: fees and VAT that its remittance does not keep back (event 6 of the money rules). It comes
with the run's approval, in its transaction, and is paid like any invoice (event 7).
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from billing.invoices.issue import DUE_DAYS
from billing.invoices.journals import issued
from billing.invoices.tables import InvoiceKind
from billing.remittance.journals import Settled
from portal import clock
from portal.audit.record import Event, record_each
from portal.jobs import enqueue_each
from portal.ledger.journal import JournalDraft, cr, dr
from portal.ledger.tables import Book
from portal.numbering import next_numbers
from portal.people.actor import Actor
from portal.tenancy.database import sql

INSERT: Final = """
insert into client_invoices (id, agency_id, client_id, statement_id, number, kind, currency, issued_on, due_on, net_minor,
                             vat_rate, vat_minor, vat_treatment, credited_minor, total_minor, client_name, client_address,
                             client_vat_number, agency_name, agency_address, agency_vat_number, issued_by, issued_by_name,
                             issued_at, journal_id)
select n.id, $1, s.client_id, s.id, n.number, $6, s.currency, $7, $8, s.invoiced_fees_minor, s.vat_rate,
       s.invoiced_vat_minor, s.letterhead ->> 'vat_treatment', s.credited_minor,
       s.invoiced_fees_minor + s.invoiced_vat_minor - s.credited_minor, s.letterhead #>> '{client,name}',
       s.letterhead #>> '{client,address}', s.letterhead #>> '{client,vat_number}', s.letterhead #>> '{agency,name}',
       s.letterhead #>> '{agency,address}', s.letterhead #>> '{agency,vat_number}', $9, $10, $11, n.journal_id
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::uuid[]) as n (id, statement_id, number, journal_id)
join statements s on s.agency_id = $1 and s.id = n.statement_id
returning client_id, id, number, total_minor, currency, journal_id
"""


def asked(invoice_id: UUID, settled: Settled, on: date) -> JournalDraft:
    """The journal of a statement's invoice: fees and VAT become a receivable, less what claw-backs give back."""
    client, currency = settled.client_id, settled.currency
    lines = [cr(Book.OPERATING, 1210, settled.invoiced_fees_minor, currency, client=client)]
    if settled.invoiced_vat_minor:
        lines.append(cr(Book.OPERATING, 2100, settled.invoiced_vat_minor, currency))
    if settled.credited_minor:
        lines.append(dr(Book.OPERATING, 1230, settled.credited_minor, currency, client=client))
    return issued(invoice_id, client, lines, on)


async def invoice_fees(
    actor: Actor, statements: Mapping[UUID, UUID], journal_ids: Sequence[UUID], on: date
) -> list[str]:
    """Keep the invoices of some statements, by invoice id, with the journals posted of them; gives their numbers.

    The caller has made the statements final, and does nothing after it: whoever wants an invoice's number waits until the
    transaction ends.
    """
    if not statements:
        return []
    numbers = [f"INV-{number:05d}" for number in await next_numbers(actor, "invoices", len(statements))]
    rows = await sql(
        INSERT,
        *(actor.agency_id, list(statements), list(statements.values()), numbers, journal_ids),
        *(InvoiceKind.FEES, on, on + timedelta(days=DUE_DAYS), actor.user_id, actor.name, clock.now()),
    )
    events = [
        Event(
            row["id"],
            {
                "number": row["number"],
                "amount_minor": row["total_minor"],
                "currency": row["currency"],
                "journal_id": row["journal_id"],
            },
            client_id=row["client_id"],
        )
        for row in rows
    ]
    await record_each(actor, "invoice.issued", "client_invoice", events)
    await enqueue_each(
        "papers.make", [{"agency_id": actor.agency_id, "kind": "invoice", "id": row["id"]} for row in rows]
    )
    return numbers
