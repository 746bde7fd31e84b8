"""A small picture of a document's first page, so that a list of scans can be told apart without opening any.

Drawn after the release by a confined process (`picture_child`) from the version that was released. What cannot be
drawn simply has none: a document is as good without. Seeing the picture is not opening the document, as nothing can
be read in it, and is not written down.
"""

import asyncio
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import BinaryIO
from uuid import UUID

from cases.documents.evidence import load_document
from cases.documents.tables import DocumentState
from portal.confined.start import start
from portal.errors import NotFound
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.storage import store
from portal.tenancy.database import sql, transaction, without_connection

LONGEST_SIDE = 320
LARGEST_BYTES = 200_000
"""A picture of that size takes a tenth of it."""
CONTENT_TYPE = "image/webp"
MB = 1024 * 1024
LIMITS = {"longest": LONGEST_SIDE, "pixels": 60_000_000, "memory_bytes": 768 * MB, "cpu_seconds": 20}
"""Sixty million pixels are a coloured page at 700 dots an inch; unpacked they take 240 MB."""
PATIENCE_SECONDS = 60
DRAWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/tiff"})

_slots = asyncio.Semaphore(2)
"""A worker draws so many at once: each may take all the memory of its limit."""
_CHILD = Path(__file__).with_name("picture_child.py")


def picture_key(agency_id: UUID, document_id: UUID) -> str:
    """Where the picture of a document lies."""
    return store.key_of(agency_id, "pictures", document_id)


@job("documents.draw")
async def draw_first_page(payload: Payload) -> None:
    """Draw a released document's first page. Done twice, the later picture is shown."""
    actor, document_id = system(UUID(payload["agency_id"])), UUID(payload["document_id"])
    async with transaction(actor.scope, read_only=True):
        document = await load_document(actor, document_id)
    if document.state is not DocumentState.RELEASED or document.picture or document.version_id is None:
        return
    if document.content_type not in DRAWN:
        return
    async with _slots:
        picture = await _draw(document.object_key, document.version_id, pdf=document.content_type == "application/pdf")
    if picture is None:
        return
    kept = await store.put(picture_key(actor.agency_id, document_id), picture, CONTENT_TYPE)
    async with transaction(actor.scope):
        shown = "update documents set picture = $3 where agency_id = $1 and id = $2 and state = 'released'"
        await sql(shown, actor.agency_id, document_id, kept.version)


async def _draw(key: str, version: str, *, pdf: bool) -> bytes | None:
    with TemporaryFile() as content:
        async for piece in store.get(key, version):
            content.write(piece)
        return await asyncio.to_thread(first_page, content, pdf=pdf)


def first_page(content: BinaryIO, *, pdf: bool) -> bytes | None:
    """A small WebP of the first page; None when it cannot be drawn within the limits."""
    child = start(_CHILD, {**LIMITS, "pdf": pdf}, content)
    too_long = Timer(PATIENCE_SECONDS, child.kill)
    too_long.start()
    try:
        assert child.stdout is not None
        drawn = child.stdout.read(LARGEST_BYTES + 1)
        if len(drawn) > LARGEST_BYTES or child.wait() != 0:
            return None
    finally:
        too_long.cancel()
        child.kill()
        child.communicate()
    # What a confined process says is looked at like anything else that came from outside.
    return drawn if drawn.startswith(b"RIFF") and drawn[8:12] == b"WEBP" else None


async def picture_of(actor: Actor, document_id: UUID) -> bytes:
    """The picture of a document's first page.

    Raises:
        NotFound: there is no such document here, or it has none.
    """
    document = await load_document(actor, document_id)
    if not document.picture:
        raise NotFound
    try:
        async with without_connection():
            return await store.read(picture_key(actor.agency_id, document_id), document.picture)
    except store.NotStored:
        raise NotFound from None
