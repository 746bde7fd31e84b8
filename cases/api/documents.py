"""Documents from systems: announced, sent straight into storage, completed."""

import json
from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.api.placements import storage_away
from cases.documents.evidence import DocumentFile, announce, complete, upload_form
from cases.documents.words import REFUSALS
from portal.api.idempotency import Answer, once
from portal.pages.faults import problem
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.storage.store import StoreAway

ApiRequest = Request[Any, Any, Any]


@post("/cases/{case_id:uuid}/documents", guards=[needs("documents.submit")], status_code=201)
async def prepare(request: ApiRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Answer:
    """Announce a document of a case; the answer says where and how it is sent, within a minute."""
    body = await request.body()
    return await once(request, actor, body, lambda: _prepare(actor, case_id, body))


async def _prepare(actor: Actor, case_id: UUID, body: bytes) -> Answer:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return problem(400, "Not JSON", code="bad_json")
    if not isinstance(given, dict) or not isinstance(given.get("name"), str) or not _is_size(given.get("size")):
        return problem(422, "Refused", code="bad_payload", detail="name is a text, size a whole number of bytes.")
    document = await announce(actor, case_id, given["name"][:1000], given["size"], str(given.get("kind") or ""))
    form = upload_form(document)
    upload = {"url": form.url, "fields": form.fields, "expires_at": form.expires_at.isoformat()}
    return Response({"id": str(document.id), "state": document.state, "upload": upload}, status_code=201)


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**40


@post("/documents/{document_id:uuid}/complete", guards=[needs("documents.submit")], status_code=200)
async def finish(request: ApiRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Answer:
    """Have what was sent looked at; the answer says whether it was released or refused."""
    body = await request.body()
    return await once(request, actor, body, lambda: _finish(actor, document_id))


async def _finish(actor: Actor, document_id: UUID) -> Answer:
    try:
        return Response(_as_json(await complete(actor, document_id)), status_code=200)
    except StoreAway:
        return storage_away()


def _as_json(document: DocumentFile) -> dict[str, object]:
    return {
        "id": str(document.id),
        "case_id": str(document.case_id),
        "name": document.file_name,
        "kind": document.kind,
        "state": document.state,
        "scan": document.scan,
        "size": document.size_bytes,
        "sha256": document.sha256.hex() if document.sha256 else None,
        "refusal": {"code": document.refusal, "message": REFUSALS.get(document.refusal, "")}
        if document.refusal
        else None,
    }
