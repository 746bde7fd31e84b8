"""Documents from systems: announced, sent straight into storage, completed."""

from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.api.given import ApiRequest, Given, id_in, once_given
from cases.api.placements import storage_away
from cases.documents.evidence import DocumentFile, announce, complete, upload_form
from cases.documents.words import REFUSALS
from portal.api.idempotency import Answer
from portal.pages.faults import problem
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.storage.store import StoreAway


@post("/cases/{case_id:uuid}/documents", guards=[needs("documents.submit")], status_code=201)
async def prepare(request: ApiRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Answer:
    """Announce a document of a case; the answer says where and how it is sent, within a minute."""
    return await once_given(request, actor, lambda given: _prepare(actor, case_id, given))


async def _prepare(actor: Actor, case_id: UUID, given: Given) -> Answer:
    name, size = given.get("name"), given.get("size")
    if not isinstance(name, str) or not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 2**40:
        return problem(422, "Refused", code="bad_payload", detail="name is a text, size a whole number of bytes.")
    document = await announce(actor, case_id, name[:1000], size, str(given.get("kind") or ""))
    form = upload_form(document)
    upload = {"url": form.url, "fields": form.fields, "expires_at": form.expires_at.isoformat()}
    return Response({"id": str(document.id), "state": document.state, "upload": upload}, status_code=201)


@post("/documents/{document_id:uuid}/complete", guards=[needs("documents.submit")], status_code=200)
async def finish(request: ApiRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Answer:
    """Have what was sent looked at; the answer says whether it was released or refused.

    With ``replaces`` it becomes the newest version of that document.
    """
    return await once_given(request, actor, lambda given: _finish(actor, document_id, given))


async def _finish(actor: Actor, document_id: UUID, given: Given) -> Answer:
    try:
        document = await complete(actor, document_id, replaces=id_in(given, "replaces"))
        return Response(_as_json(document), status_code=200)
    except StoreAway:
        return storage_away()


def _as_json(document: DocumentFile) -> dict[str, object]:
    return {
        "id": str(document.id),
        "case_id": str(document.case_id),
        "name": document.file_name,
        "kind": document.kind,
        "state": document.state,
        "version": document.version_number,
        "replaces": str(document.replaces_id) if document.replaces_id else None,
        "scan": document.scan,
        "size": document.size_bytes,
        "sha256": document.sha256.hex() if document.sha256 else None,
        "refusal": {"code": document.refusal, "message": REFUSALS.get(document.refusal, "")}
        if document.refusal
        else None,
    }
