"""What an agency accepts, as pure rules over the facts of a case on the day it is placed.

Nothing is refused by them: a case that falls short waits until its client supplies what is missing, or until the agency
waives it. A claim in a currency that a rule does not name is not judged by that rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """In what a case falls short."""

    BELOW_MINIMUM = "below_minimum"
    """The claim is smaller than the agency takes."""
    TOO_OLD = "too_old"
    """Its oldest invoice was due too long before."""
    COUNTRY_NOT_ACCEPTED = "country_not_accepted"
    """The agency does not work where the debtor is."""
    DOCUMENT_MISSING = "document_missing"
    """A document that such a claim needs has not been supplied."""


class DebtorKind(StrEnum):
    """Which debtors a line of the rules is about."""

    ANY = "any"
    """Companies and persons."""
    COMPANY = "company"
    """Companies alone."""
    PERSON = "person"
    """Persons alone."""


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """A kind of document that a claim needs. ``from_minor`` is in ``currency``; without one, claims of any amount."""

    kind: str
    currency: str = ""
    from_minor: int = 0
    debtor: DebtorKind = DebtorKind.ANY

    def asks_of(self, facts: "CaseFacts") -> bool:
        """Whether a case with these facts needs the document."""
        of_debtor = self.debtor in (DebtorKind.ANY, facts.debtor_kind)
        of_amount = not self.currency or (self.currency == facts.currency and facts.claim_minor >= self.from_minor)
        return of_debtor and of_amount


@dataclass(frozen=True, slots=True)
class Rules:
    """What the agency accepts; without anything, everything."""

    minimums: Mapping[str, int] = field(default_factory=dict)
    """The smallest claim by currency, in its minor units."""
    longest_days: int | None = None
    """Days between the oldest due date and the placement, at most."""
    countries: frozenset[str] = frozenset()
    """Of debtors, ISO 3166-1 alpha-2; empty: all."""
    documents: tuple[DocumentRule, ...] = ()

    @property
    def ask_nothing(self) -> bool:
        """Whether every case is accepted as it is."""
        return self == Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What the rules look at in a case. ``claim_minor`` is in ``currency``."""

    currency: str
    claim_minor: int
    oldest_due_on: date
    placed_on: date
    country: str
    debtor_kind: str
    documents: frozenset[str] = frozenset()
    """The kinds that were supplied."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Something that a case lacks, with the figures of the rule and of the case that a sentence needs."""

    code: Code
    params: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """The kind of document that is missing; empty where it is none."""
        return str(self.params["kind"]) if self.code is Code.DOCUMENT_MISSING else ""


def judge(rules: Rules, facts: CaseFacts) -> tuple[Shortfall, ...]:
    """In what a case falls short of the rules: amount, age, country, then the documents in the order of their rules."""
    found: list[Shortfall] = []
    minimum = rules.minimums.get(facts.currency)
    if minimum is not None and facts.claim_minor < minimum:
        params = {"minimum_minor": minimum, "claim_minor": facts.claim_minor, "currency": facts.currency}
        found.append(Shortfall(Code.BELOW_MINIMUM, params))
    days = (facts.placed_on - facts.oldest_due_on).days
    if rules.longest_days is not None and days > rules.longest_days:
        found.append(Shortfall(Code.TOO_OLD, {"days": days, "longest_days": rules.longest_days}))
    if rules.countries and facts.country not in rules.countries:
        found.append(Shortfall(Code.COUNTRY_NOT_ACCEPTED, {"country": facts.country}))
    return (*found, *_documents(rules.documents, facts))


def _documents(rules: Sequence[DocumentRule], facts: CaseFacts) -> list[Shortfall]:
    """Each kind that is missing once, by the first rule that asks for it."""
    missing: dict[str, Shortfall] = {}
    for rule in rules:
        if rule.kind not in facts.documents and rule.kind not in missing and rule.asks_of(facts):
            params = {"kind": rule.kind, "currency": rule.currency, "from_minor": rule.from_minor}
            missing[rule.kind] = Shortfall(Code.DOCUMENT_MISSING, {**params, "debtor": str(rule.debtor)})
    return list(missing.values())


def as_content(rules: Rules) -> dict[str, Any]:
    """Rules as they are stored, and as the trail tells them: amounts stand below their currency."""
    return {
        "minimums": {code: {"minimum_minor": minor} for code, minor in sorted(rules.minimums.items())},
        "longest_days": rules.longest_days,
        "countries": sorted(rules.countries),
        "documents": [_document_content(rule) for rule in rules.documents],
    }


def _document_content(rule: DocumentRule) -> dict[str, Any]:
    amount = {rule.currency: {"from_minor": rule.from_minor}} if rule.currency else {}
    return {"kind": rule.kind, "debtor": str(rule.debtor), **amount}


def rules_in(content: Mapping[str, Any]) -> Rules:
    """Rules as they were stored."""
    return Rules(
        minimums={code: part["minimum_minor"] for code, part in content["minimums"].items()},
        longest_days=content["longest_days"],
        countries=frozenset(content["countries"]),
        documents=tuple(_document_rule(line) for line in content["documents"]),
    )


def _document_rule(line: Mapping[str, Any]) -> DocumentRule:
    currency = next((name for name in line if name not in ("kind", "debtor")), "")
    from_minor = line[currency]["from_minor"] if currency else 0
    return DocumentRule(line["kind"], currency, from_minor, DebtorKind(line["debtor"]))
