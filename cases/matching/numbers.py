"""Registration numbers and tax ids: how they are compared, and whether their check digits are right."""

import re
from functools import lru_cache

from stdnum.ch import uid
from stdnum.ch import vat as ch_vat
from stdnum.cn import ric, uscc
from stdnum.eu import vat
from stdnum.fr import siren, siret
from stdnum.gb import vat as gb_vat
from stdnum.no import mva, orgnr

_NOT_SIGNS = re.compile(r"[^0-9A-Z]")
# The letter or letters behind a country's own may belong to the number: ES B58378431, ATU12345678.
_COUNTRIES = "AT|BE|BG|CH|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|XI"
_PREFIX = re.compile(rf"^(?:{_COUNTRIES})(?=[0-9A-Z]{{7,}}$)(?=\D*\d{{5}})")
_CHINESE = 18
_OF_COUNTRY = {"FR": (siren, siret), "GB": (gb_vat,), "CH": (uid,), "NO": (orgnr,)}


def normal_number(text: str) -> str:
    """Capitals and digits alone."""
    return _NOT_SIGNS.sub("", text.upper())


def same_number(one: str, other: str) -> bool:
    """Whether two normalised numbers are one; a country's letters may be missing in front of one of them."""
    if not one or not other:
        return False
    return one == other or _PREFIX.sub("", one) == other or one == _PREFIX.sub("", other)


def number_key(text: str) -> str:
    """A number as it is looked up: normalised, without a country's letters in front."""
    return _PREFIX.sub("", normal_number(text))


@lru_cache(maxsize=4096)
def has_check_digit(number: str, country: str) -> bool:
    """Whether a normalised number carries a check digit that is right, so that chance or a slip hardly made it.

    Known are the Chinese unified social credit code, the VAT numbers of the European Union, and company or VAT numbers of
    France, Great Britain, Switzerland and Norway.
    """
    if uscc.is_valid(number) or vat.is_valid(number) or vat.is_valid(country + number):
        return True
    return any(kind.is_valid(number) for kind in _OF_COUNTRY.get(country, ()))


@lru_cache(maxsize=4096)
def is_mistyped(text: str, country: str) -> bool:
    """Whether a number has the form of one with a check digit, and that is wrong: a slip. Other numbers may be anything.

    Judged are VAT numbers that begin with the debtor's own country, of the European Union, Great Britain, Switzerland and
    Norway (HRB 108223 of Hamburg is no Croatian one), and in China numbers of 18 signs: the unified social credit code,
    or of a person the identity number.
    """
    number = normal_number(text)
    if country == "CN":
        return len(number) == _CHINESE and not (uscc.is_valid(number) or ric.is_valid(number))
    begins = "EL" if country == "GR" else country
    if not begins or not number.startswith(begins) or not _PREFIX.match(number):
        return False
    return not any(kind.is_valid(number) for kind in (vat, gb_vat, uid, ch_vat, mva))
