"""Many documents at once: where they are dropped, what a script asks while it sends them, and where they are decided on.

A page without scripts posts the files with its form; with them each file goes straight into storage, by addresses that
are asked for just before it is sent.
"""

import json
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.choices import clients
from cases.documents.folder import clearing, filing, unpack
from cases.documents.folder.batch import (
    BATCH_REFUSALS,
    FIRST,
    KEPT,
    PAGE,
    TABS,
    Batch,
    BatchFile,
    Counts,
    Place,
    State,
    counts_of,
    files_of,
    load_batch,
    load_file,
    open_batch,
    place_of,
    unfinished,
)
from cases.documents.folder.deciding import Decision, Undecided, decide, file_batch
from cases.documents.folder.offering import AT_A_TIME, Offered, offer
from cases.documents.folder.sending import InParts, arrive, drop, part_address, way_for
from cases.documents.routes import AWAY
from cases.documents.words import KIND_TEXTS
from portal.errors import NotFound, Refused
from portal.pages.forms import Form, read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render, say_again
from portal.pages.text import N_, speaking
from portal.pages.toasts import redirect
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.storage import store
from portal.storage.sniff import ACCEPT, LARGEST_BYTES

PageRequest = Request[Any, Any, Any]
JOBS: Final = (clearing, filing, unpack)
"""Imported so that a worker knows their jobs."""


@get("/documents/add", guards=[needs("documents.submit")])
async def new(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Where a folder is dropped, and what was begun and waits."""
    return await _new(request, actor)


async def _new(request: PageRequest, actor: Actor, refusal: Refused | None = None) -> Response[Any]:
    asked = request.query_params
    return render(
        request,
        "cases/documents/add.html",
        status=refusal.status if refusal else 200,
        clients=await clients(actor) if actor.is_staff else [],
        client_id=id_in(asked.get("client")),
        placement_id=id_in(asked.get("placement")),
        waiting=await unfinished(actor),
        accept=ACCEPT,
        megabytes=LARGEST_BYTES // 1_000_000,
        refusal=refusal,
    )


@post("/documents/batches", guards=[needs("documents.submit")])
async def begin(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Begin a batch: a script is told where to go on, a form brings its files along."""
    try:
        form = await read_form(request)
        files = await _files_in(request)
        if not files and not _by_script(request):
            raise Refused(N_("Choose a file."), field="file", code="missing")
        batch = await open_batch(actor, form.id("client"), form.id("placement"))
        await _take_in(actor, batch, files)
    except Refused as refusal:
        return _told(actor, refusal) if _by_script(request) else await _new(request, actor, refusal)
    except store.StoreAway:
        return await _new(request, actor, AWAY)
    url = f"/documents/batches/{batch.id}"
    return Response({"url": url}, status_code=201) if _by_script(request) else redirect(request, url)


@post("/documents/batches/{batch_id:uuid}/add", guards=[needs("documents.submit")])
async def add(request: PageRequest, actor: NamedDependency[Actor], batch_id: FromPath[UUID]) -> Response[Any]:
    """More files for a batch, brought along by a form: for browsers without scripts."""
    batch = await load_batch(actor, batch_id)
    try:
        files = await _files_in(request)
        if not files:
            raise Refused(N_("Choose a file."), field="file", code="missing")
        await _take_in(actor, batch, files)
    except Refused as refusal:
        return await _show(request, actor, batch, refusal)
    except store.StoreAway:
        return await _show(request, actor, batch, AWAY)
    return redirect(request, f"/documents/batches/{batch.id}")


async def _files_in(request: PageRequest) -> list[UploadFile]:
    await read_form(request)
    given = (await request.form()).getall("files", [])
    return [file for file in given if isinstance(file, UploadFile) and file.filename]


async def _take_in(actor: Actor, batch: Batch, files: list[UploadFile]) -> None:
    """Files that came with a form: offered, put where a script would have sent them, and looked at.

    The rows written here are new, and known to nobody who could wait for them while the storage takes its time.
    """
    if not files:
        return
    contents = [cast(BinaryIO, file.file) for file in files]
    sizes = [content.seek(0, 2) for content in contents]
    offered = [Offered(file.filename, size, str(size)) for file, size in zip(files, sizes, strict=True)]
    for one, content in zip(await offer(actor, batch, offered), contents, strict=True):
        if one.state is State.AWAITED:
            file = await load_file(actor, batch.id, one.id)
            content.seek(0)
            await store.put(file.key, content, file.content_type, size_bytes=file.size_bytes)
            await arrive(actor, file)


# What a script asks


def _by_script(request: PageRequest) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _told(actor: Actor, refusal: Refused) -> Response[Any]:
    with speaking(actor.language, actor.time_zone):
        return Response({"error": say_again(refusal), "code": refusal.code}, status_code=422)


@post("/documents/batches/{batch_id:uuid}/files", guards=[needs("documents.submit")])
async def announce(request: PageRequest, actor: NamedDependency[Actor], batch_id: FromPath[UUID]) -> Response[Any]:
    """Which files will come (``files``: a JSON list of path, size and time of change); answers what is known of each."""
    batch = await load_batch(actor, batch_id)
    try:
        expected = await offer(actor, batch, _offered((await read_form(request)).text("files", limit=5_000_000)))
    except Refused as refusal:
        return _told(actor, refusal)
    with speaking(actor.language, actor.time_zone):
        told = [
            {"id": str(one.id), "state": one.state, "error": say_again(BATCH_REFUSALS[one.refusal]) if one.refusal else ""}
            for one in expected
        ]  # fmt: skip
    return Response({"files": told}, status_code=201)


def _offered(text: str) -> list[Offered]:
    try:
        given = json.loads(text)
        files = [Offered(str(path), int(size), f"{int(size)} {int(changed)}") for path, size, changed in given]
    except (ValueError, TypeError, RecursionError, OverflowError):
        raise Refused(N_("The list of files cannot be read."), code="bad_list") from None
    if not 0 < len(files) <= AT_A_TIME:
        raise Refused(N_("The list of files cannot be read."), code="bad_list")
    return files


@post("/documents/batches/{batch_id:uuid}/files/{file_id:uuid}/way", guards=[needs("documents.submit")])
async def way(
    request: PageRequest, actor: NamedDependency[Actor], batch_id: FromPath[UUID], file_id: FromPath[UUID]
) -> Response[Any]:
    """How a file is sent, within a minute: a form; for a large one how many parts, and which are here; or a ``part``."""
    file = await load_file(actor, batch_id, file_id)
    part = (await read_form(request)).text("part", limit=6)
    try:
        if part:
            number = int(part) if part.isascii() and part.isdigit() else 0
            return Response({"url": part_address(actor, file, number)}, status_code=200)
        way = await way_for(actor, file)
    except Refused as refusal:
        return _told(actor, refusal)
    except store.StoreAway:
        return _away(actor)
    if isinstance(way, InParts):
        parts = {"size": way.part_bytes, "count": way.count, "there": way.there}
        return Response({"parts": parts}, status_code=200)
    return Response({"url": way.url, "fields": way.fields}, status_code=200)


def _away(actor: Actor) -> Response[Any]:
    with speaking(actor.language, actor.time_zone):
        return Response({"error": say_again(AWAY)}, status_code=503)


@post("/documents/batches/{batch_id:uuid}/files/{file_id:uuid}/arrived", guards=[needs("documents.submit")])
async def arrived(actor: NamedDependency[Actor], batch_id: FromPath[UUID], file_id: FromPath[UUID]) -> Response[Any]:
    """A file was sent: look whether it is here and whole."""
    try:
        file = await arrive(actor, await load_file(actor, batch_id, file_id))
    except Refused as refusal:
        return _told(actor, refusal)
    except store.StoreAway:
        return _away(actor)
    with speaking(actor.language, actor.time_zone):
        return Response({"state": file.state, "error": str(file.problem) if file.problem else ""}, status_code=200)


# The page of a batch


@get("/documents/batches/{batch_id:uuid}", guards=[needs("documents.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], batch_id: FromPath[UUID]) -> Response[Any]:
    """What has come and what is waited for; each file with its proposed case, its kind, and why."""
    return await _show(request, actor, await load_batch(actor, batch_id))


async def _show(
    request: PageRequest, actor: Actor, batch: Batch, refusal: Refused | None = None, form: Form | None = None
) -> Response[Any]:
    counts = await counts_of(actor, batch)
    tab = request.query_params.get("show", "")
    tab = tab if tab in TABS else _first_tab(counts)
    after = _place(request.query_params.get("after", ""))
    files = await files_of(actor, batch, tab, after, PAGE + 1)
    return render(
        request,
        "cases/documents/batch.html",
        block="content",
        status=refusal.status if refusal else 200,
        batch=batch,
        counts=counts,
        tab=tab,
        tabs={name: counts.of(*states) for name, states in TABS.items()},
        files=files[:PAGE],
        following=_written(place_of(files[PAGE - 1])) if len(files) > PAGE else None,
        kinds=KIND_TEXTS,
        accept=ACCEPT,
        megabytes=LARGEST_BYTES // 1_000_000,
        refusal=refusal,
        kept_days=KEPT.days,
        polled=request.headers.get("HX-Target") == "progress",
        wrong=refusal.wrong if isinstance(refusal, Undecided) else {},
        typed=form.values() if form else {},
        link=narrowed(request, path=f"/documents/batches/{batch.id}"),
    )


def _first_tab(counts: Counts) -> str:
    """What a person should look at first."""
    return next((tab for tab, states in TABS.items() if counts.of(*states)), "arrived")


def _written(place: Place) -> str:
    return f"{place[0]}_{place[1]}"


def _place(text: str) -> Place:
    has_case, _, file_id = text.partition("_")
    found = id_in(file_id)
    return (int(has_case == "1"), found) if found else FIRST


@post("/documents/batches/{batch_id:uuid}/decisions", guards=[needs("documents.submit")])
async def decisions(request: PageRequest, actor: NamedDependency[Actor], batch_id: FromPath[UUID]) -> Response[Any]:
    """Keep what was said of the files shown; then file all whose case is known, if that was pressed."""
    batch = await load_batch(actor, batch_id)
    form = await read_form(request)
    try:
        await decide(actor, batch, _decisions(form))
        if form.flag("file"):
            number = await file_batch(actor, batch.id)
    except Refused as refusal:
        return await _show(request, actor, batch, refusal, form)
    if form.flag("file"):
        url = f"/documents/batches/{batch.id}?show=filed"
        return redirect(request, url, N_("Documents being filed: %(number)s"), number=number)
    return redirect(request, f"/documents/batches/{batch.id}", N_("Saved."))


def _decisions(form: Form) -> dict[UUID, Decision]:
    said = {}
    for name in form.values():
        if name.startswith("kind_"):
            file_id = id_in(name.removeprefix("kind_"))
            if file_id is None:
                raise NotFound
            said[file_id] = Decision(form.text(f"case_{file_id}", limit=200), form.text(name, limit=40))
    return said


@post("/documents/batches/{batch_id:uuid}/files/{file_id:uuid}/drop", guards=[needs("documents.submit")])
async def take_out(
    request: PageRequest, actor: NamedDependency[Actor], batch_id: FromPath[UUID], file_id: FromPath[UUID]
) -> Response[Any]:
    """Take a file out."""
    batch, file = await load_batch(actor, batch_id), await load_file(actor, batch_id, file_id)
    try:
        await drop(actor, file)
    except Refused as refusal:
        return await _show(request, actor, batch, refusal)
    return redirect(request, f"/documents/batches/{batch_id}", N_("“%(name)s” was taken out."), name=_short(file))


def _short(file: BatchFile) -> str:
    return file.name if len(file.name) <= 60 else file.name[:59] + "…"


ROUTES: list[Any] = [new, begin, add, announce, way, arrived, show, decisions, take_out]
