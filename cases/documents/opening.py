"""Opening a document: by a link that lives a minute, and never without being written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cases.documents.evidence import DocumentFile, load_document
from cases.documents.tables import DocumentState
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.storage import store
from portal.tenancy.database import sql

SHOWN = 200
"""So many openings of a document are shown, the latest."""


async def open_document(actor: Actor, document_id: UUID) -> str:
    """A link to a released document that lives a minute, written into its access log and the audit trail.

    Raises:
        NotFound: there is no such document, or it is not kept.
    """
    document = await load_document(actor, document_id)
    if document.state is not DocumentState.RELEASED or document.version_id is None:
        raise NotFound
    await sql(
        "insert into document_accesses (agency_id, client_id, document_id, user_id, user_name, by_agency, at)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        *(actor.agency_id, document.client_id, document.id, actor.user_id, actor.name, actor.is_staff, clock.now()),
    )
    await record(
        actor,
        "document.opened",
        "document",
        document.id,
        client_id=document.client_id,
        facts={"case": document.case_id, "version": document.version_id},
    )
    return store.presigned_download(document.object_key, document.version_id, document.file_name)


OPENED = """
select document_id, count(*) as times from document_accesses where agency_id = $1 and document_id = any($2)
group by document_id
"""


async def times_opened(actor: Actor, documents: Sequence[DocumentFile]) -> dict[UUID, int]:
    """How often each document was opened, by anybody."""
    found = await sql(OPENED, actor.agency_id, [document.id for document in documents])
    return {row["document_id"]: row["times"] for row in found}


@dataclass(frozen=True, slots=True)
class Opening:
    """Who opened a document, and when."""

    name: str
    """Empty for the agency, whose people a client does not learn."""
    at: datetime


ACCESSES = """
select user_name, by_agency, at from document_accesses where agency_id = $1 and document_id = $2
order by at desc, id desc limit $3
"""


async def openings_of(actor: Actor, document: DocumentFile) -> list[Opening]:
    """The latest openings of a document, as far as the actor may know who it was."""
    actor.require("documents.read")
    return [
        Opening(row["user_name"] if actor.is_staff or not row["by_agency"] else "", row["at"])
        for row in await sql(ACCESSES, actor.agency_id, document.id, SHOWN)
    ]
