"""Sums of several currencies in one, by rates that are named beside them. Nothing is added up without."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from billing.home.recovery import Placed, Promised, Received
from portal.money import exponent, round_half_up
from portal.tenancy.database import sql

EURO: Final = "EUR"


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of a currency one euro was worth on a day, and who said so."""

    currency: str
    per_euro: Decimal
    on: date
    source: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """The way from some currencies into ``target``."""

    target: str
    rates: Mapping[str, Rate]

    def convert(self, minor: int, currency: str) -> int:
        """Minor units of a currency as minor units of the target, rounded half up.

        Raises:
            KeyError: there is no rate of one of the two.
        """
        if currency == self.target:
            return minor
        euros = Decimal(minor).scaleb(-exponent(currency)) / self._per_euro(currency)
        return round_half_up((euros * self._per_euro(self.target)).scaleb(exponent(self.target)))

    def _per_euro(self, currency: str) -> Decimal:
        return Decimal(1) if currency == EURO else self.rates[currency].per_euro

    def placed(self, parts: Iterable[Placed]) -> list[Placed]:
        """What was placed, in the target."""
        return [
            replace(
                part,
                currency=self.target,
                placed_minor=self.convert(part.placed_minor, part.currency),
                open_minor=self.convert(part.open_minor, part.currency),
                corrected_minor=self.convert(part.corrected_minor, part.currency),
                recalled_minor=self.convert(part.recalled_minor, part.currency),
            )
            for part in parts
        ]

    def received(self, parts: Iterable[Received]) -> list[Received]:
        """What came back, in the target."""
        return [
            replace(
                part,
                currency=self.target,
                amount_minor=self.convert(part.amount_minor, part.currency),
                fee_minor=self.convert(part.fee_minor, part.currency),
                week_minor=self.convert(part.week_minor, part.currency),
            )
            for part in parts
        ]

    def promised(self, parts: Iterable[Promised]) -> list[Promised]:
        """What is promised, in the target."""
        return [
            replace(part, currency=self.target, outstanding_minor=self.convert(part.outstanding_minor, part.currency))
            for part in parts
        ]


RATES = """
select distinct on (currency) currency, per_euro, "on", source from exchange_rates
where currency = any($1) and "on" <= $2 order by currency, "on" desc
"""


async def exchange(target: str, currencies: Iterable[str], today: date) -> Exchange | None:
    """The latest rates into ``target``; none when one of them is missing."""
    needed = {*currencies, target} - {EURO}
    rates = {row["currency"]: Rate(**row) for row in await sql(RATES, sorted(needed), today)}
    return Exchange(target, rates) if rates.keys() == needed else None
