"""What a file really is, from its first bytes: its name and what a browser said of it prove nothing.

Evidence comes as PDF, picture, office document, table, plain text or mail. What could run or be shown as a page
(HTML, SVG, scripts, programs) is refused, and so is a file whose name says one thing and whose content another.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from portal.errors import Refused
from portal.pages.text import N_

HEAD_BYTES = 65536
"""So much of the beginning is enough to tell."""
LARGEST_BYTES = 500_000_000
"""The largest document. Large ones are sent in parts; what comes with a form of ours is at most 25 MB."""
LARGEST_UNPACKED = 500_000_000
LARGEST_RATIO = 200
MOST_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that is taken: how its names end, and the type it is stored under."""

    name: str
    content_type: str
    endings: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument."
PDF = FileType("pdf", "application/pdf", (".pdf",))
PNG = FileType("png", "image/png", (".png",))
JPEG = FileType("jpeg", "image/jpeg", (".jpg", ".jpeg"))
TIFF = FileType("tiff", "image/tiff", (".tif", ".tiff"))
DOCX = FileType("docx", _OFFICE + "wordprocessingml.document", (".docx",))
XLSX = FileType("xlsx", _OFFICE + "spreadsheetml.sheet", (".xlsx",))
ZIP = FileType("zip", "application/zip", (".zip",))
TEXT = FileType("txt", "text/plain", (".txt",))
CSV = FileType("csv", "text/csv", (".csv",))
EML = FileType("eml", "message/rfc822", (".eml",))

TAKEN = (PDF, PNG, JPEG, TIFF, DOCX, XLSX, ZIP, TEXT, CSV, EML)
PLAIN = (TEXT, CSV, EML)
ACCEPT = ",".join(ending for kind in TAKEN for ending in kind.endings)
"""For the file field of a form."""

# A PDF may have up to a kilobyte before its mark, but then it may be something else as well: only at the start.
MAGIC: tuple[tuple[bytes, FileType], ...] = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"PK\x03\x04", ZIP),
)
RUNS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xd0\xcf\x11\xe0")
"""Programs, scripts, and the old office format whose macros run."""
MARKUP = re.compile(
    rb"<\s*(!doctype\s+html|html|head|body|script|iframe|svg|object|embed|xml:|\?xml|\?php|%@|meta\s|link\s|img\s|a\s+href)",
    re.IGNORECASE,
)
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*:[ \t]")


def file_name(given: str) -> str:
    """A name as it is kept: the last part of a path, printable, at most 150 characters, its ending unharmed."""
    last = "".join(c for c in given.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip(" .")
    stem, dot, ending = last.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = last, "", ""
    return (stem[: 150 - len(dot + ending)] + dot + ending) or "document"


def type_of_name(name: str) -> FileType:
    """The type a file's name promises: asked before it is sent.

    Raises:
        Refused: files with this ending are not taken.
    """
    ending = PurePosixPath(name.lower()).suffix
    for kind in TAKEN:
        if ending in kind.endings:
            return kind
    raise Refused(
        N_(
            "Files of this kind are not accepted. Send a PDF, a picture, a Word or Excel document, a text, a mail or a ZIP."
        ),
        field="file",
        code="type_not_accepted",
    )


def check_size(size_bytes: int, largest: int = LARGEST_BYTES) -> None:
    """Whether a size may be sent.

    Raises:
        Refused: nothing, or too much.
    """
    if size_bytes <= 0:
        raise Refused(N_("The file is empty."), field="file", code="empty")
    if size_bytes > largest:
        raise Refused(
            N_("The file is too large: at most %(megabytes)s MB."),
            field="file",
            code="too_large",
            megabytes=largest // 1_000_000,
        )


def sniff(name: str, head: bytes) -> FileType:
    """What a file is, by its first bytes (:data:`HEAD_BYTES` of them, or all), when that is what its name says.

    Raises:
        Refused: it is of no kind that is taken, or its name says another.
    """
    promised = type_of_name(name)
    found = _found(promised, head)
    if found is None:
        raise Refused(
            N_("This file could run or be shown as a web page, and is not accepted."), field="file", code="unsafe"
        )
    if found not in _readings(promised):
        raise Refused(
            N_("The file's name says %(promised)s, but its content is not."),
            field="file",
            code="content_differs",
            promised=promised.name.upper(),
        )
    return promised


def _readings(promised: FileType) -> tuple[FileType, ...]:
    """What the first bytes of a promised type look like: office documents are ZIP files."""
    return (ZIP,) if promised in (DOCX, XLSX) else (promised,)


def _found(promised: FileType, head: bytes) -> FileType | None:
    """The type of some bytes; None when they are unsafe. What is plain text is read as what it promised to be."""
    for mark, kind in MAGIC:
        if head.startswith(mark):
            return kind
    if head.startswith(RUNS):
        return None
    text = _as_text(head)
    if text is None:
        return FileType("unknown", "", ())
    # A mail may carry HTML in its parts, where it is text; anywhere else a page would be shown as one.
    if promised is EML:
        return EML if HEADER.match(text) else TEXT
    if MARKUP.search(text.encode()[:4096]):
        return None
    return promised if promised in PLAIN else TEXT


def _as_text(head: bytes) -> str | None:
    """The bytes as text, in any of the encodings that exports come in; None when they are not text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    elif b"\x00" in head:
        return None
    else:
        text = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace")
    control = sum(1 for c in text if ord(c) < 32 and c not in "\t\r\n\f\x1a")
    return None if control > len(text) // 100 else text


def check_whole(kind: FileType, content: BinaryIO, size_bytes: int) -> None:
    """What only the whole of a file tells: an office document is one, and nothing unpacks to more than is bearable.

    Raises:
        Refused: it is not what it says, or it is a bomb.
    """
    if kind in (DOCX, XLSX, ZIP):
        _check_archive(kind, content, size_bytes)
    ends = ENDS.get(kind.name)
    if ends is not None and not ends(_end(content, size_bytes)):
        raise Refused(N_("The file is not complete."), field="file", code="incomplete")


ENDS: dict[str, Callable[[bytes], bool]] = {
    "pdf": lambda end: b"%%EOF" in end[-2048:],
    "png": lambda end: b"IEND" in end[-64:],
    "jpeg": lambda end: b"\xff\xd9" in end,
}


def _end(content: BinaryIO, size_bytes: int) -> bytes:
    content.seek(max(size_bytes - HEAD_BYTES, 0))
    return content.read(HEAD_BYTES)


def _check_archive(kind: FileType, content: BinaryIO, size_bytes: int) -> None:
    try:
        with ZipFile(content) as archive:
            entries = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError):
        raise Refused(N_("The file is not complete."), field="file", code="incomplete") from None
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > LARGEST_UNPACKED or unpacked > LARGEST_RATIO * max(size_bytes, 10_000):
        raise Refused(N_("The file unpacks to more than is accepted."), field="file", code="too_large_unpacked")
    names = {entry.filename for entry in entries}
    if any("vbaProject" in name for name in names):
        raise Refused(N_("Documents with macros are not accepted."), field="file", code="macros")
    main = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}.get(kind.name)
    if main is not None and ("[Content_Types].xml" not in names or main not in names):
        raise Refused(
            N_("The file's name says %(promised)s, but its content is not."),
            field="file",
            code="content_differs",
            promised=kind.name.upper(),
        )
