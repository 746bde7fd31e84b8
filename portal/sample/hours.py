"""When people of the sample world do something: on working days, in hours that are right on both sides."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from cases.contact.calendar import is_holiday
from cases.contact.zones import Place, places_of
from portal.sample.debtors import Debtor

DAY = timedelta(days=1)
OFFICE = (time(8, 10), time(18, 30))
"""When the agency is at its desks."""
LONG_DAY = (time(7), time(22, 30))
"""Somebody stays for debtors far away."""
CALLS = (time(8), time(18))
"""When a business may be called, by its own clock."""


def moment(day: date, clock: time, zone: str) -> datetime:
    """A clock time somewhere, in UTC."""
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def local_day(at: datetime, zone: str) -> date:
    """The date it is somewhere."""
    return at.astimezone(ZoneInfo(zone)).date()


@cache
def working(day: date, *countries: str) -> bool:
    """Whether it is a working day in all of the countries, Monday to Friday everywhere."""
    return day.weekday() < 5 and not any(is_holiday(day, country) for country in countries)


def working_day(day: date, count: int, *countries: str) -> date:
    """The ``count``-th working day after a day, before it when negative; with 0 the day itself or the next that is one."""
    step = -DAY if count < 0 else DAY
    while count == 0 and not working(day, *countries):
        day += DAY
    for _ in range(abs(count)):
        day += step
        while not working(day, *countries):
            day += step
    return day


def places(debtor: Debtor, number: str) -> tuple[Place, ...]:
    """Where the contact guard looks for the debtor's clock."""
    return places_of(
        debtor.country, region=debtor.region, postal_code=debtor.postal_code, city=debtor.city, phone=number
    )


def call_time(random: Random, day: date, where: tuple[Place, ...], zone: str) -> datetime:
    """A minute on a working day at which the debtor may be called and somebody at the agency is there to do it."""
    opens = max(moment(day, CALLS[0], place.zone) for place in where)
    closes = min(moment(day, CALLS[1], place.zone) for place in where)
    for begins, ends in (OFFICE, LONG_DAY):
        first = max(opens, moment(day, begins, zone))
        last = min(closes, moment(day, ends, zone)) - timedelta(minutes=12)
        if first < last:
            return first + timedelta(seconds=random.randrange(int((last - first).total_seconds())))
    return opens + timedelta(seconds=random.randrange(1800))


def desk_time(random: Random, day: date, zone: str, begins: int = 9, ends: int = 17) -> datetime:
    """A moment of a day at somebody's desk."""
    return moment(day, time(begins), zone) + timedelta(seconds=random.randrange((ends - begins) * 3600))


def appointed(at: datetime) -> datetime:
    """The quarter of an hour that one would have agreed on."""
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def months_back(today: date, months: int) -> date:
    """The first day of the month so many months before."""
    number = today.year * 12 + today.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
