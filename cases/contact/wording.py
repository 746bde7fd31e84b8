"""Sentences that are kept as data and spoken in any language: a msgid and typed parameters.

A decision made today is read in a year, by somebody with another language: so what is stored is never the spoken
sentence. Each kind of parameter prints itself in the language being spoken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

from babel.dates import get_timezone_location
from babel.lists import format_list

from cases.contact.calendar import holiday_name
from portal.pages.formats import clock, day, money, short_date, when
from portal.pages.text import Text, current_language, gettext, in_chinese


class Shape(StrEnum):
    """How much of a moment is said."""

    TIME = "time"
    """13:40"""
    WEEKDAY = "weekday"
    """Tue 13:40"""
    DAY = "day"
    """Wed 25 Nov, 08:00"""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as the clocks of a zone show it."""

    at: datetime
    zone: str
    shape: Shape = Shape.WEEKDAY

    def __str__(self) -> str:
        if self.shape == Shape.DAY:
            return when(self.at, self.zone)
        time = clock(self.at, self.zone)
        if self.shape == Shape.TIME:
            return time
        spoken = day(self.at, zone=self.zone)
        return f"{spoken.split()[-1 if in_chinese() else 0]} {time}"


@dataclass(frozen=True, slots=True)
class Days:
    """Dates in their order, said together: "18 and 20 Nov", "11月18日和20日"."""

    days: tuple[date, ...]

    def __str__(self) -> str:
        if in_chinese():
            return format_list([self._in_chinese(place) for place in range(len(self.days))], locale="zh_Hans")
        return format_list([self._in_english(place) for place in range(len(self.days))], locale="en_GB")

    def _in_english(self, place: int) -> str:
        """The month is said after the last of its days."""
        spoken = self.days[place]
        following = self.days[place + 1] if place + 1 < len(self.days) else None
        return str(spoken.day) if following and _month(following) == _month(spoken) else short_date(spoken)

    def _in_chinese(self, place: int) -> str:
        """The month is said before the first of its days."""
        spoken = self.days[place]
        return f"{spoken.day}日" if place and _month(self.days[place - 1]) == _month(spoken) else short_date(spoken)


def _month(day_of: date) -> tuple[int, int]:
    return day_of.year, day_of.month


@dataclass(frozen=True, slots=True)
class Day:
    """One date: "18 Nov", with its year when that is another."""

    day: date

    def __str__(self) -> str:
        return short_date(self.day)


@dataclass(frozen=True, slots=True)
class City:
    """The city a zone is named for, in the reader's language."""

    zone: str

    def __str__(self) -> str:
        return _city(self.zone, current_language())


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday, named in the reader's language where the country's are translated."""

    day: date
    country: str
    region: str = ""

    def __str__(self) -> str:
        return holiday_name(self.day, self.country, self.region, current_language())


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount in minor units with its currency."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return money(self.minor, self.currency)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Several places' clocks said one after the other."""

    texts: tuple[Text, ...]

    def __str__(self) -> str:
        return gettext("; ").join(str(text) for text in self.texts)


@lru_cache(maxsize=1024)
def _city(zone: str, language: str) -> str:
    return get_timezone_location(zone, locale="zh_Hans" if language.startswith("zh") else "en", return_city=True)


def text_facts(text: Text) -> Mapping[str, object]:
    """A sentence as plain data for JSON; ``read_text`` is the way back."""
    return {"msgid": text.msgid, "params": {name: _plain(value) for name, value in text.params.items()}}


def _plain(value: object) -> object:  # noqa: PLR0911 - one line for each kind of parameter
    match value:
        case Moment():
            return {"moment": value.at.isoformat(), "zone": value.zone, "shape": value.shape.value}
        case Days():
            return {"days": [spoken.isoformat() for spoken in value.days]}
        case Day():
            return {"day": value.day.isoformat()}
        case City():
            return {"city": value.zone}
        case Holiday():
            return {"holiday": value.day.isoformat(), "country": value.country, "region": value.region}
        case Sum():
            return {"minor": value.minor, "currency": value.currency}
        case Clocks():
            return {"clocks": [text_facts(text) for text in value.texts]}
        case Text():
            return text_facts(value)
        case str() | int():
            return value
        case _:
            raise TypeError(f"{type(value).__name__} cannot be kept with a decision")


def read_text(stored: object) -> Text:
    """The sentence that ``text_facts`` wrote. Raises ``ValueError`` for anything else."""
    match stored:
        case {"msgid": str(msgid), "params": dict(params)}:
            return Text(msgid, {str(name): _read(value) for name, value in params.items()})
        case _:
            raise ValueError("not a stored sentence")


def _read(value: object) -> object:  # noqa: PLR0911 - one line for each kind of parameter
    match value:
        case {"moment": str(at), "zone": str(zone), "shape": str(shape)}:
            return Moment(datetime.fromisoformat(at), zone, Shape(shape))
        case {"days": list(days)}:
            return Days(tuple(date.fromisoformat(str(spoken)) for spoken in days))
        case {"day": str(spoken)}:
            return Day(date.fromisoformat(spoken))
        case {"city": str(zone)}:
            return City(zone)
        case {"holiday": str(spoken), "country": str(country), "region": str(region)}:
            return Holiday(date.fromisoformat(spoken), country, region)
        case {"minor": int(minor), "currency": str(currency)}:
            return Sum(minor, currency)
        case {"clocks": list(texts)}:
            return Clocks(tuple(read_text(text) for text in texts))
        case {"msgid": str()}:
            return read_text(value)
        case str() | int():
            return value
        case _:
            raise ValueError("not a stored parameter")
