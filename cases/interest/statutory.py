"""Statutory rates, as `statutory.toml` has them: which apply to whom, and what each was from when on."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from cases.interest.rules import Period
from portal.pages.text import current_language

_DAY: Final = timedelta(days=1)


class Taken(StrEnum):
    """When the rate of a table is taken."""

    FLOATING = "floating"
    """Each day bears the rate of that day."""
    START = "start"
    """The rate of the first day of interest stays."""
    DUE = "due"
    """The rate of the day on which it fell due stays."""


@dataclass(frozen=True, slots=True)
class Compensation:
    """Fixed sums for an invoice that was not paid in time, in minor units: ``below`` an amount of the invoice, so much."""

    currency: str
    sums: Sequence[tuple[int | None, int]]

    def for_invoice(self, amount_minor: int) -> int:
        """The sum for an invoice of so much."""
        return next(minor for below, minor in self.sums if below is None or amount_minor < below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A law's interest. ``rates`` hold from their day on; ``through`` is the last day for which they are known."""

    code: str
    country: str
    applies: str
    """company: only where the debtor is one; any."""
    taken: Taken
    day_count: int
    rates: Sequence[tuple[date, Decimal]]
    through: date | None
    names: Mapping[str, str]
    bases: Mapping[str, str]
    compensation: Compensation | None
    judgment: bool
    """Only after a judgment."""
    adds: bool
    """On top of the ordinary interest."""

    @property
    def name(self) -> str:
        """Its name in the language being spoken."""
        return self.names[current_language()]

    @property
    def basis(self) -> str:
        """The law, in the language being spoken."""
        return self.bases[current_language()]

    @property
    def latest(self) -> Decimal:
        """The last rate that is known."""
        return self.rates[-1][1]

    def is_for(self, debtor_kind: str) -> bool:
        """Whether it applies to debtors of a kind."""
        return self.applies in ("any", debtor_kind)

    def periods(self, due_on: date) -> list[Period]:
        """The rates that a sum bears which fell due on a day; before the first known one, none that is known."""
        unknown = Period(date.min, None, self.day_count, self.code)
        if self.taken is Taken.FLOATING:
            known = [Period(since, rate, self.day_count, self.code) for since, rate in self.rates]
            if self.through is not None:
                known.append(Period(self.through + _DAY, self.latest, self.day_count, self.code, is_last_known=True))
            return [unknown, *known]
        asked = due_on if self.taken is Taken.DUE else due_on + _DAY
        rate = next((rate for since, rate in reversed(self.rates) if since <= asked), None)
        late = self.through is not None and asked > self.through
        return [Period(date.min, rate, self.day_count, self.code, is_last_known=late)]


def _table(given: Mapping[str, Any], series: Mapping[str, Any]) -> Table:
    published = series[given["series"]]
    margin, factor = Decimal(given.get("margin", "0")), Decimal(given.get("factor", "1"))
    sums = given.get("compensation")
    return Table(
        code=given["code"],
        country=given["country"],
        applies=given["applies"],
        taken=Taken(given["taken"]),
        day_count=given["day_count"],
        rates=tuple((since, Decimal(rate) * factor + margin) for since, rate in published["rates"]),
        through=published.get("through"),
        names=given["name"],
        bases=given["basis"],
        compensation=Compensation(sums["currency"], tuple((one.get("below"), one["minor"]) for one in sums["sums"]))
        if sums
        else None,
        judgment=given.get("judgment", False),
        adds=given.get("adds", False),
    )


def _read() -> dict[str, Table]:
    content = tomllib.loads(Path(__file__).with_name("statutory.toml").read_text(encoding="utf-8"))
    return {given["code"]: _table(given, content["series"]) for given in content["table"]}


TABLES: Final[Mapping[str, Table]] = _read()
"""The tables by their codes, which the database keeps: a code is never used for something else."""
