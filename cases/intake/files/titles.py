"""The currency of a file that has no column for it: in its titles, its captions, or as a sign beside its amounts."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from cases.intake.proposals import propose_currency
from portal.money import is_currency

_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD"}
"""What a sign most likely means; ``¥`` is two currencies, and so not among them."""

_WORDS_TOO = frozenset({"ALL", "TOP", "CUP", "MOP", "TRY"})
"""Codes that are words of titles."""

_WORD = re.compile(r"[^\W\d_]{2,}")


def currency_in(above: Iterable[Sequence[str]], amounts: Iterable[str], columns: Iterable[str]) -> tuple[str, str]:
    """The ISO code and the text that says so; empty when there is none."""
    for text in (*(cell for row in above for cell in row), *columns):
        for word in _WORD.findall(unicodedata.normalize("NFKC", text)):
            code = (
                word
                if is_currency(word) and word not in _WORDS_TOO
                else propose_currency(word)
                if not word.isascii()
                else None
            )
            if code:
                return code, text.strip()
    for text in amounts:
        for sign, code in _SIGNS.items():
            if sign in text:
                return code, text.strip()
    return "", ""
