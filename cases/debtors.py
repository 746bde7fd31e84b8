"""Knowing a debtor again: two clients write the same company in two ways, and the agency has one debtor.

What is matched here by itself is only what cannot well be anybody else: the same name, written alike or not, in the
same country and postal code. Anything less certain is for a person to decide.
"""

import re
import unicodedata
from collections.abc import Mapping

# One word for each legal form, however it is written. Müller GmbH and Müller AG are two companies, so that the form is
# part of who somebody is; but "Müller G.m.b.H." is Müller GmbH.
_FORMS: Mapping[str, tuple[str, ...]] = {
    "gmbh": ("gmbh", "gesellschaft mit beschränkter haftung", "gesellschaft mbh", "ges mbh"),
    "gmbh co kg": ("gmbh & co kg", "gmbh und co kg", "gmbh co kg", "gmbh & co"),
    "ag": ("ag", "aktiengesellschaft"),
    "kg": ("kg", "kommanditgesellschaft"),
    "ohg": ("ohg", "offene handelsgesellschaft"),
    "ug": ("ug haftungsbeschränkt", "ug"),
    "ek": ("e k", "ek", "e kfm", "eingetragener kaufmann"),
    "ev": ("e v", "ev"),
    "ltd": ("ltd", "limited"),
    "plc": ("plc", "public limited company"),
    "llp": ("llp",),
    "llc": ("llc", "limited liability company"),
    "inc": ("inc", "incorporated"),
    "corp": ("corp", "corporation"),
    "co": ("co", "company"),
    "co ltd": ("co ltd", "company limited", "co limited"),
    "sa": ("s a", "sa", "société anonyme"),
    "sas": ("s a s", "sas"),
    "sarl": ("s a r l", "sarl", "s à r l", "sàrl"),
    "spa": ("s p a", "spa"),
    "srl": ("s r l", "srl"),
    "bv": ("b v", "bv"),
    "nv": ("n v", "nv"),
    "sl": ("s l", "sl"),
    "ab": ("ab", "aktiebolag"),
    "as": ("a s", "as"),
    "oy": ("oy",),
    "spzoo": ("sp z o o", "sp zoo"),
    "pty ltd": ("pty ltd", "proprietary limited"),
    "pte ltd": ("pte ltd",),
    "有限公司": ("有限公司", "有限责任公司"),
    "股份有限公司": ("股份有限公司", "股份公司"),
}
_DOTS = re.compile(r"(?<=\w)\.(?=\w)")
_MARKS = re.compile(r"[^\w&+]+|_")
_BAR = " | "


def _folded(text: str) -> str:
    """Width, case, composition, punctuation and blanks made alike; 繁 and 简 stay two scripts."""
    return _MARKS.sub(" ", _DOTS.sub("", unicodedata.normalize("NFKC", text).casefold())).strip()


_FORM_OF = {_folded(spelling): form for form, written in _FORMS.items() for spelling in written}


def _alternatives(*, chinese: bool) -> str:
    chosen = [spelling for spelling in _FORM_OF if (spelling[0] > "\u3000") is chinese]
    return "|".join(map(re.escape, sorted(chosen, key=len, reverse=True)))


# In Chinese nothing stands between the name and its form.
_ENDS = re.compile(rf"(?s:(.+?))(?: ({_alternatives(chinese=False)})|({_alternatives(chinese=True)}))")


def match_name(name: str) -> str:
    """The name as debtors are matched by: what is typed differently and means the same comes out the same.

    The legal form stands behind a bar in one spelling, so that a looser comparison can leave it off:
    ``Müller  G.m.b.H.`` gives ``müller | gmbh``. Never empty: a name of signs alone is kept as it is.
    """
    folded = _folded(name)
    if found := _ENDS.fullmatch(folded):
        return found[1].strip() + _BAR + _FORM_OF[found[2] or found[3]]
    return folded or name.strip()
