"""Pairs of debtors as two creditors write them, each labelled by what a careful person would say of it.

All are invented; numbers with check digits have them right. There are two sets. `european`, `american` and `chinese` are
those the weights were chosen on, labels and weights by the same hand, so that they show that the rules do what was
meant. The held-out ones were written afterwards and labelled before they were scored: they show what the rules do with
pairs they do not know.
"""

from enum import StrEnum
from typing import NamedTuple

from cases.matching.evidence import DebtorFacts


class Truth(StrEnum):
    """What a careful person would say."""

    SAME = "same"
    DIFFERENT = "different"
    ASK = "ask"
    """It cannot be said from this alone."""


class Pair(NamedTuple):
    """Two debtors, the truth, and why it is in the corpus."""

    truth: Truth
    why: str
    a: DebtorFacts
    b: DebtorFacts


def _at(place: str) -> dict[str, str]:
    country, postal, city = (*place.split(maxsplit=2), "", "", "")[:3]
    return {"country": country, "postal_code": "" if postal == "-" else postal, "city": city}


def co(name: str, place: str = "", street: str = "", phone: str = "", email: str = "", reg: str = "", tax: str = "") -> DebtorFacts:  # fmt: skip
    """A company; the place is country, postal code (- for none) and city."""
    return DebtorFacts("company", name, reg, tax, email, phone, street, **_at(place))


def pe(name: str, place: str = "", street: str = "", phone: str = "", email: str = "", tax: str = "") -> DebtorFacts:
    """A person."""
    return DebtorFacts("person", name, "", tax, email, phone, street, **_at(place))


def same(why: str, a: DebtorFacts, b: DebtorFacts) -> Pair:
    """One debtor."""
    return Pair(Truth.SAME, why, a, b)


def differ(why: str, a: DebtorFacts, b: DebtorFacts) -> Pair:
    """Two debtors."""
    return Pair(Truth.DIFFERENT, why, a, b)


def ask(why: str, a: DebtorFacts, b: DebtorFacts) -> Pair:
    """Nobody can say."""
    return Pair(Truth.ASK, why, a, b)
