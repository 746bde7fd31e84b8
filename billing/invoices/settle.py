"""What of an invoice is paid and taken off, counted anew from its transfers and credit notes."""

from typing import Final
from uuid import UUID

from portal.people.actor import Actor
from portal.tenancy.database import sql

# It is settled on the day of the last of them.
SETTLE: Final = """
update client_invoices i
set paid_minor = p.paid, corrected_minor = c.corrected,
    settled_on = case when p.paid + c.corrected = i.total_minor then greatest(p.last_on, c.last_on) end
from (select coalesce(sum(amount_minor), 0) as paid, max(paid_on) as last_on from invoice_payments
      where agency_id = $1 and invoice_id = $2 and taken_back_at is null) p,
     (select coalesce(sum(total_minor), 0) as corrected, max(issued_on) as last_on from credit_notes
      where agency_id = $1 and invoice_id = $2) c
where i.agency_id = $1 and i.id = $2
"""


async def settle(actor: Actor, invoice_id: UUID) -> None:
    """Keep what is left of an invoice that the caller holds."""
    await sql(SETTLE, actor.agency_id, invoice_id)
