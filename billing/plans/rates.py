"""Amounts of a case in the currency of the limits that hold for it, at the latest rates of a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from portal.money import exponent, round_half_up
from portal.tenancy.database import sql

RATES: Final = """
select distinct on (currency) currency, per_euro from exchange_rates
where currency = any($1) and "on" <= $2 order by currency, "on" desc
"""


@dataclass(frozen=True, slots=True)
class Rates:
    """What a unit of some currencies is for a euro."""

    per_euro: Mapping[str, Decimal]

    def convert(self, minor: int, mine: str, theirs: str) -> int:
        """An amount in minor units of another currency; as it is where a rate is missing."""
        major = Decimal(minor).scaleb(-exponent(mine))
        if mine != theirs and mine in self.per_euro and theirs in self.per_euro:
            major = major / self.per_euro[mine] * self.per_euro[theirs]
        return round_half_up(major.scaleb(exponent(theirs)))


async def rates_of(currencies: list[str], today: date) -> Rates:
    """The latest rates of some currencies on a day."""
    rows = await sql(RATES, currencies, today)
    return Rates({"EUR": Decimal(1), **{row["currency"]: row["per_euro"] for row in rows}})
