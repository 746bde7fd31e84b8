"""What of a claim may be paid while the debtor disputes it: a disputed part is never touched."""

from dataclasses import dataclass

from billing.parts import Parts
from cases.casework import CaseFile
from cases.invoices.register import standing_of
from portal.people.actor import Actor
from portal.tenancy.database import sql_one


@dataclass(frozen=True, slots=True)
class Free:
    """What of a claim nobody disputes, in minor units."""

    parts: Parts
    """What may be paid of each component: without what is disputed of single invoices."""
    total_minor: int
    """What may be paid in all: also without what is disputed of no single invoice."""


async def undisputed(actor: Actor, case: CaseFile, owed: Parts) -> Free:
    """How much of what is owed nobody disputes."""
    row = await sql_one(
        "select count(*) as disputes, count(invoice_id) as of_invoices, bool_or(amount_minor is null) as whole,"
        " coalesce(sum(amount_minor) filter (where invoice_id is null), 0)::bigint as disputed"
        " from disputes where agency_id = $1 and case_id = $2 and answered_at is null",
        *(actor.agency_id, case.id),
    )
    assert row is not None
    if not row["disputes"]:
        return Free(owed, owed.total_minor)
    of_invoices = (await standing_of(actor, case, owed.principal_minor)).disputed_minor if row["of_invoices"] else 0
    parts = owed - Parts(principal_minor=of_invoices)
    return Free(parts, 0 if row["whole"] else max(0, parts.total_minor - row["disputed"]))
