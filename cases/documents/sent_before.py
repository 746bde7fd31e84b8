"""A file sent again: whoever did not get the answer sends it once more, and it is the document that it became before."""

import asyncio
import hashlib
from typing import BinaryIO, Final
from uuid import UUID

from cases.documents.versions import line_of
from portal.people.actor import Actor
from portal.storage.store import CHUNK
from portal.tenancy.database import sql_value

# As a first version, or as the newest of those that `$6` names; whoever goes back to an older version means it.
BEFORE: Final = """
select id from documents d
where agency_id = $1 and case_id = $2 and file_name = $3 and kind = $4 and sha256 = $5 and state = 'released'
  and case when $6::uuid[] is null then replaces_id is null else replaces_id is not null and id = any($6) end
  and not exists (select from documents n where n.agency_id = $1 and n.replaces_id = d.id and n.state = 'released')
order by id limit 1
"""


async def sent_before(
    actor: Actor, case_id: UUID, name: str, kind: str, content: BinaryIO, replaces: UUID | None
) -> UUID | None:
    """The released document of a case that has this name, kind and content, as the same version; None without one."""
    digest = await asyncio.to_thread(_digest, content)
    line = await line_of(actor, replaces) if replaces else None
    found: UUID | None = await sql_value(BEFORE, actor.agency_id, case_id, name, kind, digest, line)
    return found


def _digest(content: BinaryIO) -> bytes:
    content.seek(0)
    digest = hashlib.sha256()
    while piece := content.read(CHUNK):
        digest.update(piece)
    content.seek(0)
    return digest.digest()
