"""Public holidays and working days of a debtor's country."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Year:
    """One country's (and region's) calendar of one year.

    ``known`` is False for a country without a published calendar: it then has weekends only, and the guard says so.
    ``working`` are the weekend days on which the country works to make up for a bridge day, as China does.
    """

    holidays: Mapping[date, str]
    weekend: frozenset[int]
    working: frozenset[date]
    known: bool = True


@lru_cache(maxsize=1024)
def year_of(country: str, region: str, year: int, language: str = "en_US") -> Year:
    """The calendar of a year, with the names of its holidays in ``language`` where the country's are translated."""
    try:
        days = holidays.country_holidays(country, subdiv=region or None, years=[year], language=language)
    except NotImplementedError:
        if region:
            return year_of(country, "", year, language)
        return Year(holidays={}, weekend=frozenset({5, 6}), working=frozenset(), known=False)
    return Year(
        holidays=dict(days.items()),
        weekend=frozenset(days.weekend),
        working=frozenset(getattr(days, "weekend_workdays", ())),
    )


def is_known(country: str) -> bool:
    """Whether the public holidays of ``country`` are known at all."""
    return year_of(country, "", 2026).known


def is_holiday(day: date, country: str, region: str = "") -> bool:
    """Whether ``day`` is a public holiday in the country, or in its region when that is known."""
    return day in year_of(country, region, day.year).holidays


def holiday_name(day: date, country: str, region: str = "", language: str = "en") -> str:
    """The holiday's name in Chinese where it has one, else in English; the ISO date when it is none."""
    wanted = "zh_CN" if language.startswith("zh") else "en_US"
    return year_of(country, region, day.year, wanted).holidays.get(day, day.isoformat())


def is_working_day(day: date, country: str, region: str = "") -> bool:
    """Neither a weekend day there nor a public holiday; a weekend day worked in exchange counts as one."""
    year = year_of(country, region, day.year)
    if day in year.working:
        return True
    return day.weekday() not in year.weekend and day not in year.holidays


def add_working_days(day: date, count: int, country: str, region: str = "") -> date:
    """The ``count``-th working day after ``day``; ``day`` itself when the count is 0.

    Raises ``ValueError`` for a negative count.
    """
    if count < 0:
        raise ValueError("working days are counted forwards")
    while count:
        day += _DAY
        if is_working_day(day, country, region):
            count -= 1
    return day
