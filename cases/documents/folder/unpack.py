"""The job that opens an archive of a batch: each file in it becomes a file of the batch, looked at like any other.

Nothing in an archive is believed. Its directory is checked before anything is read (how many, how large, how dense,
nothing overlapping), then one entry after the other is streamed into quarantine, counted as it goes. An entry that
cannot be taken is refused by its own name and the others go on.
"""

import asyncio
import io
import lzma
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO, Final, cast
from uuid import UUID
from zipfile import BadZipFile, ZipFile, ZipInfo

from cases.documents.folder.batch import BATCH_REFUSALS, ONE_BATCH, Batch, BatchFile, State, batch_file
from cases.documents.folder.clearing import ONE
from cases.documents.folder.offering import Expected, Offered, offer
from cases.documents.folder.sending import settle
from portal.errors import Refused
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.storage import store
from portal.storage.sniff import HEAD_BYTES, LARGEST_BYTES, LARGEST_RATIO, ZIP, file_name, sniff, type_of_name
from portal.tenancy.database import sql_one, transaction

MOST_ENTRIES: Final = 2_000
LARGEST_DIRECTORY: Final = 4_000_000
"""Bytes of the list of entries."""
LARGEST_TOTAL: Final = 1_000_000_000
"""Of all that lies in one archive, unpacked."""
NESTED: Final = (*ZIP.endings, ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".cab")
OF_SYSTEMS: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
UNREADABLE: Final = (BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError, OSError)
"""What reading a broken or strange entry raises."""


@job("folders.unpack")
async def unpack(payload: Payload) -> None:
    """Open an archive; begun anew after a kill, it goes on with what is not there yet."""
    actor, file_id = system(UUID(payload["agency_id"])), UUID(payload["file_id"])
    async with transaction(actor.scope, read_only=True):
        row = await sql_one(ONE, actor.agency_id, file_id)
        if row is None or row["state"] != State.UNPACKING:
            return
        archive = batch_file(row)
        found = await sql_one(ONE_BATCH, actor.agency_id, archive.batch_id)
        assert found is not None
    with tempfile.TemporaryFile() as content:
        sent = await store.stat(archive.key)
        async for piece in store.get(sent.key, sent.version):
            content.write(piece)
        try:
            await _open(actor, Batch(**dict(found)), archive, cast(BinaryIO, content))
            state, refusal = State.UNPACKED, ""
        except Refused as refused:
            state, refusal = State.REFUSED, refused.code
    async with transaction(actor.scope):
        await settle(actor, archive, state, refusal)


async def _open(actor: Actor, batch: Batch, archive: BatchFile, content: BinaryIO) -> None:
    entries = await asyncio.to_thread(lambda: list(listed(content, archive.size_bytes)))
    if not entries:
        raise _refused("empty")
    offered = [Offered(entry.path, entry.info.file_size, f"{archive.id} {entry.number}") for entry in entries]
    async with transaction(actor.scope):
        expected = await offer(actor, batch, offered, unpacked_from=archive.id)
    opened = ZipFile(content)
    for entry, one in zip(entries, expected, strict=True):
        if one.state is State.AWAITED:
            refusal = entry.refusal or await _take_out(actor, opened, entry, one)
            await _settle(actor, one, refusal)


async def _take_out(actor: Actor, archive: ZipFile, entry: "Entry", one: Expected) -> str:
    """Stream one entry into quarantine; gives why it is refused, or nothing."""
    key = store.quarantine_key(actor.agency_id, "documents", one.id)
    try:
        content_type = type_of_name(one.path).content_type
        with archive.open(entry.info) as head:
            sniff(file_name(one.path), await asyncio.to_thread(head.read, HEAD_BYTES))
        with archive.open(entry.info) as whole:
            await store.put(
                key, cast(BinaryIO, Whole(whole, entry.info.file_size)), content_type, size_bytes=entry.info.file_size
            )
    except Refused as refused:
        return refused.code
    except UNREADABLE:
        return "damaged"
    return ""


class Whole(io.RawIOBase):
    """An entry as a stream that must be as long as its directory says; whatever else goes wrong in it is damage too."""

    def __init__(self, entry: IO[bytes], size_bytes: int) -> None:
        super().__init__()
        self.entry, self.left = entry, size_bytes

    def read(self, size: int = -1) -> bytes:
        """The next bytes; their checksum is compared with the last of them."""
        try:
            piece = self.entry.read(size)
        except UNREADABLE as error:
            raise BadZipFile from error
        self.left -= len(piece)
        if not piece and self.left > 0:
            raise BadZipFile
        return piece


ENTRY: Final = ONE + " and f.state = 'awaited'"


async def _settle(actor: Actor, one: Expected, refusal: str) -> None:
    async with transaction(actor.scope):
        row = await sql_one(ENTRY, actor.agency_id, one.id)
        if row is not None:
            await settle(actor, batch_file(row), State.REFUSED if refusal else State.ARRIVED, refusal)


# The directory


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive; ``refusal`` where it cannot be taken whatever it holds."""

    number: int
    path: str
    info: ZipInfo
    refusal: str


def listed(content: BinaryIO, size_bytes: int) -> Iterator[Entry]:
    """The files of an archive that a person put there, once its directory is found bearable.

    Raises:
        Refused: it is no archive, holds too many or too much, or is built to deceive.
    """
    try:
        # Before the directory is read, which would be all in memory.
        end = zipfile._EndRecData(content)  # type: ignore[attr-defined]
        if end is None or end[zipfile._ECD_SIZE] > LARGEST_DIRECTORY:  # type: ignore[attr-defined]
            raise _refused("incomplete" if end is None else "too_many")
        infos = ZipFile(content).infolist()
    except UNREADABLE:
        raise _refused("incomplete") from None
    if len(infos) > MOST_ENTRIES:
        raise _refused("too_many")
    unpacked = sum(info.file_size for info in infos)
    if unpacked > LARGEST_TOTAL or unpacked > LARGEST_RATIO * max(size_bytes, 10_000):
        raise _refused("too_large_unpacked")
    _check_apart(infos, size_bytes)
    for number, info in enumerate(infos):
        path = real_name(info)
        if not info.is_dir() and not any(mark in path for mark in OF_SYSTEMS):
            yield Entry(number, path, info, _refusal(info, path))


def _check_apart(infos: list[ZipInfo], size_bytes: int) -> None:
    """Entries that share their bytes unpack to far more than an archive holds: each must lie behind the one before."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise _refused("overlapping")
        # A header of its own has 30 bytes and a name before the content.
        end = info.header_offset + 30 + info.compress_size
    if end > size_bytes:
        raise _refused("overlapping")


def _refusal(info: ZipInfo, path: str) -> str:
    if info.flag_bits & 0x41:
        return "encrypted"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "link"
    if path.lower().endswith(NESTED):
        return "nested"
    return "too_large" if info.file_size > LARGEST_BYTES else ""


def real_name(info: ZipInfo) -> str:
    """The name of an entry. Where it is not said to be UTF-8 it was read as an old American code page; Windows in China
    writes GBK there, and others UTF-8 all the same.
    """
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or any("\u4e00" <= letter <= "\u9fff" for letter in name):
            return name
    return info.filename


def _refused(code: str) -> Refused:
    return Refused(BATCH_REFUSALS[code], code=code)
