"""The debtor's direction: for which invoice of a case money is said to be."""

from typing import Final
from uuid import UUID

from cases.casework import CaseFile
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql_value

BY_ID: Final = "select id from invoices where agency_id = $1 and case_id = $2 and id = $3"
BY_NUMBER: Final = (
    "select id from invoices where agency_id = $1 and case_id = $2 and number = $3 order by due_on, id limit 1"
)


async def named_invoice(actor: Actor, case: CaseFile, invoice_id: UUID | None) -> UUID | None:
    """The invoice that was chosen, seen to be one of the case; None where none was.

    Raises:
        Refused: it is no invoice of this case.
    """
    if invoice_id is not None and await sql_value(BY_ID, actor.agency_id, case.id, invoice_id) is None:
        raise _unknown()
    return invoice_id


async def invoice_numbered(actor: Actor, case: CaseFile, number: str) -> UUID | None:
    """The invoice of a case that has a number; None where no number is given.

    Raises:
        Refused: the case has no such invoice.
    """
    if not number:
        return None
    found: UUID | None = await sql_value(BY_NUMBER, actor.agency_id, case.id, number)
    if found is None:
        raise _unknown()
    return found


def _unknown() -> Refused:
    return Refused(N_("This is no invoice of the case."), field="invoice", code="no_invoice")
