"""What a value that cannot be accepted probably means: offered only where one reading is possible.

A proposal is never applied by itself. `1.280` in EUR may be a thousand or a little over one, `03/04/2026` a day in
March or in April: nothing is proposed for them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from portal.money import CURRENCIES, BadAmount, exponent, parse_amount
from portal.pages.text import in_chinese

_LOCALES = ("en", "de", "fr", "nl", "zh_Hans")
_NO_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
"""Two-letter codes of CLDR that are no countries of ISO 3166: unions, dependencies without a code, placeholders."""

COUNTRIES = frozenset(
    str(code)
    for code in Locale("en").territories
    if len(str(code)) == 2 and str(code).isalpha() and code not in _NO_COUNTRIES
)
"""ISO 3166 alpha-2, and XK for Kosovo, which has none but owes money all the same."""


def country_names() -> list[tuple[str, str]]:
    """Every country's code and its name in the language being spoken, by name."""
    places = Locale.parse("zh_Hans" if in_chinese() else "en").territories
    return sorted(((code, str(places.get(code, code))) for code in COUNTRIES), key=lambda place: place[1])


_COUNTRY_WORDS = {
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "greatbritain": "GB",
    "holland": "NL",
    "america": "US",
    "usofa": "US",
    "czechrepublic": "CZ",
    "turkey": "TR",
    "prc": "CN",
    "中国大陆": "CN",
    "香港": "HK",
    "澳门": "MO",
}
_CURRENCY_WORDS = {
    "rmb": "CNY",
    "cnh": "CNY",
    "yuan": "CNY",
    "元": "CNY",
    "€": "EUR",
    "euros": "EUR",
    "£": "GBP",
    "ukp": "GBP",
    "stg": "GBP",
    "us$": "USD",
    "usdollars": "USD",
    "美金": "USD",
    "港币": "HKD",
    "日币": "JPY",
    "台币": "TWD",
    "加币": "CAD",
    "澳币": "AUD",
    "澳门币": "MOP",
    "新币": "SGD",
}

_MONTHS = {number: str(month).casefold() for number, month in Locale("en").months["format"]["wide"].items()}
_TIME = r"(?:[T ]\d{1,2}:\d{2}.*)?"
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?" + _TIME, re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})" + _TIME, re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})" + _TIME, re.ASCII)
_DAY_WORD = re.compile(r"(\d{1,2})[. -]{1,2}([a-z]{3,9})[., -]{1,2}(\d{4})", re.ASCII)
_WORD_DAY = re.compile(r"([a-z]{3,9})[. ]{1,2}(\d{1,2}),? (\d{4})", re.ASCII)


def propose_date(text: str) -> date | None:
    """The one day that a date in another notation can mean."""
    written = unicodedata.normalize("NFKC", text).strip().casefold().replace("t", "T")
    if match := _YEAR_FIRST.fullmatch(written) or _COMPACT.fullmatch(written):
        return _day(match[1], match[2], match[3])
    if match := _DOTTED.fullmatch(written):  # with full stops the day always comes first
        return _day(match[3], match[2], match[1])
    if match := _SLASHED.fullmatch(written):
        meanings = {_day(match[3], match[2], match[1]), _day(match[3], match[1], match[2])} - {None}
        return meanings.pop() if len(meanings) == 1 else None
    words = written.replace("T", "t")
    if match := _DAY_WORD.fullmatch(words):
        return _day(match[3], _month(match[2]), match[1])
    if match := _WORD_DAY.fullmatch(words):
        return _day(match[3], _month(match[1]), match[2])
    return None


def _month(name: str) -> int:
    """The number of an English month, by its name or the start of it; 0 for any other word."""
    return next((number for number, month in _MONTHS.items() if month.startswith(name)), 0)


def _day(year: str, month: str | int, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


_GROUPED = re.compile(
    r"\d{1,3}(?:(?P<mark>[,. '’])\d{3})(?:(?P=mark)\d{3})*(?:(?P<point>[.,])(?P<rest>\d+))?", re.ASCII
)
_COMMA = re.compile(r"(\d+)[,.](\d+)", re.ASCII)


def propose_amount(text: str, currency: str) -> str | None:
    """Plain decimal notation of an amount with separators, brackets, a minus behind or the currency beside it."""
    written = unicodedata.normalize("NFKC", text).strip()
    for mark in (currency, currency.lower(), "€", "£", "$", "¥"):
        written = written.removeprefix(mark).removesuffix(mark).strip()
    negative = written.startswith(("-", "(", "−")) or written.endswith("-")
    number = written.strip("-−()").strip()
    plain = _ungrouped(number, currency)
    if plain is None:
        return None
    proposal = f"-{plain}" if negative else plain
    try:
        parse_amount(proposal, currency)
    except BadAmount:
        return None
    return proposal


def _ungrouped(number: str, currency: str) -> str | None:
    digits = exponent(currency)
    if (match := _GROUPED.fullmatch(number)) and match["point"] != match["mark"]:
        marks = sum(not letter.isdigit() for letter in number)
        if match["mark"] in ",." and marks == 1:  # 1,280: a thousand or a little over one
            return None
        whole = re.sub(r"\D", "", number[: match.start("point")] if match["point"] else number)
        return _with_decimals(whole, match["rest"] or "", digits)
    if (match := _COMMA.fullmatch(number)) and len(match[2]) != 3:
        return _with_decimals(match[1], match[2], digits)
    return number if number.isascii() and number.isdigit() else None


def _with_decimals(whole: str, decimals: str, digits: int) -> str:
    """Noughts beyond the decimals of the currency say nothing and are dropped."""
    kept = decimals[:digits] + decimals[digits:].rstrip("0")
    return f"{whole}.{kept}" if kept else whole


def propose_currency(text: str) -> str | None:
    """The ISO 4217 code of a currency written as a name, sign or nickname: RMB is CNY. ``$`` and ``¥`` are many."""
    return _currency_words().get(_folded(text))


def propose_country(text: str) -> str | None:
    """The ISO 3166 code of a country written as a name, in three letters or in an older code: Italien is IT."""
    code = text.strip().upper()
    alias = get_global("territory_aliases").get(code, [])
    if len(alias) == 1 and alias[0] in COUNTRIES and code.isalpha():
        return str(alias[0])
    return _country_words().get(_folded(text))


@lru_cache(maxsize=1)
def _country_words() -> Mapping[str, str]:
    names = ((name, code) for locale in _LOCALES for code, name in Locale.parse(locale).territories.items())
    return _unambiguous((name, code) for name, code in names if code in COUNTRIES) | _COUNTRY_WORDS


@lru_cache(maxsize=1)
def _currency_words() -> Mapping[str, str]:
    names = ((name, code) for locale in _LOCALES for code, name in Locale.parse(locale).currencies.items())
    return _unambiguous((name, code) for name, code in names if code in CURRENCIES) | _CURRENCY_WORDS


def _unambiguous(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    meanings: dict[str, set[str]] = {}
    for name, code in names:
        meanings.setdefault(_folded(name), set()).add(code)
    return {name: codes.pop() for name, codes in meanings.items() if len(codes) == 1}


def _folded(word: str) -> str:
    """A word without case, accents, blanks and punctuation, currency signs kept."""
    spread = unicodedata.normalize("NFKD", word).casefold()
    return "".join(letter for letter in spread if letter.isalnum() or unicodedata.category(letter) == "Sc")
