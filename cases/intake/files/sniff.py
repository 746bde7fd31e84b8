"""What a file is, by its first bytes: people upload whatever the name ends in."""

import re
from typing import BinaryIO

from cases.intake.encoding import is_wide
from cases.intake.issue import FileError, FileFault
from portal.pages.text import N_

_SHEETS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", N_("a spreadsheet (XLSX, ODS) or ZIP archive")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", N_("an old Excel or Word document")),
)
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x05\x06", N_("a ZIP archive")),
    (b"%PDF-", N_("a PDF")),
    (b"\x1f\x8b", N_("a compressed archive")),
    (b"7z\xbc\xaf\x27\x1c", N_("a compressed archive")),
    (b"Rar!\x1a\x07", N_("a compressed archive")),
    (b"\x89PNG", N_("a picture")),
    (b"\xff\xd8\xff", N_("a picture")),
    (b"{\\rtf", N_("a text document")),
    (b"MZ", N_("a program")),
    (b"\x7fELF", N_("a program")),
)
_MARKUP = re.compile(rb"\s*(<\?xml|<!doctype|<html|<table|[{\[]\s*[\"{])", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1e\x7f]")
_CHUNK = 64 * 1024


def is_spreadsheet(file: BinaryIO) -> bool:
    """Whether it begins as spreadsheets do; what is inside, only the child finds out. Raises `FileError` (empty_file)."""
    start = _start(file)
    if not start:
        raise FileError(FileFault.EMPTY_FILE)
    return any(start.startswith(magic) for magic, _ in _SHEETS)


def other_kind(file: BinaryIO) -> str | None:
    """What the file is, a msgid, if it is certainly no text. Leaves it at its beginning."""
    start = _start(file)
    for magic, kind in (*_SHEETS, *_MAGIC):
        if start.startswith(magic) and not (magic == b"MZ" and b"\x00" not in start[:512]):
            return kind
    if _MARKUP.match(start.removeprefix(b"\xef\xbb\xbf")):
        return N_("a web page, XML or JSON")
    # A stray control character is an error of its row; one byte in twenty is no text. In UTF-16 every second is a nought.
    if not is_wide(start) and len(_BINARY.findall(start)) * 20 > len(start):
        return N_("a binary file")
    return None


def _start(file: BinaryIO) -> bytes:
    file.seek(0)
    start = file.read(_CHUNK)
    file.seek(0)
    return start
