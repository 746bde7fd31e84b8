"""The fixed sum that some laws give for each invoice that a company did not pay in time: a cost, added once, by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from cases.casework import CaseFile, tell
from cases.interest.change import open_case
from cases.interest.statutory import Table
from cases.interest.terms import terms_of
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.ledger.journal import JournalDraft, owe_more, post
from portal.ledger.tables import Component
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql

SOURCE: Final = "compensation"

INVOICES: Final = """
select i.id, i.number, i.due_on, i.amount_minor,
       exists (select from journals j where j.agency_id = i.agency_id and j.source = 'compensation'
               and j.external_id = i.id::text) as is_added
from invoices i where i.agency_id = $1 and i.case_id = $2 order by i.due_on, i.number, i.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The fixed sum of an invoice, in minor units of the case's currency."""

    invoice_id: UUID
    number: str
    due_on: date
    minor: int
    is_added: bool


async def sums_of(actor: Actor, case: CaseFile, today: date) -> tuple[Table | None, Sequence[Sum]]:
    """The law that gives a fixed sum for the invoices of a case that are overdue, and the sums; none where no law does."""
    terms = [term for term in await terms_of(actor, case) if term.component is Component.PRINCIPAL]
    table = next((term.table for term in reversed(terms) if term.table and _gives(term.table, case)), None)
    if table is None or table.compensation is None:
        return None, ()
    given = table.compensation
    rows = await sql(INVOICES, actor.agency_id, case.id)
    return table, [
        Sum(
            invoice_id=row["id"],
            number=row["number"],
            due_on=row["due_on"],
            minor=given.for_invoice(row["amount_minor"]),
            is_added=row["is_added"],
        )
        for row in rows
        if row["due_on"] < today
    ]


def _gives(table: Table, case: CaseFile) -> bool:
    return (
        table.compensation is not None
        and table.compensation.currency == case.currency
        and case.debtor_kind == "company"
        and table.is_for(case.debtor_kind)
    )


async def compensate(actor: Actor, case_id: UUID, invoice_id: UUID) -> int:
    """Add the fixed sum of an invoice to the costs of its case; gives it, in minor units.

    Raises:
        NotFound: there is no such case, or no such invoice on it for which a law gives one.
        Refused: the case is closed, or it was added already.
    """
    actor.require("interest.set")
    case = await open_case(actor, case_id)
    today = await agency_day(actor)
    table, sums = await sums_of(actor, case, today)
    chosen = next((one for one in sums if one.invoice_id == invoice_id), None)
    if table is None or chosen is None:
        raise NotFound
    if chosen.is_added:
        raise Refused(N_("This sum was added already."), code="added_already")
    lines = owe_more(case.id, Component.COSTS, chosen.minor, case.currency, client=case.client_id)
    await post(actor, [JournalDraft(SOURCE, str(invoice_id), "compensation", today, lines)])
    facts = {"amount_minor": chosen.minor, "currency": case.currency, "basis": table.code, "number": chosen.number}
    await tell(actor, case, "interest.compensated", "money", facts)
    await record(actor, "interest.compensated", "case", case.id, client_id=case.client_id, facts=facts)
    return chosen.minor
