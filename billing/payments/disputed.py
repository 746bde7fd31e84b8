"""What of a claim may be paid while the debtor disputes it: a disputed part is never touched."""

from cases.casework import CaseFile
from portal.people.actor import Actor
from portal.tenancy.database import sql_one


async def undisputed(actor: Actor, case: CaseFile, owed_minor: int) -> int:
    """How much of what is owed nobody disputes, in minor units."""
    row = await sql_one(
        "select count(*) as disputes, bool_or(amount_minor is null) as whole, sum(amount_minor)::bigint as disputed"
        " from disputes where agency_id = $1 and case_id = $2 and answered_at is null",
        *(actor.agency_id, case.id),
    )
    assert row is not None
    if not row["disputes"]:
        return owed_minor
    return 0 if row["whole"] else max(0, owed_minor - row["disputed"])
