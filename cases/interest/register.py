"""Interest of a case as it came into the books."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from cases.casework import CaseFile
from portal.people.actor import Actor
from portal.tenancy.database import sql


@dataclass(frozen=True, slots=True)
class Posting:
    """Interest that was posted, in minor units of the case's currency."""

    number: int
    journal_id: UUID
    accrued_to: date
    amount_minor: int
    total_minor: int


POSTINGS: Final = """
select number, journal_id, accrued_to, amount_minor, total_minor from interest_postings
where agency_id = $1 and case_id = $2 order by number desc limit 200
"""


async def postings_of(actor: Actor, case: CaseFile) -> list[Posting]:
    """What was posted of a case's interest, the latest first."""
    return [Posting(**row) for row in await sql(POSTINGS, actor.agency_id, case.id)]
