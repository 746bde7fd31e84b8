"""The documents of a claim that its debtor may see: of the kinds that the client allows, and never without a trace."""

from collections.abc import Sequence
from uuid import UUID

from cases.casework import CaseFile
from cases.claim_page.overview import own_case
from cases.documents.evidence import DocumentFile, documents_of
from cases.documents.opening import open_document
from cases.documents.tables import DocumentState
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql_value


async def papers_of(actor: Actor) -> Sequence[DocumentFile]:
    """The documents that the debtor may see, newest first: what it sent itself, and what the client shows its debtors."""
    actor.require("claim.read")
    case = await own_case(actor)
    async with with_the_agencys_eyes(actor):
        return await _seen(actor, case)


async def _seen(actor: Actor, case: CaseFile) -> Sequence[DocumentFile]:
    allowed = await sql_value(
        "select debtor_sees from clients where agency_id = $1 and id = $2", actor.agency_id, case.client_id
    )
    kinds = set(filter(None, str(allowed).split(",")))
    return [
        document
        for document in await documents_of(actor, case)
        if document.state is DocumentState.RELEASED and (document.from_debtor or document.kind in kinds)
    ]


async def open_paper(actor: Actor, document_id: UUID) -> str:
    """A link to a document that lives a minute, written into the access log.

    Raises:
        NotFound: there is no such document of the debtor's case, or it is not for its eyes.
    """
    actor.require("claim.read")
    case = await own_case(actor)
    async with with_the_agencys_eyes(actor):
        if all(document.id != document_id for document in await _seen(actor, case)):
            raise NotFound
        return await open_document(actor, document_id)
