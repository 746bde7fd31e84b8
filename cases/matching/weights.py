"""What each finding is worth, and its sentence: the whole table by which debtors are matched.

Chosen on the labelled pairs of the tests, and round enough to be added up in the head. A company's name with its legal
form is registered once in a place, so that it weighs much; a person's does not. Points for, points against; a ceiling
says how high a score may be at most while a finding stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portal.pages.text import N_


class Aspect(StrEnum):
    """What a finding is about."""

    NAME = "name"
    """What the debtor is called."""
    FORM = "form"
    """Its legal form."""
    NUMBER = "number"
    """Its registration number or tax id."""
    PHONE = "phone"
    """Its telephone number."""
    EMAIL = "email"
    """Its e-mail address."""
    ADDRESS = "address"
    """Where it is."""
    KIND = "kind"
    """Company or person."""
    TOTAL = "total"
    """What keeps the sum within its limits."""


class Finding(StrEnum):
    """What comparing two debtors can find."""

    NAME_SAME = "name_same"
    NAME_SPELLED = "name_spelled"
    NAME_NEAR = "name_near"
    PERSON_NEAR = "person_near"
    NAME_ALIKE = "name_alike"
    NAME_INITIAL = "name_initial"
    NAME_OTHER = "name_other"
    NAME_SCRIPT = "name_script"
    NAME_COMMON = "name_common"
    GIVEN_NAME_DIFFERS = "given_name_differs"
    GENERATION_DIFFERS = "generation_differs"
    PLACE_DIFFERS = "place_differs"
    PLACE_MISSING = "place_missing"
    NUMBERS_DIFFER = "numbers_differ"
    SISTER = "sister"
    BRANCH = "branch"
    FORM_DIFFERS = "form_differs"
    FORM_MISSING = "form_missing"
    ID_SAME = "id_same"
    NUMBER_SAME = "number_same"
    NUMBER_DIFFERS = "number_differs"
    PHONE_SAME = "phone_same"
    EMAIL_SAME = "email_same"
    DOMAIN_SAME = "domain_same"
    POSTAL_SAME = "postal_same"
    POSTAL_DIFFERS = "postal_differs"
    CITY_SAME = "city_same"
    CITY_DIFFERS = "city_differs"
    STREET_SAME = "street_same"
    STREET_DIFFERS = "street_differs"
    COUNTRY_DIFFERS = "country_differs"
    KIND_DIFFERS = "kind_differs"
    CEILING = "ceiling"
    FULL = "full"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Weight:
    """Points between companies and between persons, the ceiling while the finding stands, and its sentence."""

    aspect: Aspect
    company: int
    person: int
    sentence: str
    ceiling: int = 100


LINK: Final = 92
"""From this score on two debtors are one."""
ASK: Final = 70
"""From this score on a person decides."""
A_PERSON: Final = LINK - 1
"""The ceiling of what a person must have looked at."""
APART: Final = ASK - 1
"""The ceiling of what is two, whatever else agrees."""

_NAME, _FORM, _NUMBER, _ADDRESS = Aspect.NAME, Aspect.FORM, Aspect.NUMBER, Aspect.ADDRESS

WEIGHTS: Final[Mapping[Finding, Weight]] = {
    Finding.NAME_SAME: Weight(_NAME, 78, 48, N_("same name")),
    Finding.NAME_SPELLED: Weight(_NAME, 76, 48, N_("same name, spelled or ordered differently")),
    Finding.NAME_NEAR: Weight(_NAME, 60, 40, N_("names differ by a letter")),
    # Marie and Maria of one house and telephone are often mother and daughter: no score decides that.
    Finding.PERSON_NEAR: Weight(_NAME, 40, 40, N_("names of persons differ by a letter"), A_PERSON),
    Finding.NAME_ALIKE: Weight(_NAME, 50, 26, N_("names are %(percent)s%% alike"), A_PERSON),
    Finding.NAME_INITIAL: Weight(_NAME, 40, 34, N_("same family name and initial"), A_PERSON),
    Finding.NAME_OTHER: Weight(_NAME, -20, -30, N_("names differ"), A_PERSON),
    Finding.NAME_SCRIPT: Weight(_NAME, 0, 0, N_("names are in different scripts")),
    Finding.NAME_COMMON: Weight(_NAME, -20, -12, N_("a common name, and no number or place confirms it")),
    Finding.GIVEN_NAME_DIFFERS: Weight(_NAME, -20, -20, N_("same family name, different first names"), APART),
    Finding.GENERATION_DIFFERS: Weight(_NAME, -20, -20, N_("one is the elder, the other the younger"), APART),
    Finding.PLACE_DIFFERS: Weight(_NAME, -30, 0, N_("different places in the names"), APART),
    Finding.PLACE_MISSING: Weight(_NAME, -6, 0, N_("a place in one name only"), A_PERSON),
    Finding.NUMBERS_DIFFER: Weight(_NAME, -30, 0, N_("different numbers in the names"), APART),
    Finding.SISTER: Weight(_NAME, -10, 0, N_("“%(word)s” in one name only: perhaps a sister company"), A_PERSON),
    Finding.BRANCH: Weight(_NAME, 0, 0, N_("a branch in one name only, or two branches"), A_PERSON),
    Finding.FORM_DIFFERS: Weight(_FORM, -26, 0, N_("different legal forms"), A_PERSON),
    Finding.FORM_MISSING: Weight(_FORM, -26, 0, N_("legal form in one name only, or easily confused")),
    Finding.ID_SAME: Weight(_NUMBER, 100, 100, N_("same registration or tax number, with its check digit right")),
    Finding.NUMBER_SAME: Weight(_NUMBER, 64, 80, N_("same registration or tax number")),
    Finding.NUMBER_DIFFERS: Weight(_NUMBER, -45, -45, N_("different registration or tax numbers"), A_PERSON),
    Finding.PHONE_SAME: Weight(Aspect.PHONE, 22, 30, N_("same telephone number")),
    Finding.EMAIL_SAME: Weight(Aspect.EMAIL, 30, 38, N_("same e-mail address")),
    Finding.DOMAIN_SAME: Weight(Aspect.EMAIL, 16, 10, N_("e-mail addresses of the same domain, %(domain)s")),
    Finding.POSTAL_SAME: Weight(_ADDRESS, 24, 14, N_("same postal code")),
    Finding.POSTAL_DIFFERS: Weight(_ADDRESS, -4, -4, N_("different postal codes")),
    Finding.CITY_SAME: Weight(_ADDRESS, 8, 6, N_("same city")),
    Finding.CITY_DIFFERS: Weight(_ADDRESS, -4, -4, N_("different cities")),
    Finding.STREET_SAME: Weight(_ADDRESS, 14, 18, N_("same street and number")),
    Finding.STREET_DIFFERS: Weight(_ADDRESS, -2, -4, N_("different streets")),
    Finding.COUNTRY_DIFFERS: Weight(_ADDRESS, -36, -20, N_("different countries"), A_PERSON),
    Finding.KIND_DIFFERS: Weight(Aspect.KIND, -10, -10, N_("one is a company, the other a person"), A_PERSON),
    Finding.CEILING: Weight(Aspect.TOTAL, 0, 0, N_("never more than %(ceiling)s while this stands: %(because)s")),
    Finding.FULL: Weight(Aspect.TOTAL, 0, 0, N_("more than 100 counts as 100")),
    Finding.FLOOR: Weight(Aspect.TOTAL, 0, 0, N_("less than 0 counts as 0")),
}
