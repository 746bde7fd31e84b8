"""Names made comparable: what is typed differently and means the same is read as the same.

Width, case, accents, punctuation and the word for "and" are no difference. The legal form is taken out of its place and
kept, as are the places, numbers and branches that tell sister companies apart. 繁 and 简 stay two scripts.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from cases.matching import words
from cases.matching.forms import FORMS, IN_FRONT

Kind = Literal["company", "person"]
Script = Literal["latin", "han", "other"]

_DOTS = re.compile(r"(?<=\w)\.(?=\w)")
_MARKS = re.compile(r"[^\w&+]+|_")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[a-zß-ɏ]")
# ue after a vowel or a q is no umlaut: Bauer, Neue, Queen.
_UMLAUT = re.compile(r"(?<![aeiouq])([aou])e")
_LETTERS = str.maketrans({"ø": "o", "æ": "a", "œ": "o", "å": "a", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart.

    ``tokens`` is the core as written, ``plain`` the same without accents (ü = ue = u) in alphabetical order; both
    without form, places, numbers and branch. A Chinese core is one token.
    """

    script: Script
    tokens: tuple[str, ...]
    plain: tuple[str, ...]
    form: str
    places: frozenset[str]
    numbers: tuple[str, ...]
    branch: str
    common: bool

    @property
    def core(self) -> str:
        """The plain core in one line."""
        return " ".join(self.plain)


def folded(text: str) -> str:
    """Width, case, composition, punctuation and blanks made alike."""
    return _MARKS.sub(" ", _DOTS.sub("", unicodedata.normalize("NFKC", text).casefold())).strip()


@lru_cache(maxsize=32768)  # a file's names are made of few words
def plain(text: str) -> str:
    """A folded text without accents, so that ü, ue and u are one."""
    if text.isascii():
        return _UMLAUT.sub(r"\1", text)
    text = unicodedata.normalize("NFD", text.translate(_LETTERS))
    text = unicodedata.normalize("NFC", "".join(sign for sign in text if not unicodedata.combining(sign)))
    return _UMLAUT.sub(r"\1", text)


_FORM_OF = {folded(spelling): form for form, written in FORMS.items() for spelling in written}


def _alternatives(*, joined: bool) -> str:
    chosen = [spelling for spelling in _FORM_OF if (spelling[0] > "\u3000") is joined]
    return "|".join(map(re.escape, sorted(chosen, key=len, reverse=True)))


# In Chinese nothing stands between the name and its form.
_ENDS = re.compile(rf"(?s:(.+?))(?: ({_alternatives(joined=False)})|({_alternatives(joined=True)}))")
_BEGINS = re.compile(
    rf"({'|'.join(re.escape(word) for word in sorted(_FORM_OF, key=len, reverse=True) if _FORM_OF[word] in IN_FRONT)}) ?(.+)"
)
_BRANCH_HAN = re.compile(rf"(.+公司)(.*?)(?:{'|'.join(words.BRANCHES_HAN)})")


def without_form(text: str) -> tuple[str, str]:
    """A folded name without its legal form at the end, and the form in its one spelling (empty: it has none)."""
    if found := _ENDS.fullmatch(text):
        return found[1].strip(), _FORM_OF[found[2] or found[3]]
    return text, ""


@lru_cache(maxsize=4096)
def read_name(text: str, kind: Kind = "company") -> Name:
    """Take a name apart. A name of signs alone has no tokens, and is like no other."""
    name = folded(text)
    script = _script(name)
    if kind == "person":
        return _person(name, script)
    name, branch = _without_branch(name, script)
    core, form = without_form(name)
    if not form and (found := _BEGINS.fullmatch(core)):
        form, core = _FORM_OF[found[1]], found[2]
    return _han(core, form, branch) if script == "han" else _spelled(core, form, branch, script)


def _script(text: str) -> Script:
    if _HAN.search(text):
        return "han"
    return "latin" if _LATIN.search(text) else "other"


def _without_branch(name: str, script: Script) -> tuple[str, str]:
    """The name of the company, and where its branch is: 上海分公司, Niederlassung Hamburg."""
    if script == "han":
        found = _BRANCH_HAN.fullmatch(name.replace(" ", ""))
        return (found[1], _without_places(found[2])[1] or found[2] or "·") if found else (name, "")
    tokens = name.split()
    place = next((place for place, token in enumerate(tokens) if place and plain(token) in words.BRANCHES), 0)
    return (" ".join(tokens[:place]), plain(" ".join(tokens[place + 1 :])) or "·") if place else (name, "")


def _spelled(core: str, form: str, branch: str, script: Script) -> Name:
    tokens = [token for token in core.split() if token not in words.JOINING]
    pairs = [(token, plain(token)) for token in tokens]
    numbers = tuple(sorted(token for token in tokens if _is_number(token)))
    places = frozenset(short for _, short in pairs if short in words.PLACES)
    kept = [(token, short) for token, short in pairs if short not in places and token not in numbers]
    if not kept:  # Berlin GmbH, 4711 GmbH: nothing else is left that names it
        kept, places, numbers = pairs, frozenset(), ()
    return _name(script, kept, form, places, numbers, branch)


def _is_number(token: str) -> bool:
    return token.isdigit() or token in ("ii", "iii", "iv", "vi", "vii", "viii")


def _name(
    script: Script,
    kept: list[tuple[str, str]],
    form: str,
    places: frozenset[str],
    numbers: tuple[str, ...],
    branch: str,
) -> Name:
    short = tuple(sorted(token for _, token in kept))
    common = all(token in words.COMMON or len(token) < 3 for token in short)
    return Name(script, tuple(token for token, _ in kept), short, form, places, numbers, branch, common)


def _han(core: str, form: str, branch: str) -> Name:
    pieces = core.split()
    places = frozenset(piece for piece in pieces[1:] if piece in words.PLACES_HAN)  # 华远贸易（上海）
    joined = "".join(piece for piece in pieces if piece not in places or piece == pieces[0])
    brand, place = _without_places(joined)
    places |= frozenset(place.split())
    brand = brand or joined
    return Name("han", (brand,), (brand,), form, places, (), branch, trade_cut(brand) in words.COMMON_HAN)


def _without_places(text: str) -> tuple[str, str]:
    """A Chinese name without the places it begins with, and the places between blanks: 浙江省杭州市瑞丰 is 瑞丰."""
    places: list[str] = []
    while found := next((place for place in words.PLACES_HAN if text.startswith(place)), None):
        places.append(found.removesuffix("市"))
        text = text[len(found) :]
        if text[:1] in ("省", "市") and len(text) > 1:
            text = text[1:]
    return text, " ".join(places)


def trade_cut(core: str) -> str:
    """The brand of a Chinese core, without its trade: 瑞丰阀门 is 瑞丰."""
    for trade in words.TRADES_HAN:
        if core.endswith(trade) and len(core) > len(trade) + 1:
            return core[: -len(trade)]
    return core


def _person(name: str, script: Script) -> Name:
    if script == "han":
        whole = name.replace(" ", "")
        for title in words.TITLES_HAN:
            whole = whole.removesuffix(title)
        return Name("han", (whole,), (whole,), "", frozenset(), (), "", len(whole) <= 3)
    pairs = [(token, plain(token)) for token in name.split()]
    numbers = tuple(sorted(_generation(short) for _, short in pairs if short in words.GENERATIONS))
    kept = [pair for pair in pairs if pair[1] not in words.TITLES and pair[1] not in words.GENERATIONS]
    return _name(script, kept or pairs, "", frozenset(), numbers, "")


def _generation(word: str) -> str:
    return "junior" if word in ("jr", "jun") else "senior" if word in ("sr", "sen") else word
