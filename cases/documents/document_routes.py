"""One document: what is known of it, and what may be done with it."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.documents import holding, retention
from cases.documents.correcting import correct_kind
from cases.documents.opening import open_document
from cases.documents.page import gather
from cases.documents.pictures import CONTENT_TYPE, picture_of
from cases.documents.routes import AWAY, take_in, tell_of
from cases.documents.tables import DocumentState
from cases.documents.words import KIND_TEXTS, REFUSALS, SCAN_TEXTS
from portal.errors import NotFound, Refused
from portal.pages.forms import read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import redirect
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.storage.sniff import ACCEPT, LARGEST_BYTES
from portal.storage.store import StoreAway

PageRequest = Request[Any, Any, Any]
JOBS = (holding, retention)
"""Imported so that a worker knows their jobs."""


@get("/documents/{document_id:uuid}", guards=[needs("documents.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Response[Any]:
    """A document's page; for htmx its state alone, for as long as it waits to be looked at."""
    return await _show(request, actor, document_id)


async def _show(
    request: PageRequest, actor: Actor, document_id: UUID, refusal: Refused | None = None, at: str = ""
) -> Response[Any]:
    """The page; with a refusal, which stands at the form named ``at``."""
    page = await gather(actor, document_id)
    # Whoever watched it being looked at wants the whole page when that is over.
    watched = request.headers.get("HX-Current-URL", "").endswith(f"/documents/{document_id}")
    over = watched and page.document.state is not DocumentState.ARRIVED
    return render(
        request,
        "cases/documents/document.html",
        block="state",
        status=refusal.status if refusal else 200,
        headers={"HX-Refresh": "true"} if over else None,
        page=page,
        document=page.document,
        case=page.case,
        kinds=KIND_TEXTS,
        refusals=REFUSALS,
        scans=SCAN_TEXTS,
        accept=ACCEPT,
        megabytes=LARGEST_BYTES // 1_000_000,
        refusal=refusal,
        at=at,
    )


@get("/documents/{document_id:uuid}/picture", guards=[needs("documents.read")])
async def picture(actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Response[bytes]:
    """The small picture of its first page."""
    try:
        return Response(await picture_of(actor, document_id), media_type=CONTENT_TYPE)
    except StoreAway:
        raise NotFound from None


@post("/documents/{document_id:uuid}/open", guards=[needs("documents.read")])
async def open_(actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Response[Any]:
    """Write the access down and lead to the document itself."""
    link = await open_document(actor, document_id)
    return Response(None, status_code=303, headers={"Location": link})


@post("/documents/{document_id:uuid}/kind", guards=[needs("documents.submit")])
async def say_kind(request: PageRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Response[Any]:
    """Correct what kind of document it is."""
    form = await read_form(request)
    try:
        await correct_kind(actor, document_id, form.text("kind"))
    except Refused as refusal:
        return await _show(request, actor, document_id, refusal, "kind")
    return redirect(request, f"/documents/{document_id}", N_("Saved."))


@post("/documents/{document_id:uuid}/versions", guards=[needs("documents.submit")])
async def replace(request: PageRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Response[Any]:
    """Add a newer version, which has a page of its own."""
    page = await gather(actor, document_id)
    try:
        added = await take_in(request, actor, page.case, page.document.kind, document_id)
    except Refused as refusal:
        return await _show(request, actor, document_id, refusal, "version")
    except StoreAway:
        return await _show(request, actor, document_id, AWAY, "version")
    return tell_of(request, f"/documents/{added[0].id}", added)


@post("/documents/{document_id:uuid}/hold", guards=[needs("documents.hold")])
async def hold(request: PageRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Response[Any]:
    """Put it on legal hold."""
    form = await read_form(request)
    try:
        await holding.hold(actor, document_id, form.text("reason"))
    except Refused as refusal:
        return await _show(request, actor, document_id, refusal, "hold")
    return redirect(request, f"/documents/{document_id}", N_("The document is on legal hold."))


@post("/documents/{document_id:uuid}/hold/lift", guards=[needs("documents.hold")])
async def lift(request: PageRequest, actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Response[Any]:
    """End the legal hold."""
    form = await read_form(request)
    try:
        await holding.lift(actor, document_id, form.text("reason"))
    except Refused as refusal:
        return await _show(request, actor, document_id, refusal, "hold")
    return redirect(request, f"/documents/{document_id}", N_("The legal hold has ended."))


ROUTES: list[Any] = [show, picture, open_, say_kind, replace, hold, lift]
