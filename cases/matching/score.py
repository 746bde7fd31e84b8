"""Whether two debtors are one, as a number out of 100 and the reasons that add up to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cases.matching.evidence import DebtorFacts, Found, findings
from cases.matching.weights import WEIGHTS, Aspect, Finding
from portal.pages.text import Text


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding and the points it brings; negative points speak against."""

    finding: Finding
    points: int
    params: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def aspect(self) -> Aspect:
        """What it is about."""
        return WEIGHTS[self.finding].aspect

    @property
    def speaks_for(self) -> bool:
        """Whether it speaks for the two being one."""
        return self.points > 0

    @property
    def sentence(self) -> Text:
        """The finding in words, in the reader's language when it is printed."""
        params: dict[str, object] = dict(self.params)
        if "because" in params:
            params["because"] = Text(WEIGHTS[Finding(str(params["because"]))].sentence, self.params)
        return Text(WEIGHTS[self.finding].sentence, params)

    def as_facts(self) -> dict[str, object]:
        """The reason as it is kept in JSON."""
        return {"finding": self.finding.value, "points": self.points, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Score:
    """How likely two debtors are one, 0–100, and the reasons that add up to it."""

    total: int
    reasons: tuple[Reason, ...]

    def as_facts(self) -> list[dict[str, object]]:
        """The reasons as they are kept in JSON."""
        return [reason.as_facts() for reason in self.reasons]


def score(a: DebtorFacts, b: DebtorFacts) -> Score:
    """How much speaks for two debtors being one. Symmetric."""
    person = "person" in (a.kind, b.kind)
    found = findings(a, b)
    reasons = [_reason(each, person=person) for each in found]
    total = sum(reason.points for reason in reasons)
    # Of two that limit it alike, the one that speaks against.
    strictest = min(reasons, key=lambda reason: (WEIGHTS[reason.finding].ceiling, reason.points))
    ceiling = WEIGHTS[strictest.finding].ceiling
    if total > ceiling:
        params = {**strictest.params, "ceiling": ceiling, "because": strictest.finding.value} if ceiling < 100 else {}
        limit = Finding.CEILING if ceiling < 100 else Finding.FULL
        reasons.append(Reason(limit, ceiling - total, params))
    elif total < 0:
        reasons.append(Reason(Finding.FLOOR, -total))
    return Score(min(ceiling, max(0, total)), tuple(reasons))


def _reason(found: Found, *, person: bool) -> Reason:
    weight = WEIGHTS[found.finding]
    return Reason(found.finding, weight.person if person else weight.company, found.params)


def reasons_from(facts: Iterable[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """Reasons as they were kept in JSON."""
    return tuple(Reason(Finding(each["finding"]), each["points"], each["params"]) for each in facts)
