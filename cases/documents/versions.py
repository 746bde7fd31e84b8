"""Newer versions of a document: each is a document of its own that names the one it replaces, which stays as it is."""

from uuid import UUID

from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

# Up the row to the newest. What was removed since keeps its place in it.
NEWEST = """
with recursive line as (
    select id, version_number from documents
    where agency_id = $1 and id = $2 and state in ('released', 'removed')
    union all
    select d.id, d.version_number from documents d join line on d.replaces_id = line.id
    where d.agency_id = $1 and d.state in ('released', 'removed')
)
select id, version_number from line order by version_number desc limit 1
"""

# Down to the first, and from there everything that replaced another.
LINE = """
with recursive down as (
    select id, replaces_id from documents where agency_id = $1 and id = $2
    union all
    select d.id, d.replaces_id from documents d join down on d.id = down.replaces_id where d.agency_id = $1
), line as (
    select id from down where replaces_id is null
    union all
    select d.id from documents d join line on d.replaces_id = line.id
    where d.agency_id = $1 and (d.state in ('arrived', 'released', 'removed') or d.id = $2)
)
select id from line
"""


async def newest_of(actor: Actor, document_id: UUID) -> tuple[UUID, int]:
    """The newest version of a document and its number, held so that nobody replaces it before this transaction ends.

    Raises:
        NotFound: the document is not here, or was never released.
    """
    held = None
    while True:
        found = await sql_one(NEWEST, actor.agency_id, document_id)
        if found is None:
            raise NotFound
        if found["id"] == held:
            return found["id"], found["version_number"]
        # Whoever waited here for another to replace it sees the newer one on the next look.
        held = found["id"]
        await sql("select from documents where agency_id = $1 and id = $2 for no key update", actor.agency_id, held)


async def line_of(actor: Actor, document_id: UUID) -> list[UUID]:
    """All versions of a document, itself among them."""
    return [row["id"] for row in await sql(LINE, actor.agency_id, document_id)]
