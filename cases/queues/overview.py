"""What waits in the queue, counted: by band, by country, and by the hours at which one may call there.

One query groups the cases by where their debtors are, a few hundred groups however many cases there are; the contact
engine is asked about each group, and everything the page counts is added up from them.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from cases.contact.packs.company import RULES
from cases.contact.windows import Span, Whereabouts, hours_of, open_at, spans_of
from cases.contact.wording import City
from cases.contact.zones import AREA, AREA_COUNTRIES
from cases.queues.filters import MATCHING, Filters, matched
from portal import clock
from portal.pages.formats import clock as time_of_day
from portal.people.actor import Actor
from portal.tenancy.database import sql

Key = TypeVar("Key", bound=Hashable)

_NEVER: Final = ((datetime.max.replace(tzinfo=UTC),) * 2,)
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

    cities: tuple[City, ...]
    """What the zones are named for, the one with most cases first; none for all that had no line of their own."""
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
        return ", ".join(
            f"{time_of_day(begins, self.zone)}–{time_of_day(ends, self.zone)}" for begins, ends in self.spans
        )

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
    lines: dict[tuple[tuple[Span, ...], bool], Counter[str]] = defaultdict(Counter)
    for where, waiting in cases.items():
        lines[spans[where], where in opened][where.places[0].zone if where.places else ""] += waiting
    ranked = sorted(lines.items(), key=lambda line: line[1].total(), reverse=True)
    shown = [
        Window(
            tuple(City(name) for name in sorted(zones, key=lambda name: (-zones[name], name)) if name),
            times,
            is_open,
            zones.total(),
            zone,
        )
        for (times, is_open), zones in ranked[:LINES]
    ]
    shown.sort(key=lambda window: window.spans or _NEVER)
    rest = sum(zones.total() for _, zones in ranked[LINES:])
    return (*shown, Window((), (), False, rest, zone)) if rest else tuple(shown)
