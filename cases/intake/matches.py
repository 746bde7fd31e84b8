"""The rows of a placement that repeat, or look like, another claim of the same client: before it is placed and after."""

import json
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cases.intake.as_given import Field
from cases.intake.issue import Issue
from cases.intake.known import known_issue
from cases.intake.placement import PlacementFile
from portal.people.actor import Actor
from portal.tenancy.database import sql

MATCHES: Final = """
select r.row_number, r.state, r.reference, r.draft, r.duplicate_of, r.duplicate_invoice, r.likeness,
       c.number as duplicate_number, c.debtor_name as duplicate_name
from placement_rows r left join cases c on c.agency_id = r.agency_id and c.id = r.duplicate_of
where r.agency_id = $1 and r.placement_id = $2 and r.row_number > $3 and r.draft is not null
  and (r.likeness is not null or r.state = 'duplicate' and c.id is not null)
order by r.row_number limit $4
"""


@dataclass(frozen=True, slots=True)
class Match:
    """A row and the claim it is like: a case of the client, or another row, which the issue names."""

    row: int
    reference: str
    state: str
    case_id: UUID | None
    case_number: str | None
    issue: Issue


async def matches_of(actor: Actor, placement: PlacementFile, after: int, limit: int) -> list[Match]:
    """The rows behind ``after`` that are like another claim, in their order; at most ``limit``."""
    rows = await sql(MATCHES, actor.agency_id, placement.id, after, limit)
    reference = placement.field_name(Field.REFERENCE)
    return [
        Match(
            row["row_number"],
            row["reference"],
            row["state"],
            row["duplicate_of"],
            row["duplicate_number"],
            known_issue(row, json.loads(row["draft"]), reference),
        )
        for row in rows
    ]
