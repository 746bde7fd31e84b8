"""What two debtors have in common and what sets them apart, finding by finding.

An empty field says nothing. Whatever agrees speaks for, or says nothing; whatever differs speaks against, or says
nothing; so that knowing more never turns a score round.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from cases.matching import words
from cases.matching.forms import ALIKE
from cases.matching.names import Kind, Name, folded, plain, read_name, trade_cut
from cases.matching.numbers import has_check_digit, normal_number, same_number
from cases.matching.weights import Finding

ALIKE_FROM = 84
"""How alike two cores must be (0–100, rapidfuzz) to count as alike at all."""


@dataclass(frozen=True, slots=True)
class DebtorFacts:
    """A debtor as far as it is known; empty is unknown. Country: ISO 3166-1 alpha-2. Phone: E.164, or as written."""

    kind: Kind
    name: str
    registration_number: str = ""
    tax_id: str = ""
    email: str = ""
    phone: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""


class Found(NamedTuple):
    """A finding, with what fills its sentence."""

    finding: Finding
    params: dict[str, str | int] = {}  # noqa: RUF012 - never written to


def findings(a: DebtorFacts, b: DebtorFacts) -> list[Found]:
    """All that can be said of two debtors, in the order in which a person reads it."""
    kind: Kind = "person" if "person" in (a.kind, b.kind) else "company"
    one, other = read_name(a.name, kind), read_name(b.name, kind)
    told = [*_names(one, other, kind, abroad=_differ(a.country, b.country))]
    if a.kind != b.kind:
        told.append(Found(Finding.KIND_DIFFERS))
    told += [*_numbers(a, b), *_phones(a, b), *_emails(a, b)]
    known = {found.finding for found in told}
    told += _address(a, b)
    confirmed = known & {Finding.PHONE_SAME, Finding.EMAIL_SAME, Finding.ID_SAME, Finding.NUMBER_SAME}
    placing = Finding.POSTAL_SAME if kind == "company" else Finding.STREET_SAME
    placed = placing in {found.finding for found in told}
    named = known & {
        Finding.NAME_SAME,
        Finding.NAME_SPELLED,
        Finding.NAME_NEAR,
        Finding.PERSON_NEAR,
        Finding.NAME_ALIKE,
    }
    if named and (one.common or other.common) and not confirmed and not placed:
        told.append(Found(Finding.NAME_COMMON))
    return told


def _names(one: Name, other: Name, kind: Kind, *, abroad: bool) -> Iterator[Found]:
    if not one.tokens or not other.tokens or one.script != other.script:
        yield Found(Finding.NAME_SCRIPT if one.tokens and other.tokens else Finding.NAME_OTHER)
        return
    likeness = _person_likeness(one, other) if kind == "person" else _likeness(one, other)
    yield likeness
    if likeness.finding in (Finding.NAME_OTHER, Finding.GIVEN_NAME_DIFFERS):
        return
    if kind == "person":
        if one.numbers != other.numbers and one.numbers and other.numbers:
            yield Found(Finding.GENERATION_DIFFERS)
        return
    yield from _set_apart(one, other)
    if one.form != other.form and not abroad:  # each country has its own forms
        confused = not one.form or not other.form or frozenset((one.form, other.form)) in ALIKE
        yield Found(Finding.FORM_MISSING if confused else Finding.FORM_DIFFERS)


def _likeness(one: Name, other: Name) -> Found:
    """How alike the cores of two companies are."""
    if one.tokens == other.tokens:
        return Found(Finding.NAME_SAME)
    if one.plain == other.plain or "".join(map(plain, one.tokens)) == "".join(map(plain, other.tokens)):
        return Found(Finding.NAME_SPELLED)
    sisters = _sisters(one, other)
    left = [" ".join(token for token in name.plain if token not in sisters) for name in (one, other)]
    if one.script == "han":
        left = [_han_without(name.core, sisters) for name in (one, other)]
        # One character is a whole word; of two brands no character may differ.
        if trade_cut(left[0]) != trade_cut(left[1]):
            return Found(Finding.NAME_OTHER)
    elif _near(one.plain, other.plain):
        return Found(Finding.NAME_NEAR)
    percent = int(fuzz.ratio(*left))
    return Found(Finding.NAME_ALIKE, {"percent": percent}) if percent >= ALIKE_FROM else Found(Finding.NAME_OTHER)


def _near(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one word of five letters or more differs, by one letter or two neighbours that changed places."""
    if len(one) != len(other):
        return False
    left, right = sorted(set(one) - set(other)), sorted(set(other) - set(one))
    return (
        len(left) == len(right) == 1 and min(len(left[0]), len(right[0])) > 4 and OSA.distance(left[0], right[0]) == 1
    )


def _person_likeness(one: Name, other: Name) -> Found:
    """How alike two persons are called; the words may stand in any order."""
    if one.tokens == other.tokens:
        return Found(Finding.NAME_SAME)
    if one.plain == other.plain:
        return Found(Finding.NAME_SPELLED)
    shared = set(one.plain) & set(other.plain)
    if _near(one.plain, other.plain):
        return Found(Finding.PERSON_NEAR)
    return _half_known(one, other, shared) if shared else Found(Finding.NAME_OTHER)


def _half_known(one: Name, other: Name, shared: set[str]) -> Found:
    """Two persons with a word in common: an initial, a second first name, or somebody else of the family."""
    left, right = sorted(set(one.plain) - shared), sorted(set(other.plain) - shared)
    if not left or not right:
        return Found(Finding.NAME_ALIKE, {"percent": int(fuzz.token_sort_ratio(one.core, other.core))})
    if left[0][0] == right[0][0] and 1 in (len(left[0]), len(right[0])):
        return Found(Finding.NAME_INITIAL)
    return Found(Finding.GIVEN_NAME_DIFFERS)


def _sisters(one: Name, other: Name) -> set[str]:
    """Words such as Holding and 投资 that stand in one of two names only."""
    if one.script == "han":
        return {word for word in words.SISTERS_HAN if (word in one.core) != (word in other.core)}
    return (set(one.plain) ^ set(other.plain)) & words.SISTERS


def _han_without(core: str, sisters: set[str]) -> str:
    for word in sisters:
        core = core.replace(word, "")
    return core


def _set_apart(one: Name, other: Name) -> Iterator[Found]:
    """What tells sister companies of like names apart."""
    if one.numbers != other.numbers:
        yield Found(Finding.NUMBERS_DIFFER)
    if one.places != other.places:
        nested = one.places <= other.places or other.places <= one.places
        yield Found(Finding.PLACE_MISSING if nested else Finding.PLACE_DIFFERS)
    if sisters := _sisters(one, other):
        yield Found(Finding.SISTER, {"word": min(sisters)})
    if one.branch != other.branch:
        yield Found(Finding.BRANCH)


def _numbers(a: DebtorFacts, b: DebtorFacts) -> Iterator[Found]:
    """Registration numbers and tax ids. In China one number is both; lists put either into either column."""
    ours = [normal_number(a.registration_number), normal_number(a.tax_id)]
    theirs = [normal_number(b.registration_number), normal_number(b.tax_id)]
    # The longer of two spellings: the one with the country's letters in front.
    if same := [max(mine, yours, key=len) for mine in ours for yours in theirs if same_number(mine, yours)]:
        countries = {a.country.upper(), b.country.upper()}
        checked = any(has_check_digit(number, country) for number in same for country in countries)
        yield Found(Finding.ID_SAME if checked else Finding.NUMBER_SAME)
    pairs = zip(ours, theirs, strict=True)
    if any(mine and yours and not same_number(mine, yours) for mine, yours in pairs):
        yield Found(Finding.NUMBER_DIFFERS)


def normal_phone(text: str) -> str:
    """The digits of a telephone number, without what stands before a national one; empty when it has under seven."""
    digits = re.sub(r"\D", "", text).lstrip("0")
    return digits if len(digits) > 6 else ""


def _phones(a: DebtorFacts, b: DebtorFacts) -> Iterator[Found]:
    one, other = normal_phone(a.phone), normal_phone(b.phone)
    shorter, longer = sorted((one, other), key=len)
    if one and other and longer.endswith(shorter) and len(longer) - len(shorter) in (0, 1, 2, 3):
        yield Found(Finding.PHONE_SAME)


def _emails(a: DebtorFacts, b: DebtorFacts) -> Iterator[Found]:
    one, other = a.email.strip().casefold(), b.email.strip().casefold()
    domain = one.rpartition("@")[2]
    if one and one == other:
        yield Found(Finding.EMAIL_SAME)
    elif "@" in one and "@" in other and domain == other.rpartition("@")[2] and domain not in words.FREE_MAIL:
        yield Found(Finding.DOMAIN_SAME, {"domain": domain})


def normal_postal(text: str) -> str:
    """A postal code as it is compared: capitals and digits alone."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


_STREET = re.compile(r"stra(?:ss|ß)e\b|str\b|street\b|st\b")
_SHORT = {"road": "rd", "avenue": "ave", "boulevard": "blvd", "lane": "ln", "drive": "dr", "square": "sq"}
_ROADS = {plain(word): short for word, short in _SHORT.items()}


def normal_street(text: str) -> str:
    """A street as it is compared: Hafenstraße 1, Hafenstr. 1 and Hafenstr 1 are one."""
    text = _STREET.sub("str", plain(folded(text)))
    return "".join(_ROADS.get(word, word) for word in text.split())


def _differ(one: str, other: str) -> bool:
    """Whether two countries are known and differ."""
    return bool(one and other) and one.upper() != other.upper()


def _address(a: DebtorFacts, b: DebtorFacts) -> Iterator[Found]:
    if _differ(a.country, b.country):
        yield Found(Finding.COUNTRY_DIFFERS)
        return
    postal = _agree(normal_postal(a.postal_code), normal_postal(b.postal_code))
    city = _agree(plain(folded(a.city)).removesuffix("市"), plain(folded(b.city)).removesuffix("市"))
    if postal is not None:
        yield Found(Finding.POSTAL_SAME if postal else Finding.POSTAL_DIFFERS)
    if city is not None and postal is not True:
        yield Found(Finding.CITY_SAME if city else Finding.CITY_DIFFERS)
    street = _agree(normal_street(a.street), normal_street(b.street))
    if street is not None and (postal or city):
        yield Found(Finding.STREET_SAME if street else Finding.STREET_DIFFERS)


def _agree(one: str, other: str) -> bool | None:
    """Whether two values agree; None when one is unknown."""
    return one == other if one and other else None
