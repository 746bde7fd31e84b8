"""Amounts, dates and times as a person reads them, in the language and zone being spoken.

English and Chinese group digits alike (48,210.55), so amounts need no locale. Nothing here goes through Babel
but the names of cities and countries, once: a list shows hundreds of these, and each must cost a microsecond, not a pattern match.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import get_timezone_location

from portal.clock import now
from portal.money import exponent, round_half_up
from portal.pages.text import current_zone, in_chinese, ngettext, translate

MINUS: Final = "\u2212"
NBSP: Final = "\u00a0"

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKDAYS_LONG: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS_ZH: Final = "一二三四五六日"
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS_LONG: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def amount(minor: int, currency: str, sign: bool = False) -> str:
    """Minor units as a grouped decimal without its currency; ``sign`` writes ``+`` before money that came in."""
    places = exponent(currency)
    whole, part = divmod(abs(minor), 10**places)
    text = f"{whole:,}.{part:0{places}d}" if places else f"{whole:,}"
    if minor < 0:
        return MINUS + text
    return f"+{NBSP}{text}" if sign and minor else text


def money(minor: int, currency: str, sign: bool = False) -> str:
    """Currency and amount in one text, for sentences; pages show `ui.money`."""
    return f"{currency}{NBSP}{amount(minor, currency, sign)}"


def number(value: int | Decimal, decimals: int = 0) -> str:
    """A grouped number rounded half up to ``decimals`` places, with a true minus sign."""
    scaled = round_half_up(Decimal(value).scaleb(decimals))
    whole, part = divmod(abs(scaled), 10**decimals)
    text = f"{whole:,}.{part:0{decimals}d}" if decimals else f"{whole:,}"
    return MINUS + text if scaled < 0 else text


def percent(rate: Decimal, decimals: int | None = None) -> str:
    """A rate (0.25) as per cent (25 %). Without ``decimals`` as exact as the rate is, at most four places."""
    value = rate * 100
    text = number(value, 4).rstrip("0").rstrip(".") if decimals is None else number(value, decimals)
    return f"{text}{NBSP}%"


def _local(moment: date, zone: str | ZoneInfo | None) -> date:
    """A moment as the calendar shows it in a zone (the viewer's unless named); a plain date has no zone."""
    if not isinstance(moment, datetime):
        return moment
    if zone is None:
        return moment.astimezone(current_zone())
    return moment.astimezone(zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone))


def day(moment: date, weekday: bool = True, zone: str | None = None) -> str:
    """A short date: ``Tue 24 Nov``, ``11月24日 周二``. Another year than this one is named instead of the weekday."""
    local = _local(moment, zone)
    other_year = local.year != _local(now(), zone).year
    if in_chinese():
        text = f"{local.month}月{local.day}日"
        if other_year:
            return f"{local.year}年{text}"
        return f"{text} 周{_WEEKDAYS_ZH[local.weekday()]}" if weekday else text
    text = f"{local.day}{NBSP}{_MONTHS[local.month - 1]}"
    if other_year:
        return f"{text}{NBSP}{local.year}"
    return f"{_WEEKDAYS[local.weekday()]}{NBSP}{text}" if weekday else text


def short_date(moment: date, zone: str | None = None) -> str:
    """A date for narrow columns: ``24 Nov``, ``11月24日``, with the year when it is another."""
    return day(moment, weekday=False, zone=zone)


def date_full(moment: date, zone: str | None = None) -> str:
    """A date with its year: ``24 Nov 2026``, ``2026年11月24日``."""
    local = _local(moment, zone)
    if in_chinese():
        return f"{local.year}年{local.month}月{local.day}日"
    return f"{local.day}{NBSP}{_MONTHS[local.month - 1]}{NBSP}{local.year}"


def date_long(moment: date, weekday: bool = False, zone: str | None = None) -> str:
    """A date in full words: ``24 November 2026``, ``2026年11月24日``."""
    local = _local(moment, zone)
    if in_chinese():
        text = f"{local.year}年{local.month}月{local.day}日"
        return f"{text} 星期{_WEEKDAYS_ZH[local.weekday()]}" if weekday else text
    text = f"{local.day}{NBSP}{_MONTHS_LONG[local.month - 1]}{NBSP}{local.year}"
    return f"{_WEEKDAYS_LONG[local.weekday()]} {text}" if weekday else text


def month(moment: date) -> str:
    """The month of a date: ``October 2026``, ``2026年10月``."""
    if in_chinese():
        return f"{moment.year}年{moment.month}月"
    return f"{_MONTHS_LONG[moment.month - 1]}{NBSP}{moment.year}"


def clock(moment: datetime, zone: str | None = None) -> str:
    """The time of day, ``13:38``, in the viewer's zone or the one named."""
    local = moment.astimezone(ZoneInfo(zone) if zone else current_zone())
    return f"{local.hour:02d}:{local.minute:02d}"


def when(moment: datetime, zone: str | None = None) -> str:
    """Date and time: ``Tue 24 Nov, 13:38``, ``11月24日 周二 13:38``."""
    return f"{day(moment, zone=zone)}{' ' if in_chinese() else ', '}{clock(moment, zone)}"


def listed(names: Iterable[object]) -> str:
    """Names in a row: ``Ada, Ben``, ``李娜、王伟``. Addresses are no such row."""
    return ("、" if in_chinese() else ", ").join(str(name) for name in names)


def zone_place(zone: str) -> str:
    """The city an IANA zone is named after: ``Europe/Berlin`` → ``Berlin``, ``柏林``; UTC stays UTC."""
    if in_chinese():
        return _city_in_chinese(zone)
    return zone.rpartition("/")[2].replace("_", " ")


@cache
def _city_in_chinese(zone: str) -> str:
    return get_timezone_location(zone, locale="zh_Hans", return_city=True).rpartition("/")[2]


def country(code: str) -> str:
    """A country by its ISO 3166 code: ``Germany``, ``德国``; the code itself where there is none such."""
    return _country(code, "zh_Hans" if in_chinese() else "en")


@cache
def _country(code: str, locale: str) -> str:
    return str(Locale.parse(locale).territories.get(code, code))


def duration(length: timedelta | int) -> str:
    """A length of time (seconds when a number), as exactly as one needs it: ``22 min``, ``4 h 22``, ``17 h``, ``3 days``."""
    seconds = abs(int(length.total_seconds() if isinstance(length, timedelta) else length))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days >= 2:
        return ngettext("%(num)s day", "%(num)s days", days) % {"num": days}
    if hours:
        rest = minutes % 60 if hours < 10 else 0
        return translate("%(hours)s h %(minutes)s", hours=hours, minutes=rest) if rest else _hours(hours)
    if minutes:
        return translate("%(minutes)s min", minutes=minutes)
    return translate("%(seconds)s s", seconds=seconds)


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time that is put into words when it is printed, in the language spoken then."""

    length: timedelta

    def __str__(self) -> str:
        return duration(self.length)


def _hours(hours: int) -> str:
    return translate("%(hours)s h", hours=hours)


def ago(moment: datetime) -> str:
    """How far a moment lies from now: ``20 min ago``, ``in 20 min``, ``just now``."""
    distance = now() - moment
    if abs(distance) < timedelta(minutes=1):
        return translate("just now")
    if distance < timedelta():
        return translate("in %(duration)s", duration=duration(distance))
    return translate("%(duration)s ago", duration=duration(distance))


def size(count: int) -> str:
    """A file's size in bytes: ``340 kB``, ``1.1 MB``."""
    if count < 1000:
        return f"{count}{NBSP}B"
    if count < 1_000_000:
        return f"{number(Decimal(count) / 1000)}{NBSP}kB"
    return f"{number(Decimal(count) / 1_000_000, 1)}{NBSP}MB"


def initials(name: str) -> str:
    """Up to two letters for a person's disc: ``Lena Brandes`` → LB, 王芳 → 芳."""
    words = name.split()
    if not words:
        return "?"
    if not words[0].isascii() and not words[0][0].isalpha():
        return words[0][0]
    if "\u4e00" <= words[0][0] <= "\u9fff":
        return words[0][-1]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


FILTERS: Final[dict[str, Callable[..., str]]] = {
    "amount": amount, "money": money, "number": number, "percent": percent, "size": size,
    "day": day, "short_date": short_date, "date_full": date_full, "date_long": date_long, "month": month,
    "clock": clock, "when": when, "duration": duration, "ago": ago, "zone_place": zone_place, "listed": listed,
    "country": country, "initials": initials,
}  # fmt: skip
"""What templates call these by."""
