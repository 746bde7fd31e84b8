"""Looking at what was sent: one exact version, read once and whole, with as little memory as a small file takes.

On its way into a temporary file it is hashed; there its type is told from its content, archives are looked into, and
the virus scanner sees it. What passes is copied, the very version that was looked at, to where documents stay.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO
from uuid import UUID

from portal.errors import Refused
from portal.storage import store
from portal.storage.scan import Scan, scan
from portal.storage.sniff import HEAD_BYTES, check_size, check_whole, sniff

AT_ONCE_BYTES = 16_000_000
"""Up to this size a file is looked at while the sender waits; a larger one by a job."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What was sent, as it was announced."""

    agency_id: UUID
    document_id: UUID
    object_key: str
    file_name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: the copy that stays, or the code of why there is none."""

    sha256: bytes | None = None
    kept: store.Stored | None = None
    scan: Scan = Scan.NOT_SCANNED
    signature: str = ""
    refusal: str = ""


async def examine(upload: Upload, *, patient: bool = False) -> Found:
    """Look at an upload. Holds no row locked, and may take a while; in a job it is ``patient`` with the scanner.

    Raises:
        NotStored: it has not arrived.
        StoreAway: the storage does not answer.
        ScannerAway: there is a scanner, and it does not answer: nothing is let past it.
    """
    sent = await store.stat(upload.object_key)
    if sent.size_bytes != upload.size_bytes:
        return Found(refusal="size_differs")
    with TemporaryFile() as content:
        digest = await _take(sent, content)
        try:
            check_size(sent.size_bytes)
            kind = await asyncio.to_thread(_told, upload, content)
        except Refused as refused:
            return Found(digest, refusal=refused.code)
        scanned = await scan(content, sent.size_bytes, patient=patient)
    if scanned.scan in (Scan.INFECTED, Scan.TOO_MUCH):
        code = "infected" if scanned.scan is Scan.INFECTED else "too_much_to_scan"
        return Found(digest, None, scanned.scan, scanned.signature, code)
    key = store.key_of(upload.agency_id, "documents", upload.document_id)
    return Found(digest, await store.copy(sent.key, sent.version, key, kind), scanned.scan)


async def _take(sent: store.Stored, content: BinaryIO) -> bytes:
    """Write a version to a file; its digest."""
    digest = hashlib.sha256()
    async for piece in store.get(sent.key, sent.version):
        digest.update(piece)
        content.write(piece)
    return digest.digest()


def _told(upload: Upload, content: BinaryIO) -> str:
    """The type that the whole content tells. Raises Refused."""
    content.seek(0)
    kind = sniff(upload.file_name, content.read(HEAD_BYTES))
    check_whole(kind, content, upload.size_bytes)
    return kind.content_type
