"""The keys under which candidates are looked up, so that matching a file needs one look-up by index and no comparison of
everybody with everybody.

Two debtors that are worth a look share a key: a number, a telephone, an e-mail address or its domain, the core of the
name, or the beginning of the core in one postal code. Scoring the few that share one is `score`'s work. What is missed
is a slip in the very first letters with nothing else in common but the address.
"""

from typing import NamedTuple

from cases.matching import words
from cases.matching.evidence import DebtorFacts, normal_phone, normal_postal
from cases.matching.names import read_name, trade_cut
from cases.matching.numbers import number_key

LETTERS = 3
"""How many letters of a word stand in a place key."""
PHONE_DIGITS = 7
"""How many last digits of a telephone number stand in its key: what comes before may be written or not."""


class NameKeys(NamedTuple):
    """What a debtor is found by besides its numbers and contact points; empty when there is nothing to find it by.

    ``core`` is the name without form, places and trade; ``place`` country, postal code and the core's beginning.
    """

    core: str
    place: str


def name_keys(facts: DebtorFacts) -> NameKeys:
    """The two keys that are kept beside a debtor's name."""
    name = read_name(facts.name, facts.kind)
    core = trade_cut(name.core) if name.script == "han" else name.core
    if not core:
        return NameKeys("", "")
    country, postal = facts.country.upper(), normal_postal(facts.postal_code)
    # The first two characters of a Chinese brand are as telling as three letters.
    begins = core[:2] if name.script == "han" else core[:LETTERS]
    return NameKeys(core, f"{country} {postal} {begins}" if postal else "")


def keys(facts: DebtorFacts) -> frozenset[str]:
    """All keys of a debtor, each with what it is of in front."""
    core, place = name_keys(facts)
    email = facts.email.strip().casefold()
    domain = email.rpartition("@")[2]
    numbers = (number_key(facts.registration_number), number_key(facts.tax_id))
    found = {"name": core, "place": place, "phone": normal_phone(facts.phone)[-PHONE_DIGITS:], "email": email}
    if domain and domain != email and domain not in words.FREE_MAIL:
        found["domain"] = domain
    return frozenset(f"{what} {value}" for what, value in found.items() if value) | {
        f"number {number}" for number in numbers if number
    }
