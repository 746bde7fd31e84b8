"""What is missing: cases of a placement that have no document yet."""

from typing import Final
from uuid import UUID

from portal.people.actor import Actor
from portal.tenancy.database import sql_value

WITH_DOCUMENT: Final = """
select count(*) from cases c
where c.agency_id = $1 and c.placement_id = $2 and c.status <> 'closed'
  and exists (select from documents d where d.agency_id = c.agency_id and d.case_id = c.id and d.state = 'released')
"""
OPEN: Final = "select count(*) from cases where agency_id = $1 and placement_id = $2 and status <> 'closed'"


async def without_document(actor: Actor, placement_id: UUID) -> tuple[int, int]:
    """How many open cases of a placement have no released document, and how many are open."""
    actor.require("documents.read")
    opened: int = await sql_value(OPEN, actor.agency_id, placement_id)
    return opened - await sql_value(WITH_DOCUMENT, actor.agency_id, placement_id), opened
