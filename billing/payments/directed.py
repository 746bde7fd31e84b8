"""For which invoices of a case the text of a transfer says that its money is."""

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


async def directed_by(actor: Actor, case_id: UUID, said: Said) -> tuple[UUID, ...]:
    """The invoices of a case that are named, the oldest due first."""
    return tuple(row["id"] for row in await sql(INVOICES, actor.agency_id, case_id) if said.names(row["number"]))


async def directed_by_line(actor: Actor, case_id: UUID, journal_id: UUID, reference: str) -> tuple[UUID, ...]:
    """The invoices of a case that the bank line names which brought money by a journal, or its reference."""
    texts = [text for row in await sql(TEXTS, actor.agency_id, journal_id) for text in row.values()]
    return await directed_by(actor, case_id, read_texts([reference, *texts]))
