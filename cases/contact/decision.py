"""What the engine answers, and how the answer is kept with the contact it was given for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cases.contact.rules import Verdict
from cases.contact.wording import read_text, text_facts
from portal.pages.text import Text, say


@dataclass(frozen=True, slots=True)
class Finding:
    """What one matching rule found.

    ``verdict`` is the rule's own when it stood against the contact (``hit``), else ALLOW. ``releases_at`` is when the
    rule alone would let go, None when only an event does. ``needs`` are the artefacts that would satisfy it.
    """

    rule_id: str
    hit: bool
    verdict: Verdict
    fact: Text
    headline: Text | None = None
    releases_at: datetime | None = None
    needs: frozenset[str] = frozenset()

    def as_facts(self) -> Mapping[str, object]:
        """Plain data for JSON."""
        return {
            "rule": self.rule_id,
            "hit": self.hit,
            "verdict": self.verdict.value,
            "fact": text_facts(self.fact),
            "headline": text_facts(self.headline) if self.headline else None,
            "releases_at": _moment_facts(self.releases_at),
            "needs": sorted(self.needs),
        }

    @classmethod
    def from_facts(cls, stored: object) -> "Finding":
        """The finding that ``as_facts`` wrote; raises ``ValueError`` for anything else."""
        match stored:
            case {"rule": str(rule), "hit": bool(hit), "verdict": str(verdict), "needs": list(needs), **rest}:
                headline = rest.get("headline")
                return cls(
                    rule_id=rule,
                    hit=hit,
                    verdict=Verdict(verdict),
                    fact=read_text(rest.get("fact")),
                    headline=read_text(headline) if headline else None,
                    releases_at=_read_moment(rest.get("releases_at")),
                    needs=frozenset(str(need) for need in needs),
                )
            case _:
                raise ValueError("not a stored finding")


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer, with everything it rests on.

    ``findings`` holds every rule that matched, those that stand against the contact first, the strictest on top.
    ``until``: when the answer is ALLOW, the moment it ends; None when no rule ends it. ``next_allowed_at``: the next
    moment at which the answer is ALLOW (``now`` when it is so already), None when only an event brings it.
    ``follows_at``: after this contact, when the next on the same channel is allowed. ``asked`` are the inputs.
    """

    verdict: Verdict
    sentence: Text
    findings: tuple[Finding, ...]
    until: datetime | None
    next_allowed_at: datetime | None
    follows_at: datetime | None
    follows: Text | None
    asked: Mapping[str, object] = field(hash=False)

    @property
    def hits(self) -> tuple[Finding, ...]:
        """The findings that stand against the contact, the strictest first."""
        return tuple(finding for finding in self.findings if finding.hit)

    @property
    def needs(self) -> frozenset[str]:
        """The artefacts that are missing."""
        return frozenset().union(*(finding.needs for finding in self.hits))

    def as_facts(self) -> dict[str, object]:
        """Plain data for JSON, to be stored with the contact; ``from_facts`` is the way back.

        The person's name stands in ``sentence`` and ``headline`` under ``params.name``, for whoever must erase it.
        """
        return {
            "verdict": self.verdict.value,
            "sentence": text_facts(self.sentence),
            "findings": [finding.as_facts() for finding in self.findings],
            "until": _moment_facts(self.until),
            "next_allowed_at": _moment_facts(self.next_allowed_at),
            "follows_at": _moment_facts(self.follows_at),
            "follows": text_facts(self.follows) if self.follows else None,
            "asked": dict(self.asked),
        }

    @classmethod
    def from_facts(cls, stored: object) -> "Decision":
        """The decision that ``as_facts`` wrote; raises ``ValueError`` for anything else."""
        match stored:
            case {"verdict": str(verdict), "findings": list(findings), "asked": dict(asked), **rest}:
                follows = rest.get("follows")
                return cls(
                    verdict=Verdict(verdict),
                    sentence=read_text(rest.get("sentence")),
                    findings=tuple(Finding.from_facts(finding) for finding in findings),
                    until=_read_moment(rest.get("until")),
                    next_allowed_at=_read_moment(rest.get("next_allowed_at")),
                    follows_at=_read_moment(rest.get("follows_at")),
                    follows=read_text(follows) if follows else None,
                    asked={str(name): value for name, value in asked.items()},
                )
            case _:
                raise ValueError("not a stored decision")


def _moment_facts(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _read_moment(stored: object) -> datetime | None:
    return datetime.fromisoformat(str(stored)) if stored else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a person may not go on with a contact. ``field`` names the form field that could change it."""

    code: str
    text: Text
    field: str | None = None
    next_allowed_at: datetime | None = None


def may_proceed(
    decision: Decision, *, may_override: bool, reason: str | None, artefacts: frozenset[str] = frozenset()
) -> Refusal | None:
    """Whether this actor may make the contact all the same; None when nothing stands against it.

    ``may_override`` is the permission ``contact.override``; ``reason`` is the one to be kept; ``artefacts`` are those
    shown since the question was asked. BLOCK and HOLD give way to nobody.
    """
    worst = decision.verdict
    if worst == Verdict.ALLOW:
        return None
    if worst in {Verdict.BLOCK, Verdict.HOLD}:
        return Refusal(worst.value.lower(), decision.hits[0].fact, next_allowed_at=decision.next_allowed_at)
    missing = decision.needs - artefacts
    if missing:
        unmet = next(finding for finding in decision.hits if finding.needs & missing)
        return Refusal("require", unmet.fact, "artefacts", decision.next_allowed_at)
    if any(finding.verdict == Verdict.REASON for finding in decision.hits):
        return _override(decision, may_override=may_override, reason=reason)
    return None


def _override(decision: Decision, *, may_override: bool, reason: str | None) -> Refusal | None:
    if not may_override:
        text = say("Only a role that may override can go on; ask your manager")
        return Refusal("override_forbidden", text, next_allowed_at=decision.next_allowed_at)
    if not (reason and reason.strip()):
        text = say("Write down why this contact is made all the same")
        return Refusal("reason_missing", text, "reason", decision.next_allowed_at)
    return None
