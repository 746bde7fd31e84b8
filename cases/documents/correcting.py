"""What a document is evidence of, put right by whoever sees that it was said wrong."""

from uuid import UUID

from cases.acceptance.requirements import document_released
from cases.casework import load_case
from cases.documents.evidence import load_document
from cases.documents.tables import DocumentState
from cases.documents.versions import newest_of
from cases.documents.words import known_kind
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql


async def correct_kind(actor: Actor, document_id: UUID, kind: str) -> None:
    """Say what kind a document is.

    Raises:
        NotFound: there is no such document here.
        Refused: there is no such kind, or the document is not kept, or a newer version has replaced it.
    """
    actor.require("documents.submit")
    document = await load_document(actor, document_id)
    chosen = known_kind(kind)
    if document.state is not DocumentState.RELEASED:
        raise Refused(N_("Only a document that is kept can be corrected."), field="kind", code="not_kept")
    if (await newest_of(actor, document_id))[0] != document_id:
        raise Refused(N_("There is a newer version: correct that one."), field="kind", code="replaced")
    if chosen == document.kind:
        return
    await sql("update documents set kind = $3 where agency_id = $1 and id = $2", actor.agency_id, document_id, chosen)
    await record(
        actor, "document.kind_corrected", "document", document_id,
        client_id=document.client_id, before={"kind": document.kind}, after={"kind": chosen},
    )  # fmt: skip
    await document_released(actor, await load_case(actor, document.case_id), chosen, document_id)
