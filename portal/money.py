"""Money as whole minor units beside an ISO 4217 currency code.

Every amount in the portal is an ``int`` of minor units (cents, fen, fils; yen have none) and never travels without
its currency. Rates are exact ``Decimal``. Rounding happens in `round_half_up` and nowhere else, and a sum that must
be divided goes through `split`, whose parts always add up again.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from fractions import Fraction

LARGEST_MINOR = 10**15
"""No single amount may lie beyond this many minor units, either side of nought: far above any claim, and far enough
below what a ``bigint`` holds that the sum of thousands of them still fits."""

# ISO 4217, the currencies a debt can be paid in: no funds, metals, test codes or withdrawn ones. Babel's data is not
# used for the exponents: CLDR gives what people usually write (no pul in AFN, no dinar fils in IQD), ISO what exists.
_TWO_DIGITS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP
    CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
    KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK
    NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
    TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG
"""
_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"

_EXPONENTS = (
    dict.fromkeys(_TWO_DIGITS.split(), 2)
    | dict.fromkeys(_NO_DIGITS.split(), 0)
    | dict.fromkeys(_THREE_DIGITS.split(), 3)
)

CURRENCIES = frozenset(_EXPONENTS)

_PLAIN = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?", re.ASCII)
_LONGEST_PLAIN = 40

# Products of an amount and a rate are exact within this: 16 digits of money leave 84 for the rate.
_EXACT = Context(prec=100)


class UnknownCurrency(ValueError):
    """The code is no currency of ISO 4217 that a debt can be paid in."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"{currency!r} is no currency code of ISO 4217")
        self.currency = currency


class AmountFault(StrEnum):
    """Why a text is no amount."""

    EMPTY = "empty"
    """Nothing but blanks."""
    NOT_A_NUMBER = "not_a_number"
    """Not plain decimal notation: digits, at most one point with digits on both sides, at most one sign before."""
    TOO_MANY_DECIMALS = "too_many_decimals"
    """More decimals than the currency has, even if they are noughts: 1.250 EUR may mean 1,250."""
    OUT_OF_RANGE = "out_of_range"
    """Beyond `LARGEST_MINOR`."""


class BadAmount(ValueError):
    """A text that is no amount in its currency; `reason` says why."""

    def __init__(self, text: str, reason: AmountFault) -> None:
        super().__init__(f"{text[:_LONGEST_PLAIN]!r} is no amount: {reason}")
        self.text = text
        self.reason = reason


def is_currency(code: str) -> bool:
    """Whether `code` is, letter for letter, an ISO 4217 code that a debt can be paid in."""
    return code in _EXPONENTS


def exponent(currency: str) -> int:
    """How many decimals the currency has (ISO 4217): EUR 2, JPY 0, KWD 3. Raises `UnknownCurrency`."""
    try:
        return _EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None


def parse_amount(text: str, currency: str) -> int:
    """Minor units of an amount in plain decimal notation, ``1234.56``; blanks around it do not matter.

    Thousands separators, decimal commas and brackets are no matter of this function: whoever reads such files turns
    them into plain notation first and says so. Raises `BadAmount` and `UnknownCurrency`.
    """
    digits = exponent(currency)
    plain = text.strip()
    if not plain:
        raise BadAmount(text, AmountFault.EMPTY)
    match = _PLAIN.fullmatch(plain)
    if match is None:
        raise BadAmount(text, AmountFault.NOT_A_NUMBER)
    sign, whole, decimals = match[1], match[2], match[3] or ""
    if len(decimals) > digits:
        raise BadAmount(text, AmountFault.TOO_MANY_DECIMALS)
    if len(plain) > _LONGEST_PLAIN:  # also keeps int() from a text of a million digits
        raise BadAmount(text, AmountFault.OUT_OF_RANGE)
    minor = int(whole + decimals.ljust(digits, "0"))
    if minor > LARGEST_MINOR:
        raise BadAmount(text, AmountFault.OUT_OF_RANGE)
    return -minor if sign == "-" else minor


def decimal_string(minor: int, currency: str) -> str:
    """Plain decimal notation with every decimal of the currency: ``1234.56``, JPY ``1234``, KWD ``1.250``.

    The way money is written for machines (API, CSV); what people read is formatted for their language elsewhere.
    Raises `UnknownCurrency`.
    """
    digits = exponent(currency)
    sign = "-" if minor < 0 else ""
    if digits == 0:
        return f"{sign}{abs(minor)}"
    whole, rest = divmod(abs(minor), 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}"


def round_half_up(value: Decimal) -> int:
    """The nearest whole number, halves away from nought, so that a reversal rounds exactly as what it reverses."""
    return int(value.to_integral_value(rounding=ROUND_HALF_UP))


def share(minor: int, rate: Decimal) -> int:
    """`rate` of an amount in minor units, rounded once, half up: 25 % of 33.33 is 8.33."""
    return round_half_up(_EXACT.multiply(Decimal(minor), rate))


def split(total_minor: int, weights: Sequence[int | Decimal]) -> list[int]:
    """Divides an amount by weights so that the parts add up to it again.

    Largest remainder, ties to the earlier part: 100.00 by three equal weights is 33.34 + 33.33 + 33.33. A negative
    total splits as its positive mirror. Raises `ValueError` when a weight is negative or their sum is nought.
    """
    shares = [Fraction(weight) for weight in weights]
    whole = sum(shares, Fraction(0))
    if whole <= 0 or any(weight < 0 for weight in shares):
        raise ValueError("an amount is split by weights that are not negative and not all nought")
    exact = [abs(total_minor) * weight / whole for weight in shares]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    left_over = abs(total_minor) - sum(parts)
    for place in by_remainder[:left_over]:
        parts[place] += 1
    return [-part for part in parts] if total_minor < 0 else parts
