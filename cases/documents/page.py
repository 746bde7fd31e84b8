"""All that is known of one document, gathered for its page."""

from dataclasses import dataclass
from uuid import UUID

from cases.casework import CaseFile, load_case
from cases.documents.evidence import COLUMNS, DocumentFile, document_file, load_document
from cases.documents.opening import Opening, openings_of
from cases.documents.tables import DocumentState
from cases.documents.versions import line_of
from portal.people.actor import Actor
from portal.tenancy.database import sql

VERSIONS = f"""
select {COLUMNS} from documents where agency_id = $1 and id = any($2) order by version_number desc, id desc
"""  # noqa: S608 - names of columns
LASTING = (DocumentState.RELEASED, DocumentState.REMOVED)


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document with its case, its versions, the newest first, and who opened it."""

    document: DocumentFile
    case: CaseFile
    versions: list[DocumentFile]
    openings: list[Opening]

    @property
    def newest(self) -> DocumentFile:
        """The newest version that is kept; the document itself while none is."""
        return next((one for one in self.versions if one.state in LASTING), self.document)


async def gather(actor: Actor, document_id: UUID) -> DocumentPage:
    """A document's page.

    Raises:
        NotFound: there is no such document here.
    """
    document = await load_document(actor, document_id)
    versions = await sql(VERSIONS, actor.agency_id, await line_of(actor, document_id))
    return DocumentPage(
        document,
        await load_case(actor, document.case_id),
        [document_file(row) for row in versions],
        await openings_of(actor, document),
    )
