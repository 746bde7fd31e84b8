"""Values as the world writes them, brought into the one notation that the rules know.

Nothing is guessed here: a person has confirmed the decimal mark and the order of dates. What cannot be read under
them stays as it was written, so that the rules report it in the client's own words.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache

from babel import Locale

from portal.money import CURRENCIES


class DecimalMark(StrEnum):
    """What stands between whole and part."""

    POINT = "."
    """``1,234.56``"""
    COMMA = ","
    """``1.234,56``"""


class DateOrder(StrEnum):
    """In which order a date in figures is written. A year of four digits in front is understood under all of them."""

    DMY = "dmy"
    """Day, month, year: most of the world."""
    MDY = "mdy"
    """Month, day, year: the United States."""
    YMD = "ymd"
    """Year, month, day: East Asia, and machines."""


_SIGN_WORDS = {"H": True, "C": True, "CR": True, "贷": True, "S": False, "D": False, "DR": False, "借": False}
"""Credit or not: Haben and Soll, credit and debit, 贷 and 借."""

_MINUS = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "’": "'", "´": "'", "`": "'"})
_BLANKS = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_CURRENCY_WORDS = frozenset({"RMB", "元", "圆", "KR", "FR", "SFR", "US", "HK", "CN"})
"""What stands beside an amount for a currency, besides signs and ISO codes: kr, SFr., the US of US$."""


def is_credit(indicator: str) -> bool | None:
    """Whether a debit/credit indicator says credit; None when it says neither."""
    word = unicodedata.normalize("NFKC", indicator).strip().upper()
    if word in _SIGN_WORDS:
        return _SIGN_WORDS[word]
    return {"HABEN": True, "CREDIT": True, "SOLL": False, "DEBIT": False}.get(word)


@lru_cache(maxsize=4096)
def amount_text(text: str, mark: DecimalMark | str = DecimalMark.POINT) -> str:
    """Plain decimal notation of an amount: ``1.234,56-`` is ``-1234.56``; unchanged when it is none under `mark`.

    Reads brackets, a minus before or behind, H/S, CR/DR behind, currency signs and codes, and blanks, points, commas
    or apostrophes between groups of three digits. ``(0.00)`` is ``0.00``.
    """
    number, negative = _unsigned(text)
    plain = _plain(number, str(mark)) if number else None
    if plain is None:
        return text
    return f"-{plain}" if negative and plain.strip("0.") else plain


def _unsigned(text: str) -> tuple[str, bool]:
    """Digits and marks alone, and whether something said minus. Empty when there is something else among them."""
    written = _BLANKS.sub("", unicodedata.normalize("NFKC", text).translate(_MINUS))
    written = "".join(letter for letter in written if unicodedata.category(letter) != "Sc")
    negative = False
    for _ in range(4):  # a sign, a bracket, a currency and an indicator may enclose one another
        if written.startswith("(") and written.endswith(")"):
            written, negative = written[1:-1], True
        elif written.startswith(("-", "+")):
            written, negative = written[1:], negative or written[0] == "-"
        elif written.endswith(("-", "+")):
            written, negative = written[:-1], negative or written[-1] == "-"
        elif match := re.fullmatch(r"([^\W\d_]{0,3}\.?)(\W*\d.*?)([^\W\d_]{0,3}\.?)", written):
            before, number, after = match[1].strip("."), match[2], match[3].strip(".")
            if not (before or after) or not _is_currency(before):
                return (written if not (before or after) else ""), negative
            credit = _SIGN_WORDS.get(after.upper())
            if credit is None and not _is_currency(after):
                return "", negative
            written, negative = number, negative or bool(credit)
    return written, negative


def _is_currency(word: str) -> bool:
    return not word or word.upper() in CURRENCIES or word.upper() in _CURRENCY_WORDS


def _plain(number: str, mark: str) -> str | None:
    whole, _, rest = number.partition(mark) if number.count(mark) == 1 else (number, "", "")
    if not re.fullmatch(r"\d*", rest, re.ASCII) or not re.fullmatch(r"[\d.,']*", whole, re.ASCII):
        return None
    groups = re.split(r"[.,']", whole)
    separators = set(re.sub(r"\d", "", whole))
    if mark in separators or len(separators) > 1:
        return None
    # Groups of three; in India and China the leading ones may be of two and of four digits.
    if len(groups) > 1 and not (1 <= len(groups[0]) <= 4 and len(groups[-1]) in (3, 4) and _grouped(groups)):
        return None
    digits = "".join(groups)
    if not digits and not rest:
        return None
    # A fourth decimal cannot be a group of thousands: noughts behind the second say nothing.
    kept = rest[:2] + rest[2:].rstrip("0") if len(rest) > 3 else rest
    return (digits.lstrip("0") or "0") + (f".{kept}" if kept else "")


def _grouped(groups: list[str]) -> bool:
    last = len(groups[-1])
    inner = {len(group) for group in groups[1:-1]}
    if last == 4:  # 1,2345,6789: groups of ten thousand
        return inner <= {4}
    return inner <= {3} or (inner <= {2} and len(groups[0]) <= 2)


def sum_text(texts: list[str]) -> str:
    """The sum of plain amounts, empty ones left out; the first that is none, as it was written."""
    total, any_given = Decimal(0), False
    for text in texts:
        if not text.strip():
            continue
        try:
            total, any_given = total + Decimal(text), True
        except InvalidOperation:
            return text
    return f"{total:f}" if any_given else ""


def negated(text: str) -> str:
    """The plain amount with its sign turned; what is no number, as it was written."""
    if not text.strip() or not re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
        return text
    return text[1:] if text.startswith("-") else (f"-{text}" if text.strip("0.") else text)


_TIME = r"(?:[T ]+\d{1,2}[:.]\d{2}.*)?"
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年 ]\s*(\d{1,2})\s*[-/.月 ]\s*(\d{1,2})\s*日?" + _TIME, re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0+)?(?:T?\d{4,6}Z?)?", re.ASCII)
_FIGURES = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})" + _TIME, re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_DAY_WORD = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|\.)?[ -]?([^\W\d_]{3,12})\.?[ ,-]{0,2}(\d{4}|\d{2})" + _TIME)
_WORD_DAY = re.compile(r"([^\W\d_]{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})" + _TIME)
_WEEKDAY = re.compile(r"^[^\W\d_]{2,10}\.?,\s*(?=\S)")
_EXCEL_BEGAN = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)
"""Day numbers of Excel that can be meant: from 1954 to 2119."""
_CENTURY_TURNS = 70


@lru_cache(maxsize=8192)
def date_text(text: str, order: DateOrder | str = DateOrder.YMD) -> str:
    """The ISO date of a date in another notation: ``05.11.2026 10:00`` is ``2026-11-05``; unchanged when it is none.

    Reads timestamps, day numbers of Excel, ``20200401.0``, 2026年11月5日 and month names in English, German, French
    and Dutch. A year of two digits lies between 1970 and 2069.
    """
    day = read_date(text, order)
    return day.isoformat() if day else text


def read_date(text: str, order: DateOrder | str) -> date | None:
    """The day that a text means under an order, None when it means none."""
    written = unicodedata.normalize("NFKC", text).strip()
    if match := _YEAR_FIRST.fullmatch(written) or _COMPACT.fullmatch(written):
        return _day(match[1], match[2], match[3])
    if match := _SERIAL.fullmatch(written):
        days = int(match[1])
        return _EXCEL_BEGAN + timedelta(days=days) if days in _SERIALS else None
    if match := _FIGURES.fullmatch(written):
        first, second, third = match.groups()
        if order == DateOrder.YMD:
            return _day(first, second, third) if len(third) == 2 else None
        day, month = (second, first) if order == DateOrder.MDY else (first, second)
        return _day(third, month, day)
    return _worded(_WEEKDAY.sub("", written).casefold())


def _worded(written: str) -> date | None:
    if match := _DAY_WORD.fullmatch(written):
        return _day(match[3], _month_names().get(_letters(match[2]), 0), match[1])
    if match := _WORD_DAY.fullmatch(written):
        return _day(match[3], _month_names().get(_letters(match[1]), 0), match[2])
    return None


def _day(year: str, month: str | int, day: str) -> date | None:
    number = int(year)
    if len(year) <= 2:
        number += 2000 if number < _CENTURY_TURNS else 1900
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _month_names() -> Mapping[str, int]:
    """Months by their names, short names and first three letters, where all languages agree on the meaning."""
    meanings: dict[str, set[int]] = {}
    for name, number in _spelt_months():
        meanings.setdefault(name, set()).add(number)
    return {name: numbers.pop() for name, numbers in meanings.items() if len(numbers) == 1}


def _spelt_months() -> Iterator[tuple[str, int]]:
    for language in ("en", "de", "fr", "nl"):
        months = Locale(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    yield _letters(str(name)), number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    ):
        yield name, number
    yield from (("sept", 9), ("mrz", 3), ("maerz", 3), ("okt", 10), ("dez", 12), ("mai", 5), ("mei", 5))


def _letters(word: str) -> str:
    """A word without accents, case and full stops."""
    spread = unicodedata.normalize("NFKD", word).casefold()
    return "".join(letter for letter in spread if letter.isalpha())
