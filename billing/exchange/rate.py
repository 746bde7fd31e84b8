"""Rates of exchange: exact decimals, by which an amount is worked out in another currency and rounded once."""

import re
from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Final

from portal.errors import Refused
from portal.money import exponent, round_half_up, split
from portal.pages.text import N_

MOST_DIGITS: Final = 10
FEWEST: Final = Decimal("0.0001")
"""A rate is shown with four decimals at least."""
_PLAIN: Final = re.compile(r"(\d{1,10})(?:\.(\d{1,10}))?", re.ASCII)
_DIVIDING: Final = Context(prec=MOST_DIGITS)
# Products of 16 digits of money and 10 of a rate are exact within this.
_EXACT: Final = Context(prec=60)


def rate_in(text: str, field: str = "rate") -> Decimal:
    """A rate as it is typed: ``0.7900``, above nought, of at most ten digits that count. Its noughts stay.

    Raises:
        Refused: it is none, with its field.
    """
    if not text:
        raise Refused(N_("Please fill this in."), field=field, code="missing")
    found = _PLAIN.fullmatch(text)
    rate = Decimal(text) if found else Decimal(0)
    if not rate or len(rate.normalize().as_tuple().digits) > MOST_DIGITS:
        raise Refused(N_("A rate above zero, such as 0.7900, of at most 10 digits."), field=field, code="bad_rate")
    return rate


def converted(minor: int, currency: str, rate: Decimal, target: str) -> int:
    """Minor units of a currency in minor units of another, rounded once, half up: 760.00 USD at 0.79 are 600.40 GBP."""
    exact = _EXACT.multiply(Decimal(minor), rate)
    return round_half_up(exact.scaleb(exponent(target) - exponent(currency), _EXACT))


def rate_of(sold_minor: int, currency: str, bought_minor: int, target: str) -> Decimal:
    """The rate at which one amount became another, to ten digits."""
    bought = Decimal(bought_minor).scaleb(-exponent(target))
    return _DIVIDING.divide(bought, Decimal(sold_minor).scaleb(-exponent(currency))).normalize() + 0


def belongs(sold_minor: int, currency: str, rate: Decimal, bought_minor: int, target: str) -> bool:
    """Whether a rate is that of two amounts, as far as its last digit says."""
    unsure = converted(sold_minor, currency, Decimal(1).scaleb(-_places(rate)), target)
    return abs(converted(sold_minor, currency, rate, target) - bought_minor) <= unsure + 1


def spread(bought_minor: int, quoted: Sequence[int]) -> list[int]:
    """What was bought, over what was quoted to each: all gain or all lose, and no smallest unit is left over."""
    return split(bought_minor, quoted)


def rate_text(currency: str, rate: Decimal, target: str) -> str:
    """A rate as it is shown: ``1 USD = 0.7900 GBP``."""
    return f"1 {currency} = {max(rate, rate.quantize(FEWEST), key=_places):f} {target}"


def _places(rate: Decimal) -> int:
    places = rate.as_tuple().exponent
    assert isinstance(places, int)
    return -places
