"""For which invoices of a case money is, as the text of its transfer or what was said of it before has it."""

from typing import Final
from uuid import UUID

from billing.bank.matching.said import Said, read_texts
from portal.people.actor import Actor
from portal.tenancy.database import sql

INVOICES: Final = """
select id, number from invoices where agency_id = $1 and case_id = $2 order by due_on, coalesce(issued_on, due_on), number, id
"""
TEXTS: Final = """
select l.text, l.creditor_reference, l.end_to_end
from bank_matches m join bank_lines l on l.agency_id = m.agency_id and l.id = m.bank_line_id
where m.agency_id = $1 and m.journal_id = $2 and m.undone_at is null
"""
NAMED: Final = """
select invoice_id from invoice_shares where agency_id = $1 and payment_id = $2 and named order by position
"""


async def directed_by(actor: Actor, case_id: UUID, said: Said) -> tuple[UUID, ...]:
    """The invoices of a case that are named, the oldest due first."""
    return tuple(row["id"] for row in await sql(INVOICES, actor.agency_id, case_id) if said.names(row["number"]))


async def directed_by_line(actor: Actor, case_id: UUID, journal_id: UUID, reference: str) -> tuple[UUID, ...]:
    """The invoices of a case that the bank line names which brought money by a journal, or its reference."""
    texts = [text for row in await sql(TEXTS, actor.agency_id, journal_id) for text in row.values()]
    return await directed_by(actor, case_id, read_texts([reference, *texts]))


async def named_for(actor: Actor, payment_id: UUID) -> tuple[UUID, ...]:
    """The invoices that a payment reached because the debtor named them."""
    return tuple(row["invoice_id"] for row in await sql(NAMED, actor.agency_id, payment_id))
