"""What the tests of the contact guard ask: a company in Berlin, its accountant, an ordinary Tuesday."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from cases.contact.measures.measure import Parameters
from cases.contact.question import Channel, DebtorClass, Direction, Outcome, PastContact, Person, Question
from cases.contact.rules import ANYWHERE, Rule, RuleKind, Verdict
from cases.contact.zones import Place, places_of

BERLIN = (Place("Europe/Berlin", "DE", "", "Berlin"),)
WEBER = Person("weber", "Sabine Weber", authorised=True, authorised_since=date(2026, 11, 18))
TUESDAY = datetime(2026, 11, 24, 12, 40, tzinfo=UTC)  # 13:40 in Berlin


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    """A wall-clock time of a zone as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def ask(now: datetime = TUESDAY, channel: Channel = Channel.CALL, **facts: object) -> Question:
    """A question to Ms Weber in Berlin, with any fact changed."""
    given: dict[str, object] = {"places": BERLIN, "person": WEBER, "debtor_class": DebtorClass.COMPANY, **facts}
    return Question(now=now, channel=channel, **given)  # type: ignore[arg-type]


def calls(moments: Iterable[datetime], outcome: Outcome | None = Outcome.NO_ANSWER) -> tuple[PastContact, ...]:
    """Calls we placed to Ms Weber."""
    return tuple(PastContact(moment, Channel.CALL, Direction.OUTBOUND, outcome, "weber") for moment in moments)


def rule(parameters: Parameters, verdict: Verdict = Verdict.BLOCK, **columns: object) -> Rule:
    """A rule of a test's own."""
    row: dict[str, object] = {
        "id": "TEST",
        "kind": RuleKind.VERDICT,
        "jurisdiction": ANYWHERE,
        "debtor_classes": frozenset(),
        "channels": frozenset(),
        "effective_from": date(2020, 1, 1),
        "source": "a test",
        "text": "A rule of a test.",
        **columns,
    }
    return Rule(parameters=parameters, verdict=verdict, **row)  # type: ignore[arg-type]


def hours(opens: str = "08:00", closes: str = "21:00", holidays: str = "open") -> Parameters:
    """A window on every weekday."""
    return {"test": "hours", "opens": opens, "closes": closes, "public_holidays": holidays}


__all__ = ["BERLIN", "TUESDAY", "WEBER", "ask", "at", "calls", "hours", "places_of", "rule"]
