"""The keys under which candidates are looked up, so that matching a file needs one look-up by index and no comparison of
everybody with everybody.

Two debtors that are worth a look share a key: a number, a telephone, an e-mail address or its domain, the core of the
name, or the beginning of the core in one postal code. Scoring the few that share one is `score`'s work. What is missed
is a slip in the very first letters with nothing else in common but the address.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from cases.matching import words
from cases.matching.evidence import DebtorFacts, normal_phone
from cases.matching.names import Kind, folded, plain, read_name, trade_cut
from cases.matching.numbers import number_key

LETTERS = 3
"""How many letters of a word stand in a place key."""
LONGEST = 200
"""An index takes no more than a part of a page."""
PHONE_DIGITS = 7
"""How many last digits of a telephone number stand in its key: what comes before may be written or not."""


@lru_cache(maxsize=1024)
def _core(kind: Kind, name: str) -> tuple[str, int]:
    """The name without form, places and trade, and how much of it is its beginning."""
    taken = read_name(name, kind)
    # The first two characters of a Chinese brand are as telling as three letters.
    if taken.script == "han":
        return trade_cut(taken.core), 2
    # A holding is looked at beside its company, whose name has one word less.
    own = [word for word in taken.plain if word not in words.SISTERS]
    return " ".join(own) or taken.core, LETTERS


def place_key(kind: Kind, name: str, country: str, place: str) -> str:
    """The beginning of a name at its place, a postal code or, where there is none, a city; empty without either."""
    core, letters = _core(kind, name)
    where = plain(folded(place)).removesuffix("市").replace(" ", "")[:LONGEST]
    return f"{country.upper()} {where} {core[:letters]}" if core and where else ""


def keys(facts: DebtorFacts) -> frozenset[str]:
    """All keys of a debtor, each with what it is of in front."""
    return frozenset(
        {
            *name_keys(facts.kind, facts.name, facts.country, facts.postal_code or facts.city),
            *phone_keys(facts.phone),
            *email_keys(facts.email),
            *number_keys((facts.registration_number, facts.tax_id)),
        }
    )


def name_keys(kind: Kind, name: str, country: str, place: str) -> Iterator[str]:
    """The core of a name, and its beginning where it is."""
    if core := _core(kind, name)[0]:
        yield f"name {core}"
    if placed := place_key(kind, name, country, place):
        yield f"place {placed}"


def phone_keys(phone: str) -> Iterator[str]:
    """The last digits of a telephone number."""
    if digits := normal_phone(phone)[-PHONE_DIGITS:]:
        yield f"phone {digits}"


def email_keys(email: str) -> Iterator[str]:
    """An address, and its domain if that can be anybody's own."""
    address = email.strip().casefold()
    domain = address.rpartition("@")[2]
    if address:
        yield f"email {address}"
    if domain and domain != address and domain not in words.FREE_MAIL:
        yield f"domain {domain}"


def number_keys(numbers: Iterable[str]) -> Iterator[str]:
    """Registration and tax numbers, whichever of both they were given as."""
    return (f"number {key}" for number in numbers if (key := number_key(number)))
