"""What columns and cells are called in the lists of the world: `captions.toml` and `words.toml`, looked up."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

_HERE = Path(__file__).parent


def folded(word: str) -> str:
    """A caption without case, accents, blanks and marks: ``Rechnungs-\\nNr.`` is ``rechnungsnr``.

    Signs that alone make the difference are kept: ``< 1 Month`` is not ``1 Month``, ``1-30`` not ``130``.
    """
    spread = unicodedata.normalize("NFKD", word.replace("ß", "ss")).casefold()
    kept = "".join(letter for letter in spread if letter.isalnum() or letter in "<>+#")
    if any(letter.isdigit() for letter in kept):
        kept = re.sub(r"[^\w<>+#-]", "", spread)
    return kept


@cache
def captions() -> Mapping[str, Mapping[str, float]]:
    """By folded caption: what it may mean, and how surely, between 0.6 and 1."""
    meanings: dict[str, dict[str, float]] = {}
    for meaning, languages in _read("captions.toml").items():
        for words in languages.values():
            for place, word in enumerate(words):
                sure = 1 - 0.4 * place / max(len(words), 5)
                known = meanings.setdefault(folded(word), {})
                known[meaning] = max(sure, known.get(meaning, 0))
    return meanings


@lru_cache(maxsize=2048)
def meanings(caption: str) -> Mapping[str, float]:
    """What a caption may mean and how surely; of a caption in two rows or with an addition, what its parts mean."""
    exact = captions().get(folded(caption))
    if exact:
        return exact
    found: dict[str, float] = {}
    for part in re.split(r"[/(（)）:：\n]", caption):
        for meaning, sure in captions().get(folded(part), {}).items():
            found[meaning] = max(found.get(meaning, 0), sure * 0.8)
    return found


@cache
def words(kind: str) -> frozenset[str]:
    """The words of a kind, folded."""
    return frozenset(map(folded, _read("words.toml")[kind]))


@lru_cache(maxsize=8192)
def is_total(cell: str) -> bool:
    """Whether a cell says that its row adds up others: ``Total - Meyer``, ``小 计``. ``Total Energies`` does too."""
    if not cell or cell[0].isdigit() or len(cell) > 200:
        return False
    if folded(cell) in words("total"):
        return True
    start = re.split(r"[\s:：–-]", cell.strip(), maxsplit=1)[0]
    return start != cell.strip() and folded(start) in words("total")


def is_total_of(cell: str, name: str) -> bool:
    """Whether a cell is the total of the group of that name: ``Total - Meyer`` of Meyer."""
    return bool(name) and is_total(cell) and folded(cell).endswith(folded(name)) and folded(cell) != folded(name)


def is_word(cell: str, kind: str) -> bool:
    """Whether a cell is one of the words of a kind."""
    return folded(cell) in words(kind)


def known_share(cells: Iterable[str]) -> tuple[int, int]:
    """How many cells are captions known here, and how many are not empty."""
    filled = [cell for cell in cells if cell.strip()]
    return sum(bool(meanings(cell)) for cell in filled), len(filled)


def _read(name: str) -> dict[str, Mapping[str, list[str]]]:
    with (_HERE / name).open("rb") as file:
        return tomllib.load(file)
