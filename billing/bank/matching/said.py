"""What a bank line says, made comparable: case numbers, and the words that may be an invoice's or a client's reference."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from rapidfuzz import fuzz
from stdnum import iso11649

from billing.bank_details.account import case_number_in, compact
from cases.matching.names import Kind, folded, read_name

SHORTEST: Final = 4
"""A word of fewer letters and digits names nothing by itself."""
SHORTEST_DIGITS: Final = 5
"""Four digits alone are a year, a day or a house sooner than an invoice."""
JOINED: Final = 3
"""So many words side by side may be one number that the bank broke up: ``RE 2026 114``."""
CUT_NAME: Final = 24
"""Banks cut names; one that is as long as this may be the beginning of a longer one."""
MOST_WORDS: Final = 60

_CASE_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])(\d{4})\s?[-–—/.]\s?(\d{5,9})(?![0-9A-Za-z])")
_JOINED_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])(\d{4})(\d{5,9})(?![0-9A-Za-z])")
_STRUCTURED: Final = re.compile(r"(?<![0-9A-Za-z])RF\d{2}(?: ?[0-9A-Za-z]){1,21}(?![0-9A-Za-z])", re.IGNORECASE)
_BREAKS: Final = re.compile(r"[\s,;:()\[\]+&?*\"']+")
_EXCHANGE: Final = re.compile(
    r"\b(fx|forex|(foreign )?exchange|currency conversion|devisen\w*|währungs(tausch|umrechnung)|change|cambio|divisas?)\b"
    r"|结汇|购汇|售汇|兑换|换汇|外汇买卖",
    re.IGNORECASE,
)
_EDGES: Final = "-–—./\\#_=<>!"


@dataclass(frozen=True, slots=True)
class Said:
    """What the texts of a line name. ``words`` are as written, in small letters; ``bare`` their letters and digits."""

    structured: frozenset[str] = frozenset()
    """Case numbers that a structured reference with its check digits stands for."""
    numbers: frozenset[str] = frozenset()
    """Case numbers, written as ours are."""
    joined: frozenset[str] = frozenset()
    """What would be a case number if its hyphen was lost."""
    words: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()

    @property
    def case_numbers(self) -> frozenset[str]:
        """Every case number that may be meant."""
        return self.structured | self.numbers | self.joined

    def names(self, number: str) -> bool:
        """Whether an invoice number or a client's reference is said, as whole words."""
        return is_telling(bare_of(number)) and bare_of(number) in self.bare


def bare_of(text: str) -> str:
    """Letters and digits alone, in capitals: how a number is compared, since banks lose its signs."""
    return re.sub(r"[\W_]", "", text).upper()


def is_telling(bare: str) -> bool:
    """Whether a bare word is long enough to name something, and has a digit."""
    if not any(sign.isdigit() for sign in bare):
        return False
    return len(bare) >= (SHORTEST_DIGITS if bare.isdigit() else SHORTEST)


def read_texts(texts: Iterable[str]) -> Said:
    """What the texts of one line say, each for itself."""
    kept = [text for text in texts if text]
    structured = {number for text in kept for number in _structured(text)}
    numbers = {f"{year}-{rest}" for text in kept for year, rest in _CASE_NUMBER.findall(text)}
    joined = {f"{year}-{rest}" for text in kept for year, rest in _JOINED_NUMBER.findall(text)}
    words = list(dict.fromkeys(word for text in kept for word in _words(text)))[: MOST_WORDS * JOINED]
    telling = [(word.lower(), bare_of(word)) for word in words if is_telling(bare_of(word))]
    return Said(
        frozenset(structured), frozenset(numbers), frozenset(joined - structured - numbers),
        frozenset(word for word, _ in telling), frozenset(bare for _, bare in telling),
    )  # fmt: skip


def _structured(text: str) -> Iterator[str]:
    """Case numbers in structured references; of what follows one in the text as much belongs to it as its digits prove."""
    for found in _STRUCTURED.findall(text):
        pieces = found.split()
        for taken in range(len(pieces), 0, -1):
            reference = compact("".join(pieces[:taken]))
            if iso11649.is_valid(reference) and (number := case_number_in(reference)):
                yield number
                break


def _words(text: str) -> Iterator[str]:
    """The words of a text, and up to `JOINED` of them side by side."""
    alone = [word for word in (word.strip(_EDGES) for word in _BREAKS.split(text)) if word][:MOST_WORDS]
    for length in range(1, JOINED + 1):
        for start in range(len(alone) - length + 1):
            yield " ".join(islice(alone, start, start + length))


def speaks_of_exchange(text: str) -> bool:
    """Whether a text reads like the exchange of one currency into another."""
    return _EXCHANGE.search(text) is not None


def likeness(payer: str, name: str, kind: Kind) -> float:
    """How alike a payer's name and a debtor's are, from 0 to 1: without legal form, accents and the order of words."""
    one, other = read_name(payer, kind), read_name(name, kind)
    if not one.tokens or not other.tokens or one.script != other.script:
        return 0.0
    if len(payer) >= CUT_NAME and folded(name).startswith(folded(payer)):
        return 0.95
    return round(float(fuzz.token_sort_ratio(one.core, other.core)) / 100, 2)
