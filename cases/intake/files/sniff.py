"""What a file is, by its first bytes: people upload whatever the name ends in."""

import re
from typing import BinaryIO

from cases.intake.issue import FileError, FileFault
from portal.pages.text import N_

_SHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
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
_BINARY = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1e\x7f]")
_CHUNK = 64 * 1024


def is_spreadsheet(file: BinaryIO) -> bool:
    """Whether it begins as spreadsheets do; what is inside, only the child finds out. Raises `FileError` (empty_file)."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if not start:
        raise FileError(FileFault.EMPTY_FILE)
    return start.startswith(_SHEETS)


def refuse_other_kinds(file: BinaryIO) -> None:
    """Says what the file is, if it is certainly no text. Raises `FileError` (not_a_table)."""
    file.seek(0)
    start = file.read(_CHUNK)
    file.seek(0)
    for magic, kind in _MAGIC:
        if start.startswith(magic) and not (magic == b"MZ" and b"\x00" not in start[:512]):
            raise FileError(FileFault.NOT_A_TABLE, kind=kind)
    if _MARKUP.match(start.removeprefix(b"\xef\xbb\xbf")):
        raise FileError(FileFault.NOT_A_TABLE, kind=N_("a web page, XML or JSON"))
    # A stray control character is an error of its row; one byte in twenty is no text. Noughts are judged as UTF-16.
    if len(_BINARY.findall(start)) * 20 > len(start):
        raise FileError(FileFault.NOT_A_TABLE, kind=N_("a binary file"))
