"""What the name of a file says: which case it may belong to, and what it is evidence of. Pure; nothing is looked up.

People name scans after what they have in hand: ``RE-2024-0007 Lieferschein.pdf``, ``INV1001/contract signed.pdf``,
``发票_INV-1001.jpg``. A name is cut where letters, digits and signs meet; every run of neighbouring pieces, joined in
each of the ways in which references are written, is a word that may be one. The longest word that is exactly a
reference, an invoice or a number of a case of the client says which case is meant.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from cases.documents.words import Kind

JOINS = ("", "-", "/", "_", " ", ".")
"""How the pieces of a reference are held together in the world."""
MOST_PIECES = 16
LONGEST_RUN = 7
LONGEST_JOINED = 5
MOST_WORDS = 2000
"""Of one path: the longest are kept. A name of the usual length has a tenth of it."""
DEEPEST = 4
"""So many folders count; what lies above says no more about one case."""

_PIECE = re.compile(r"[^\W\d_\u2e80-\u9fff\uac00-\ud7ff]+|\d+|[\u2e80-\u9fff\uac00-\ud7ff]+")


def spoken_name(path: str) -> list[str]:
    """The parts of a path that say something, the file's own name first, without its ending, width evened out."""
    *folders, name = unicodedata.normalize("NFKC", path).split("/")
    stem, dot, ending = name.rpartition(".")
    own = stem if dot and len(ending) <= 5 else name
    return [own, *reversed(folders[-DEEPEST:])]


def words_of(path: str) -> list[str]:
    """Every word in a path that could be a reference, the longest first, each in the cases it may be written in."""
    found: dict[str, None] = {}
    for part in spoken_name(path):
        for word in _runs(part):
            for written in (word, word.upper(), word.lower()):
                found.setdefault(written)
    return sorted(found, key=lambda word: -len(word))[:MOST_WORDS]


def _runs(part: str) -> Iterable[str]:
    """A part of a path as it is, and its runs of pieces: as they stand, and joined in each way."""
    yield part.strip()
    pieces = list(_PIECE.finditer(part))[:MOST_PIECES]
    for first in range(len(pieces)):
        for last in range(first, min(first + LONGEST_RUN, len(pieces))):
            run = pieces[first : last + 1]
            if not _may_refer(run):
                continue
            yield part[run[0].start() : run[-1].end()]
            if 1 < len(run) <= LONGEST_JOINED and not any(map(_is_chinese, run)):
                yield from (join.join(piece.group() for piece in run) for join in JOINS)


def _is_chinese(piece: re.Match[str]) -> bool:
    return piece.group()[0] >= "\u2e80"


def _may_refer(run: list[re.Match[str]]) -> bool:
    """A reference has a digit, and more than two signs: ``3`` or ``v2`` would be found anywhere."""
    text = "".join(piece.group() for piece in run)
    return len(text) > 2 and any(letter.isdigit() for letter in text)


@dataclass(frozen=True, slots=True)
class Known:
    """A word that is known of a case: ``by`` is reference, invoice or number."""

    word: str
    by: str
    case_id: UUID
    number: str
    debtor_name: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Match:
    """What a name says: one case, or several of which a person must choose, or none (``found`` empty)."""

    found: tuple[Known, ...] = ()

    @property
    def sure(self) -> Known | None:
        """The one case that is meant."""
        return self.found[0] if len(self.found) == 1 else None


def match(words: Iterable[str], known: Mapping[str, tuple[Known, ...]]) -> Match:
    """The case that the longest known word of a name belongs to; several where that word does not decide.

    Words of the same length that name different cases do not decide either. Of several cases with one invoice number,
    the open ones are meant.
    """
    longest: dict[UUID, Known] = {}
    length = 0
    for word in words:
        if len(word) < length:
            break
        for one in known.get(word, ()):
            longest.setdefault(one.case_id, one)
            length = len(word)
    alive = [one for one in longest.values() if one.is_open]
    return Match(tuple(sorted(alive or longest.values(), key=lambda one: one.number)))


@cache
def _vocabulary() -> tuple[tuple[Kind, tuple[str, ...]], ...]:
    content = tomllib.loads((Path(__file__).parent / "kinds.toml").read_text("utf-8"))
    return tuple((Kind(kind), tuple(words)) for kind, words in content.items())


def kind_of(path: str) -> Kind:
    """What a file is evidence of, by its own name before its folders; other where none of them says."""
    for place, part in enumerate(spoken_name(path)):
        pieces = [piece.group() for piece in _PIECE.finditer(part.casefold())]
        said = f" {' '.join(pieces)} "
        for kind, words in _vocabulary():
            # In a folder's name "INV" or "RE" is how the reference of a case begins.
            if any(_says(word, said) for word in words if place == 0 or len(word) > 3 or word[0] >= "\u2e80"):
                return kind
    return Kind.OTHER


def _says(word: str, said: str) -> bool:
    if word[0] >= "\u2e80":
        return word in said
    return f" {word[:-1]}" in said if word.endswith("…") else f" {word} " in said


LONGEST_PART = 150
LONGEST_PATH = 700


def clean_path(given: str) -> str:
    """A path as it is kept: no drive, no ``..``, nothing that cannot be printed, parts and whole of a bearable length.

    >>> clean_path("..\\\\..\\\\C:\\\\scans\\\\INV-1.pdf")
    'scans/INV-1.pdf'
    """
    parts = [_clean_part(part) for part in given.replace("\\", "/").split("/")]
    kept = [part for part in parts if part and not re.fullmatch(r"\.+|[A-Za-z]:", part)]
    while len(kept) > 1 and sum(map(len, kept)) + len(kept) > LONGEST_PATH:
        kept.pop(0)
    return "/".join(kept) or "document"


def _clean_part(part: str) -> str:
    printable = "".join(letter for letter in part if letter.isprintable()).strip()
    if len(printable) <= LONGEST_PART:
        return printable
    stem, dot, ending = printable.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = printable, "", ""
    return stem[: LONGEST_PART - len(dot + ending)] + dot + ending
