"""When the hours allow a call, for a whole list of cases at once: what the queue's chart and its filter rest on.

Only the hours are asked of the rules, by the same engine that decides on each call. What else may stand against one
(the calls made already, a dispute, a wish) is known debtor by debtor, and is checked on the case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cases.contact.engine import lamp
from cases.contact.measures.hours import Hours
from cases.contact.question import Channel, DebtorClass, Question
from cases.contact.rules import Rule, RuleKind, Verdict
from cases.contact.zones import Place, places_of

# A window a day at each of a few places: far fewer changes than this lie between two midnights.
_CHANGES = 24

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a debtor is as its case says, as far as that decides on its clock and its holidays."""

    kind: str
    """company or person."""
    country: str
    region: str
    area: str
    """The first characters of the postal code (``zones.AREA``) where the country's zones depend on it, else empty."""

    @property
    def places(self) -> tuple[Place, ...]:
        """The places the debtor may be at by its address."""
        return places_of(self.country, region=self.region, postal_code=self.area)


def hours_of(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that say at which hours somebody may be contacted."""
    return tuple(rule for rule in rules if rule.kind is RuleKind.VERDICT and isinstance(rule.measure, Hours))


def open_at(whereabouts: Whereabouts, hours: Sequence[Rule], at: datetime) -> bool:
    """Whether the hours allow a call then."""
    return lamp(_asked(whereabouts, at), hours).verdict is Verdict.ALLOW


def spans_of(whereabouts: Whereabouts, hours: Sequence[Rule], day: date, zone: str) -> tuple[Span, ...]:
    """When the hours allow a call while it is ``day`` in ``zone``, in UTC; empty when they do not all day."""
    at, ends = (_midnight(day + timedelta(days=later), zone) for later in (0, 1))
    spans: list[Span] = []
    for _ in range(_CHANGES):
        lit = lamp(_asked(whereabouts, at), hours)
        if lit.verdict is Verdict.ALLOW:
            spans.append((at, min(lit.until or ends, ends)))
        following = spans[-1][1] if lit.verdict is Verdict.ALLOW else lit.next_allowed_at
        if following is None or following >= ends:
            break
        at = following
    return tuple(spans)


def _asked(whereabouts: Whereabouts, at: datetime) -> Question:
    debtor_class = DebtorClass.COMPANY if whereabouts.kind == "company" else DebtorClass.CONSUMER
    return Question(now=at, channel=Channel.CALL, debtor_class=debtor_class, places=whereabouts.places)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
