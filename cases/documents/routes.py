"""The documents of a case: listed, and sent straight into storage."""

from typing import Any, BinaryIO, cast
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.casework import CaseFile, load_case
from cases.documents import clearing, examining
from cases.documents.evidence import (
    DocumentFile,
    announce,
    complete,
    documents_of,
    load_document,
    send_through,
    upload_form,
)
from cases.documents.opening import times_opened
from cases.documents.tables import DocumentState
from cases.documents.words import KIND_TEXTS, REFUSALS, SCAN_TEXTS, known_kind
from portal.errors import NotFound, NotNow, Refused
from portal.pages.forms import read_form
from portal.pages.rendering import render, say_again
from portal.pages.text import N_, speaking
from portal.pages.toasts import redirect
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.storage.sniff import ACCEPT, LARGEST_BYTES
from portal.storage.store import StoreAway

PageRequest = Request[Any, Any, Any]
JOBS = (clearing, examining)
"""Imported so that a worker knows their jobs."""
AWAY = NotNow(N_("The file could not be stored. Nothing was kept; please try again in a minute."), field="file")


@get("/cases/{case_id:uuid}/documents", guards=[needs("documents.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """The documents of a case: a part of its page, and a page of their own."""
    return await _show(request, actor, await load_case(actor, case_id))


async def _show(request: PageRequest, actor: Actor, case: CaseFile, refusal: Refused | None = None) -> Response[Any]:
    documents = await documents_of(actor, case)
    return render(
        request,
        "cases/documents/show.html",
        block="part",
        status=refusal.status if refusal else 200,
        case=case,
        documents=documents,
        opened=await times_opened(actor, documents),
        kinds=KIND_TEXTS,
        refusals=REFUSALS,
        scans=SCAN_TEXTS,
        accept=ACCEPT,
        megabytes=LARGEST_BYTES // 1_000_000,
        refusal=refusal,
    )


@post("/cases/{case_id:uuid}/documents/uploads", guards=[needs("documents.submit")])
async def prepare(
    request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]
) -> Response[dict[str, object]]:
    """Announce one file: where and how the browser sends it, or why it is not taken."""
    form = await read_form(request)
    size = form.text("size", limit=20)
    try:
        document = await announce(
            actor, case_id, form.text("name", limit=1000), int(size) if size.isascii() and size.isdigit() else 0
        )
    except Refused as refusal:
        with speaking(actor.language, actor.time_zone):
            return Response({"error": say_again(refusal)}, status_code=422)
    sending = upload_form(document)
    return Response({"id": str(document.id), "url": sending.url, "fields": sending.fields}, status_code=201)


@post("/cases/{case_id:uuid}/documents", guards=[needs("documents.submit")])
async def add(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Look at what was sent: straight into storage (``upload_id``), or, without scripts, with this form (``files``)."""
    case = await load_case(actor, case_id)
    try:
        kind = known_kind((await read_form(request)).text("kind"))
        added = await take_in(request, actor, case, kind)
    except Refused as refusal:
        return await _show(request, actor, case, refusal)
    except StoreAway:
        return await _show(request, actor, case, AWAY)
    return tell_of(request, f"/cases/{case_id}/documents", added)


async def take_in(
    request: PageRequest, actor: Actor, case: CaseFile, kind: str, replaces: UUID | None = None
) -> list[DocumentFile]:
    """Look at the documents that a form names or brings along.

    Raises:
        NotFound: one of them is not of this case.
        Refused: there is none, or one is not taken.
        StoreAway: the storage does not answer.
    """
    given = await request.form()
    ids = [_id(text) for text in given.getall("upload_id", [])]
    files = [file for file in given.getall("files", []) if isinstance(file, UploadFile) and file.filename]
    if not ids and not files:
        raise Refused(N_("Choose a file."), field="file", code="missing")
    if replaces and len(ids) + len(files) > 1:
        raise Refused(N_("Choose one file only."), field="file", code="too_many")
    added = []
    for document_id in ids:
        if (await load_document(actor, document_id)).case_id != case.id:
            raise NotFound
        added.append(await complete(actor, document_id, kind, replaces=replaces))
    for file in files:
        content = cast(BinaryIO, file.file)
        added.append(await send_through(actor, case.id, file.filename, content, kind, replaces))
    return added


def tell_of(request: PageRequest, url: str, added: list[DocumentFile]) -> Response[Any]:
    """Go on to a page that tells what became of the documents."""
    refused = [document for document in added if document.state is DocumentState.REFUSED]
    waiting = [document for document in added if document.state is DocumentState.ARRIVED]
    if refused:
        reason = REFUSALS.get(refused[0].refusal, refused[0].refusal)
        return redirect(
            request, url, N_("“%(name)s” was refused. %(reason)s"), tone="bad", name=refused[0].file_name, reason=reason
        )
    if waiting:
        sentence = N_("“%(name)s” has arrived. It can be opened as soon as it has been looked at.")
        return redirect(request, url, sentence, tone="quiet", name=waiting[0].file_name)
    if len(added) == 1:
        return redirect(request, url, N_("Document added."))
    return redirect(request, url, N_("%(number)s documents added."), number=len(added))


def _id(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise NotFound from None


ROUTES: list[Any] = [show, prepare, add]
