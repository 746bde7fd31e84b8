"""Schedules that agencies publish, to start an agreement from. Amounts are in a currency that the agency chooses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from billing.fees.terms import Basis, Conditions, Rule, Tier
from portal.money import exponent
from portal.pages.text import N_

Tiers = Sequence[tuple[int | None, str]]
"""Bounds (days, or whole units of the currency) with rates in per cent."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A schedule to start from."""

    code: str
    name: str
    """A msgid."""
    rules_in: Callable[[str], tuple[Rule, ...]]
    """Its rules, with amounts in a currency."""


def by_age(currency: str) -> tuple[Rule, ...]:
    """By the account's age when placed, up to 730 days; what is older, small or abroad costs most."""
    small = Rule(
        basis=Basis.PLACED_AMOUNT,
        tiers=_tiers([(100, "35")], currency),
        conditions=Conditions(currency=currency),
    )
    foreign = Rule(tiers=_tiers([(None, "35")]), conditions=Conditions(foreign=True))
    aged = Rule(basis=Basis.AGE_AT_PLACEMENT, tiers=_tiers([(120, "20"), (180, "25"), (730, "30")]))
    return (small, foreign, aged, _rest("35"))


def by_amount(currency: str) -> tuple[Rule, ...]:
    """By what was placed: half of what is small."""
    return _by_placed([(300, "50"), (2_000, "28")], "20", currency)


def by_amount_in_europe(currency: str) -> tuple[Rule, ...]:
    """By what was placed, for claims between companies in Europe."""
    return _by_placed([(999, "20"), (149_999, "9.5")], "6", currency)


def international(currency: str) -> tuple[Rule, ...]:
    """By what was placed, falling in five steps."""
    return _by_placed([(1_000, "30"), (10_000, "20"), (50_000, "15"), (250_000, "10")], "7.5", currency)


def _by_placed(tiers: Tiers, rest: str, currency: str) -> tuple[Rule, ...]:
    placed = Rule(basis=Basis.PLACED_AMOUNT, tiers=_tiers(tiers, currency), conditions=Conditions(currency=currency))
    return (placed, _rest(rest))


def _rest(percent: str) -> Rule:
    return Rule(tiers=_tiers([(None, percent)]))


def _tiers(tiers: Tiers, currency: str | None = None) -> tuple[Tier, ...]:
    unit = 10 ** exponent(currency) if currency else 1
    return tuple(Tier(None if bound is None else bound * unit, Decimal(rate) / 100) for bound, rate in tiers)


SAMPLES: Final = (
    Sample(
        "age", N_("By age: 20 %% to 120 days, 25 %% to 180, 30 %% to 730, 35 %% beyond, when small or abroad"), by_age
    ),
    Sample("amount", N_("By amount placed: 50 %% to 300, 28 %% to 2,000, 20 %% above"), by_amount),
    Sample("europe", N_("Europe, by amount placed: 20 %% to 999, 9.5 %% to 149,999, 6 %% above"), by_amount_in_europe),
    Sample("international", N_("International, by amount placed: 30, 20, 15, 10 and 7.5 %%"), international),
)
