"""Which encoding a client's file is in, found without holding the file in memory.

The order was tried on real exports: byte order mark, UTF-16 by its noughts, strict UTF-8, GB18030 when it decodes and
looks Chinese, then cp1252. A guess (anything but Unicode) is reported, because only a person sees that a name is wrong.
"""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from cases.intake.issue import FileError, FileFault

UNICODE = frozenset({"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"})

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 64 * 1024
_NOUGHTS_AT_LEAST = 4
_LETTERS_ENOUGH = 5_000
_CHINESE_SHARE = 0.6


def detect_encoding(file: BinaryIO) -> str:
    """The name of the codec that reads the whole file without a fault.

    Leaves the file at its beginning. Raises `FileError` (bad_encoding, naming the row of the first fault).
    """
    file.seek(0)
    start = file.read(_CHUNK)
    marked = next((codec for mark, codec in _MARKS if start.startswith(mark)), None)
    candidates = (marked,) if marked else (*_by_noughts(start), "utf-8", "gb18030", "cp1252")
    faults: list[int] = []
    for codec in candidates:
        fault = _first_fault(file, codec)
        if fault is None and (codec != "gb18030" or _looks_chinese(file)):
            file.seek(0)
            return codec
        if fault is not None:
            faults.append(fault)
    raise FileError(FileFault.BAD_ENCODING, row=max(faults))


def is_wide(start: bytes) -> bool:
    """Whether characters take two bytes or four, by how a file begins."""
    wide = any(start.startswith(mark) for mark, codec in _MARKS if codec != "utf-8-sig")
    return wide or bool(_by_noughts(start))


def _by_noughts(start: bytes) -> tuple[str, ...]:
    """UTF-16 without its mark: delimiters, digits and line ends have a nought as their other byte, and only there."""
    pairs = len(start) // 2
    high, low = start[: pairs * 2 : 2].count(0), start[1 : pairs * 2 : 2].count(0)
    if max(high, low) < max(_NOUGHTS_AT_LEAST, pairs // 8) or min(high, low) * 20 > max(high, low):
        return ()
    return ("utf-16-le",) if low > high else ("utf-16-be",)


def _first_fault(file: BinaryIO, codec: str) -> int | None:
    """The row in which decoding fails, None when it does not."""
    decoder = codecs.getincrementaldecoder(codec)()
    row = 1
    for chunk, last in _chunks(file):
        try:
            row += decoder.decode(chunk, last).count("\n")
        except UnicodeDecodeError as fault:
            return row + bytes(fault.object[: fault.start]).count(b"\n")
    return None


def _looks_chinese(file: BinaryIO) -> bool:
    """Whether most letters beyond ASCII are everyday characters or punctuation of GB 2312.

    Western text read as GB18030 gives rare characters: an umlaut followed by an ASCII letter lies outside GB 2312.
    """
    decoder = codecs.getincrementaldecoder("gb18030")()
    letters: list[str] = []
    for chunk, last in _chunks(file):
        letters += [letter for letter in decoder.decode(chunk, last) if letter > "\x7f"]
        if len(letters) >= _LETTERS_ENOUGH:
            break
    return sum(map(_is_everyday_chinese, letters)) >= _CHINESE_SHARE * len(letters)


def _is_everyday_chinese(letter: str) -> bool:
    code = letter.encode("gb18030")
    # Rows 1-9 of GB 2312 are punctuation and full-width forms, 16-55 the 3,755 most used characters by sound.
    return len(code) == 2 and code[1] >= 0xA1 and (0xA1 <= code[0] <= 0xA9 or 0xB0 <= code[0] <= 0xD7)


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk, False
    yield b"", True
