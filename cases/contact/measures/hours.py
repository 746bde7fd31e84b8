"""The hours in which the debtor may be contacted, by the debtor's own clocks and calendar."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar

from cases.contact.calendar import is_holiday, is_known
from cases.contact.measures.measure import Explanation, Measure, Parameters, listed, word
from cases.contact.question import Question
from cases.contact.wording import City, Clocks, Holiday, Moment
from cases.contact.zones import Place
from portal.pages.text import Text, say

_DAY = timedelta(days=1)
_WEEKDAYS = frozenset(range(5))
# Golden Week, a long Eid and a weekend together stay far below; beyond, the clocks share no hour at all.
_HORIZON = timedelta(days=31)


class _Obstacle(StrEnum):
    """Why a place is closed."""

    HOLIDAY = "holiday"
    """A public holiday there."""
    WEEKDAY = "weekday"
    """Not one of the rule's weekdays."""
    CLOCK = "clock"
    """Too early or too late in the day."""


@dataclass(frozen=True, slots=True)
class Hours(Measure):
    """Open from ``opens`` until before ``closes`` on some weekdays (Monday is 0), maybe not on public holidays.

    With several places it must be open at each: the windows are intersected. On the days the clocks change a
    bound that happens twice, or never, is read in the debtor's favour.
    """

    timed: ClassVar[bool] = True
    opens: time
    closes: time
    weekdays: frozenset[int]
    holidays_too: bool

    @classmethod
    def read(cls, parameters: Parameters) -> "Hours":
        """From ``opens``, ``closes`` (``HH:MM``), ``weekdays`` (all by default), ``public_holidays`` (open or closed)."""
        opens, closes = time.fromisoformat(word(parameters, "opens")), time.fromisoformat(word(parameters, "closes"))
        weekdays = frozenset(int(str(day)) for day in listed(parameters, "weekdays")) or frozenset(range(7))
        if opens >= closes or not weekdays <= frozenset(range(7)):
            raise ValueError("a window opens before it closes, on days from 0 to 6")
        return cls(opens, closes, weekdays, word(parameters, "public_holidays") == "open")

    def stops(self, question: Question, at: datetime) -> bool:
        return not question.places or not all(self._open_at(place, at) for place in question.places)

    def releases(self, question: Question, at: datetime) -> datetime | None:
        return self.next_open(question.places, at)

    def next_open(self, places: tuple[Place, ...], at: datetime) -> datetime | None:
        """The first moment from ``at`` on that is open at every place; None when a month brings none."""
        if not places:
            return None
        moment, limit = at, at + _HORIZON
        while moment < limit:
            later = max(self._next_open(place, moment, limit) for place in places)
            if later == moment:
                return moment
            moment = later
        return None

    def lapses(self, question: Question, at: datetime) -> datetime | None:
        ends = (self.day_window(place, at.astimezone(place.clock).date()) for place in question.places)
        return min((end[1] for end in ends if end), default=None)

    def day_window(self, place: Place, day: date) -> tuple[datetime, datetime] | None:
        """When it is open at one place on one of its days, in UTC; None when closed all day."""
        return _window(self, place, day)

    def shared_window(self, places: tuple[Place, ...], day: date) -> tuple[datetime, datetime] | None:
        """The hours open at every place while it is ``day`` at the first one, in UTC; None when there are none."""
        whole = self.day_window(places[0], day)
        if whole is None:
            return None
        first = self.next_open(places, whole[0])
        if first is None or first >= whole[1]:
            return None
        last = min(window[1] for place in places if (window := self.day_window(place, _local(place, first))))
        return first, last

    def _open_at(self, place: Place, at: datetime) -> bool:
        window = self.day_window(place, _local(place, at))
        return window is not None and window[0] <= at < window[1]

    def _next_open(self, place: Place, at: datetime, limit: datetime) -> datetime:
        """The first moment from ``at`` on that is open at ``place``, ``limit`` when there is none before."""
        day, last = _local(place, at), _local(place, limit)
        while day <= last:
            window = self.day_window(place, day)
            if window and at < window[1]:
                return max(at, window[0])
            day += _DAY
        return limit

    def _obstacle(self, place: Place, at: datetime) -> _Obstacle | None:
        day = _local(place, at)
        if not self.holidays_too and is_holiday(day, place.country, place.region):
            return _Obstacle.HOLIDAY
        if day.weekday() not in self.weekdays:
            return _Obstacle.WEEKDAY
        return None if self._open_at(place, at) else _Obstacle.CLOCK

    def explain(self, question: Question, at: datetime, *, stops: bool) -> Explanation:
        if not question.places:
            return Explanation(
                say("Nothing says where the debtor is: record a country or a telephone number"),
                say("The debtor's local time is not known"),
            )
        if stops:
            return self._explain_stop(question.places, at)
        return Explanation(self._explain_pass(question.places, at))

    def _explain_pass(self, places: tuple[Place, ...], at: datetime) -> Text:
        here, opens, closes = places[0], _hour(self.opens), _hour(self.closes)
        if len(places) > 1:
            clocks = Clocks(tuple(_clock(place, at) for place in places))
            return say("%(clocks)s; inside %(opens)s–%(closes)s at each", clocks=clocks, opens=opens, closes=closes)
        now, place = Moment(at, here.zone), city(here)
        if self.holidays_too:
            return say(
                "%(now)s, inside %(opens)s–%(closes)s in %(city)s", now=now, opens=opens, closes=closes, city=place
            )
        if not is_known(here.country):
            return say("%(now)s, inside %(opens)s–%(closes)s; holidays in %(city)s are not known",
                       now=now, opens=opens, closes=closes, city=place)  # fmt: skip
        return say("%(now)s, inside %(opens)s–%(closes)s; no holiday in %(city)s",
                   now=now, opens=opens, closes=closes, city=place)  # fmt: skip

    def _explain_stop(self, places: tuple[Place, ...], at: datetime) -> Explanation:
        opens, closes = _hour(self.opens), _hour(self.closes)
        if self.next_open(places, at) is None:
            return Explanation(
                say("The places the debtor may be at share no hour of %(opens)s–%(closes)s: record the region",
                    opens=opens, closes=closes),
                say("The debtor's local time is not known"),
            )  # fmt: skip
        shut, why = next((place, why) for place in places if (why := self._obstacle(place, at)) is not None)
        now, where = Moment(at, shut.zone), city(shut)
        if why == _Obstacle.HOLIDAY:
            holiday = Holiday(_local(shut, at), shut.country, shut.region)
            return Explanation(
                say("%(now)s there, a public holiday: %(holiday)s", now=now, holiday=holiday),
                say("Public holiday in %(city)s", city=where),
            )
        return Explanation(
            say("%(now)s there; allowed %(opens)s–%(closes)s %(days)s",
                now=now, opens=opens, closes=closes, days=self._days()),
            say("Outside %(city)s hours", city=where),
        )  # fmt: skip

    def _days(self) -> Text:
        if self.weekdays == _WEEKDAYS:
            return say("Monday to Friday") if self.holidays_too else say("on working days")
        return say("on the days agreed") if len(self.weekdays) < 7 else say("every day")


def _hour(clock: time) -> str:
    return clock.isoformat("minutes")


@lru_cache(maxsize=8192)
def _window(hours: Hours, place: Place, day: date) -> tuple[datetime, datetime] | None:
    if day.weekday() not in hours.weekdays:
        return None
    if not hours.holidays_too and is_holiday(day, place.country, place.region):
        return None
    opens = max(_instant(place, day, hours.opens, fold) for fold in (0, 1))
    closes = min(_instant(place, day, hours.closes, fold) for fold in (0, 1))
    return (opens, closes) if opens < closes else None


def _instant(place: Place, day: date, clock: time, fold: int) -> datetime:
    return datetime.combine(day, clock, tzinfo=place.clock).replace(fold=fold).astimezone(UTC)


def _local(place: Place, at: datetime) -> date:
    return at.astimezone(place.clock).date()


def _clock(place: Place, at: datetime) -> Text:
    return say("%(now)s in %(city)s", now=Moment(at, place.zone), city=city(place))


def city(place: Place) -> str | City:
    """What to call a place: the debtor's city, else the one its zone is named for."""
    return place.city or City(place.zone)
