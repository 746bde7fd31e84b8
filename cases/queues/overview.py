"""What waits in the queue, counted: by band, by country, and by the hours at which one may call there.

One query groups the cases by where their debtors are, a few hundred groups however many cases there are; the contact
engine is asked about each group, and everything the page counts is added up from them.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from cases.contact.packs.company import RULES
from cases.contact.windows import Span, Whereabouts, hours_of, open_at, spans_of
from cases.contact.wording import City
from cases.contact.zones import AREA, AREA_COUNTRIES
from cases.queues.filters import MATCHING, WAITING, Filters, matched
from portal import clock
from portal.pages.formats import clock as time_of_day
from portal.pages.formats import listed
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

Key = TypeVar("Key", bound=Hashable)

LINES: Final = 9
"""Lines of the chart; what is left stands in one more."""

WHEREABOUTS: Final = (
    "c.debtor_kind, c.debtor_country, c.debtor_region,"
    f" case when c.debtor_country = any($7) then left(c.debtor_postal_code, {AREA}) else '' end"
)
"""The columns of :class:`Whereabouts`; ``$7`` are the countries whose zones depend on the postal code."""

GROUPS: Final = f"""
select c.band, {WHEREABOUTS} as area, count(*) as cases from cases c {MATCHING} group by 1, 2, 3, 4, 5
"""  # noqa: S608 - own words only


@dataclass(frozen=True, slots=True)
class Group:
    """Cases of one band whose debtors are at one place."""

    band: int
    whereabouts: Whereabouts
    cases: int


@dataclass(frozen=True, slots=True)
class Window:
    """A line of the chart: zones that may be called at the same hours of the reader's day."""

    names: tuple[tuple[City, ...], ...]
    """What the zones are named for, those with most cases first; a debtor that may be at several places is called at the
    hours they share, and all of them are named. Empty for what had no line of its own."""
    spans: tuple[Span, ...]
    is_open: bool
    cases: int
    zone: str

    @property
    def hours(self) -> list[tuple[float, float]]:
        """The spans as hours of the reader's day, 0 to 24."""
        return [(self._hour(begins), self._hour(ends) or 24.0) for begins, ends in self.spans]

    @property
    def said(self) -> str:
        """The spans in words: ``08:00–18:00``."""
        return listed(f"{time_of_day(begins, self.zone)}–{time_of_day(ends, self.zone)}" for begins, ends in self.spans)

    def _hour(self, at: datetime) -> float:
        local = at.astimezone(ZoneInfo(self.zone))
        return local.hour + local.minute / 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What is counted of all that waits. Each count follows the filters but the one that it offers to choose."""

    bands: Counter[int]
    countries: Counter[str]
    callable_now: int
    open: frozenset[Whereabouts]
    """Where the hours allow a call now."""
    windows: tuple[Window, ...]

    @property
    def total(self) -> int:
        """The cases to work today."""
        return self.bands.total()


async def overview(actor: Actor, filters: Filters) -> Overview:
    """What waits in the queue for the actor now."""
    rows = await sql(GROUPS, *matched(actor, filters), list(AREA_COUNTRIES))
    groups = [Group(row["band"], Whereabouts(*row[1:5]), row["cases"]) for row in rows]
    return count(groups, filters, clock.now(), actor.time_zone)


def count(groups: Sequence[Group], filters: Filters, now: datetime, zone: str) -> Overview:
    """The groups added up for a reader in a zone at a moment."""
    hours = hours_of(RULES)
    opened = frozenset(each for each in {group.whereabouts for group in groups} if open_at(each, hours, now))
    here = [group for group in groups if filters.country in ("", group.whereabouts.country)]

    def may(group: Group) -> bool:
        return not filters.callable or group.whereabouts in opened

    chosen = [group for group in here if filters.band in (0, group.band)]
    return Overview(
        bands=_total((group.band, group.cases) for group in here if may(group)),
        countries=_total(
            (group.whereabouts.country, group.cases)
            for group in groups
            if filters.band in (0, group.band) and may(group)
        ),
        callable_now=sum(group.cases for group in chosen if group.whereabouts in opened),
        open=opened,
        windows=_windows(chosen, opened, now, zone),
    )


def _total(counted: Iterable[tuple[Key, int]]) -> Counter[Key]:
    total: Counter[Key] = Counter()
    for key, cases in counted:
        total[key] += cases
    return total


def _windows(groups: Sequence[Group], opened: frozenset[Whereabouts], now: datetime, zone: str) -> tuple[Window, ...]:
    """The lines of the chart, from the east to the west: the later a line, the later its hours."""
    today, hours = now.astimezone(ZoneInfo(zone)).date(), hours_of(RULES)
    cases = _total((group.whereabouts, group.cases) for group in groups)
    spans = {where: spans_of(where, hours, today, zone) for where in cases}
    lines: dict[tuple[tuple[Span, ...], bool], Counter[tuple[str, ...]]] = defaultdict(Counter)
    for where, waiting in cases.items():
        lines[spans[where], where in opened][tuple(place.zone for place in where.places)] += waiting
    ranked = sorted(lines.items(), key=lambda line: line[1].total(), reverse=True)
    first = sorted(ranked[:LINES], key=lambda line: _from_the_east(line[1], now))
    shown = [Window(_names(zones), times, is_open, zones.total(), zone) for (times, is_open), zones in first]
    rest = sum(zones.total() for _, zones in ranked[LINES:])
    return (*shown, Window((), (), False, rest, zone)) if rest else tuple(shown)


async def counted(actor: Actor, views: Sequence[Filters]) -> list[int | None]:
    """How many cases wait in each of several narrowed queues, in one pass; None where that changes by the hour."""
    told = [view for view in views if not view.callable]
    if not told:
        return [None] * len(views)
    values: list[object] = [actor.agency_id, actor.user_id]
    columns = ", ".join(f"count(*) filter (where {_condition(view, values)})" for view in told)
    row = await sql_one(f"select {columns} from cases c {WAITING}", *values)  # noqa: S608 - own words only
    numbers = iter(row or ())
    return [None if view.callable else int(next(numbers)) for view in views]


def _condition(view: Filters, values: list[object]) -> str:
    """What the view is narrowed to, its values put behind the others."""
    conditions = ["true"]
    for column, value in (
        ("c.next_action_queue_id", view.queue_id), ("c.client_id", view.client_id), ("c.situation", view.situation),
        ("c.debtor_country", view.country), ("c.band", view.band),
    ):  # fmt: skip
        if value:
            values.append(value)
            conditions.append(f"{column} = ${len(values)}")
    if view.mine:
        conditions.append("c.next_action_user_id = $2")
    return " and ".join(conditions)


def _by_cases(zones: Counter[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return sorted(zones, key=lambda names: (-zones[names], names))


def _names(zones: Counter[tuple[str, ...]]) -> tuple[tuple[City, ...], ...]:
    return tuple(tuple(City(name) for name in names) for names in _by_cases(zones) if names)


def _from_the_east(zones: Counter[tuple[str, ...]], now: datetime) -> timedelta:
    """Where in the order a line stands: the day begins in the east."""
    names = _by_cases(zones)[0]
    offset = now.astimezone(ZoneInfo(names[0])).utcoffset() if names else None
    return -(offset or timedelta())
