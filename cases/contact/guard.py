"""A decision as pages show it: the guard beside a form, the lamp in a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cases.contact.decision import Decision, Finding
from cases.contact.engine import Lamp
from cases.contact.rules import Verdict
from cases.contact.wording import City, Moment, Shape
from portal.pages.formats import Length
from portal.pages.text import Text, current_zone, say

_CLEAR = frozenset(
    {
        "ANY-3P",
        "ANY-STOP",
        "ANY-DISPUTE",
        "ANY-RECALL",
        "ANY-PLAN",
        "ANY-GUARANTOR",
        "ANY-REST",
        "ANY-STAY",
        "ANY-LEGALREP",
    }
)


@dataclass(frozen=True, slots=True)
class GuardLine:
    """One rule with its fact. Several that found nothing at all share a line."""

    code: str
    verdict: Verdict
    fact: Text


@dataclass(frozen=True, slots=True)
class Guard:
    """What the guard component shows: each text prints itself in the viewer's language."""

    verdict: Verdict
    sentence: Text
    until: Text
    rules: tuple[GuardLine, ...]
    follows: Text | None
    detail: Text | None = None


def shown(decision: Decision, viewer_zone: str = "") -> Guard:
    """The decision for the guard component, times in the viewer's zone where the debtor's isn't meant."""
    return Guard(
        verdict=decision.verdict,
        sentence=decision.sentence,
        until=until_text(decision, viewer_zone),
        rules=tuple(_lines(decision.findings)),
        follows=decision.follows,
    )


def until_text(decision: Decision, viewer_zone: str = "") -> Text:
    """ "until 18:00 Berlin" by the debtor's clock, or "opens Mon 30 Nov, 08:00 Berlin" by the viewer's."""
    if decision.verdict == Verdict.ALLOW:
        if decision.until is None:
            return say("any time")
        zone, city = _debtor_place(decision)
        return say("until %(at)s %(city)s", at=Moment(decision.until, zone, Shape.TIME), city=city)
    if decision.next_allowed_at is None:
        return say("no date; an event releases it")
    viewer = viewer_zone or str(current_zone())
    shape = Shape.TIME if _same_day(decision, decision.next_allowed_at, viewer) else Shape.DAY
    opens = Moment(decision.next_allowed_at, viewer, shape)
    return say("opens %(at)s %(city)s", at=opens, city=City(viewer))


def lamp_text(lamp: Lamp, now: datetime) -> Text:
    """The lamp's second line, always a length of time: a clock time is ambiguous between two zones."""
    if lamp.verdict == Verdict.ALLOW:
        return say("any time") if lamp.until is None else say("%(length)s left", length=Length(lamp.until - now))
    if lamp.next_allowed_at is not None:
        return say("opens in %(length)s", length=Length(lamp.next_allowed_at - now))
    return _CLOSED[lamp.verdict]


_CLOSED = {
    Verdict.REASON: say("reason needed"),
    Verdict.REQUIRE: say("something is missing"),
    Verdict.HOLD: say("on hold"),
    Verdict.BLOCK: say("do not contact"),
}


def _lines(findings: Sequence[Finding]) -> list[GuardLine]:
    """The hits in full; of what passed, the rules that found nothing at all in one line."""
    clear = [
        finding for finding in findings if not finding.hit and finding.rule_id in _CLEAR and not finding.fact.params
    ]
    together = len(clear) > 2
    lines = [
        GuardLine(finding.rule_id, finding.verdict, finding.fact)
        for finding in findings
        if not (together and finding in clear)
    ]
    if together:
        nothing = say("No stop, dispute, recall, plan, standstill or lawyer on record")
        nothing_else = say("Nothing else on record stands against it")
        lines.append(GuardLine("ANY-*", Verdict.ALLOW, nothing if len(clear) == len(_CLEAR) else nothing_else))
    return lines


def _debtor_place(decision: Decision) -> tuple[str, str | City]:
    match decision.asked.get("places"):
        case [{"zone": str(zone), "city": str(city)}, *_]:
            return zone, city or City(zone)
        case _:
            return "UTC", City("Etc/UTC")


def _same_day(decision: Decision, moment: datetime, zone: str) -> bool:
    now = datetime.fromisoformat(str(decision.asked["now"]))
    clock = ZoneInfo(zone)
    return now.astimezone(clock).date() == moment.astimezone(clock).date()
