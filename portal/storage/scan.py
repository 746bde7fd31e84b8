"""The virus scanner, where there is one: clamd, spoken to by its own protocol.

Content goes there in pieces over TCP or a Unix socket and nothing is shared with it, so that the scanner may run in a
container of its own. No library is used: those on PyPI block, and what is needed of the protocol is one command.

What is clean says so; what the scanner did not look at as a whole is never called clean.
"""

import asyncio
import struct
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO
from urllib.parse import urlsplit

from portal.settings import Settings

CHUNK = 256 * 1024
PATIENCE_SECONDS = 5.0
"""An answer may take so long while a person waits, and a second more for each :data:`BYTES_A_SECOND`."""
LONG_PATIENCE_SECONDS = 150.0
"""In a job: longer than clamd itself takes for one file at most (``MaxScanTime``, two minutes)."""
BYTES_A_SECOND = 4_000_000
LONGEST_SIGNATURE = 100
NOT_ALL_OF_IT = "Heuristics.Limits.Exceeded"
"""So clamd calls what is over its limits, when it is told to say so (``AlertExceedsMax``)."""


class Scan(StrEnum):
    """What the scanner says."""

    NOT_SCANNED = "not_scanned"
    """There is no scanner."""
    CLEAN = "clean"
    INFECTED = "infected"
    AWAY = "away"
    """There is one, and it did not answer yet."""
    TOO_MUCH = "too_much"
    """It is over the scanner's limits, which did not look at all of it."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """The scanner's answer; ``signature`` is its name for what it found."""

    scan: Scan
    signature: str = ""


class ScannerAway(Exception):
    """There is a scanner, and it does not answer, or not in words that we know. Later it may."""


_url: str | None = None


def configure(settings: Settings) -> None:
    """Say where the scanner is, if there is one. Nothing is connected yet."""
    global _url  # noqa: PLW0603 - one scanner a process
    _url = settings.clamd_url


async def scan(content: BinaryIO, size_bytes: int, *, patient: bool = False) -> Scanned:
    """Have the whole of a file looked at, from its beginning; ``patient`` where nobody waits for the answer.

    Raises:
        ScannerAway: a scanner is configured and gives no answer that can be relied on.
    """
    if _url is None:
        return Scanned(Scan.NOT_SCANNED)
    try:
        patience = LONG_PATIENCE_SECONDS if patient else PATIENCE_SECONDS
        async with asyncio.timeout(patience + size_bytes / BYTES_A_SECOND):
            return read_answer(await _ask(_url, content))
    except TimeoutError:
        raise ScannerAway("no answer in time") from None
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise ScannerAway(type(error).__name__) from None


async def _ask(url: str, content: BinaryIO) -> bytes:
    """Send a file and give the answer: ``INSTREAM``, pieces behind their length, an empty one at the end."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        reader, writer = await asyncio.open_unix_connection(parts.path)
    else:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 3310)
    # Listened for from the start: of what is too large it says so in the middle, and hangs up.
    answer = asyncio.ensure_future(reader.readuntil(b"\0"))
    try:
        with suppress(ConnectionError):
            await _send(writer, content, answer)
        return (await answer)[:-1]
    finally:
        answer.cancel()
        writer.close()


async def _send(writer: asyncio.StreamWriter, content: BinaryIO, answer: asyncio.Future[bytes]) -> None:
    writer.write(b"zINSTREAM\0")
    content.seek(0)
    while not answer.done() and (piece := await asyncio.to_thread(content.read, CHUNK)):
        writer.write(struct.pack(">I", len(piece)) + piece)
        await writer.drain()
    writer.write(struct.pack(">I", 0))
    await writer.drain()


def read_answer(answer: bytes) -> Scanned:
    """What one line of clamd means.

    Raises:
        ScannerAway: it means nothing that says whether the file is clean.
    """
    text = answer.decode("utf-8", errors="replace").strip()
    if text == "stream: OK":
        return Scanned(Scan.CLEAN)
    if text.startswith("stream: ") and text.endswith(" FOUND"):
        name = "".join(c for c in text[len("stream: ") : -len(" FOUND")] if c.isprintable())[:LONGEST_SIGNATURE]
        return Scanned(Scan.TOO_MUCH if name.startswith(NOT_ALL_OF_IT) else Scan.INFECTED, name)
    if text.startswith("INSTREAM size limit exceeded"):
        return Scanned(Scan.TOO_MUCH)
    raise ScannerAway("an answer that means nothing")
