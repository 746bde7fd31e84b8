"""The contact guard's engine: one question and the rules in, one decision out. Pure: no clock, no look-ups.

Every rule that matches the debtor's places, class and debt class is asked; the strictest that stands against the
contact wins; all are shown. The check runs when a page shows the button and again in the transaction that records the
contact.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cases.contact.decision import Decision, Finding, Refusal, may_proceed
from cases.contact.measures.counting import Uncounted
from cases.contact.question import Direction, PastContact, Question
from cases.contact.rules import Rule, RuleKind, Verdict, strictest
from cases.contact.sentences import allowed, follows

__all__ = ["Decision", "Finding", "Lamp", "Refusal", "decide", "lamp", "may_proceed"]

# Each step forward leaves at least one rule behind for good or for a day; a question that is still refused after this
# many steps has rules that never agree.
_STEPS = 64


@dataclass(frozen=True, slots=True)
class Lamp:
    """The answer without its reasons, for a list of many: see ``Decision`` for what the fields mean."""

    verdict: Verdict
    until: datetime | None
    next_allowed_at: datetime | None
    rule_id: str | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A rule that covers the question, with the question as its counting sees it."""

    rule: Rule
    question: Question

    def stops(self, at: datetime) -> bool:
        """Whether the rule is in force then and stands against the contact."""
        return self.rule.in_force(at, self.question.places) and self.rule.measure.stops(self.question, at)

    def changes(self, now: datetime) -> bool:
        """Whether its answer can be another later on, without any event."""
        rule = self.rule
        return rule.measure.timed or rule.effective_to is not None or not rule.in_force(now, self.question.places)

    def releases(self, at: datetime) -> datetime | None:
        """When the rule lets go by itself or goes out of force, whichever comes first."""
        moments = (self.rule.measure.releases(self.question, at), self.rule.ends(self.question.places))
        return min((moment for moment in moments if moment is not None), default=None)


def decide(question: Question, rules: Sequence[Rule]) -> Decision:
    """May this contact be made now? Every matching rule's finding, the strictest verdict, and what comes next.

    Rules that come into force later are not looked ahead at: they answer from their first day on.
    """
    asked = _asked(question, rules)
    in_force = (each for each in asked if each.rule.in_force(question.now, question.places))
    findings = tuple(sorted((_find(each, question.now) for each in in_force), key=_strictest_first))
    verdict = strictest(finding.verdict for finding in findings)
    next_allowed_at = question.now if verdict == Verdict.ALLOW else _next_allowed(asked, question.now)
    follows_at = _follows_at(question, rules) if verdict == Verdict.ALLOW else None
    headline = findings[0].headline if verdict != Verdict.ALLOW else None
    return Decision(
        verdict=verdict,
        sentence=headline or allowed(question),
        findings=findings,
        until=_until(asked, question.now) if verdict == Verdict.ALLOW else None,
        next_allowed_at=next_allowed_at,
        follows_at=follows_at,
        follows=follows(verdict, question, follows_at, release_known=next_allowed_at is not None),
        asked=question.as_facts(),
    )


def lamp(question: Question, rules: Sequence[Rule]) -> Lamp:
    """The verdict and its times only; what ``decide`` says, at a fraction of its cost."""
    asked = _asked(question, rules)
    hits = [each for each in asked if each.stops(question.now)]
    if not hits:
        return Lamp(Verdict.ALLOW, _until(asked, question.now), question.now, None)
    worst = min(hits, key=lambda each: (-each.rule.verdict.rank, each.releases(question.now) is not None)).rule
    return Lamp(worst.verdict, None, _next_allowed(asked, question.now), worst.id)


def _asked(question: Question, rules: Sequence[Rule]) -> list[_Asked]:
    """The rules that answer this question, the counting rows already applied to the history they count."""
    covering = [rule for rule in rules if rule.covers(question)]
    counting = [
        rule.measure
        for rule in covering
        if rule.kind == RuleKind.COUNTING and rule.in_force(question.now, question.places)
    ]
    return [
        _Asked(rule, _counted(question, rule, [row for row in counting if isinstance(row, Uncounted)]))
        for rule in covering
        if rule.kind == RuleKind.VERDICT
    ]


def _counted(question: Question, rule: Rule, counting: Sequence[Uncounted]) -> Question:
    for row in counting:
        if rule.id in row.rules:
            question = row.reduce(question)
    return question


def _find(asked: _Asked, at: datetime) -> Finding:
    rule, hit = asked.rule, asked.stops(at)
    explanation = rule.measure.explain(asked.question, at, stops=hit)
    return Finding(
        rule_id=rule.id,
        hit=hit,
        verdict=rule.verdict if hit else Verdict.ALLOW,
        fact=explanation.fact,
        headline=explanation.headline if hit else None,
        releases_at=asked.releases(at) if hit else None,
        needs=rule.measure.needs if hit else frozenset(),
    )


def _strictest_first(finding: Finding) -> tuple[int, bool]:
    return -finding.verdict.rank, finding.releases_at is not None


def _next_allowed(asked: Sequence[_Asked], now: datetime) -> datetime | None:
    """The first moment from ``now`` on at which no rule stands against the contact.

    Every rule's release is the earliest moment at which that rule lets go, so nothing before the latest of them can
    be an answer: the search steps there and asks again.
    """
    at, open_to_change = now, [each for each in asked if each.changes(now)]
    for step in range(_STEPS):
        releases = [each.releases(at) for each in (open_to_change if step else asked) if each.stops(at)]
        if not releases:
            return at
        if any(moment is None for moment in releases):
            return None
        at = max(moment for moment in releases if moment is not None)
    return None


def _until(asked: Sequence[_Asked], now: datetime) -> datetime | None:
    """The first moment at which a rule in force now would stop the contact it lets pass."""
    lapses = (
        each.rule.measure.lapses(each.question, now) for each in asked if each.rule.in_force(now, each.question.places)
    )
    return min((moment for moment in lapses if moment is not None), default=None)


def _follows_at(question: Question, rules: Sequence[Rule]) -> datetime | None:
    """When the next contact of this kind is allowed once this one is made; None when at once, or nobody can say."""
    if question.direction == Direction.INBOUND:
        return None
    made = PastContact(
        at=question.now,
        channel=question.channel,
        direction=question.direction,
        person_id=question.person.id if question.person else "",
        case_id=question.case_id,
    )
    asked = _asked(replace(question, history=(*question.history, made)), rules)
    # The contact itself is allowed, and making it changes nothing but the counts: what never changes still lets it pass.
    then = _next_allowed([each for each in asked if each.changes(question.now)], question.now)
    return then if then is not None and then > question.now else None
