"""The rules, and what a case lacks, in sentences that name their figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cases.acceptance.rules import Code, DebtorKind, DocumentRule, Rules
from cases.documents.words import KIND_TEXTS, Kind
from portal.pages.formats import country, money, number
from portal.pages.text import N_, Text, say, translate

DEBTOR_TEXTS: Final = {
    DebtorKind.ANY: N_("Any debtor"),
    DebtorKind.COMPANY: N_("Companies"),
    DebtorKind.PERSON: N_("Persons"),
}

CODE_TEXTS: Final = {
    Code.BELOW_MINIMUM: N_("Below the minimum"),
    Code.TOO_OLD: N_("Too old"),
    Code.COUNTRY_NOT_ACCEPTED: N_("Country not accepted"),
    Code.DOCUMENT_MISSING: N_("Document missing"),
}

_NEEDED: Final = {
    (False, DebtorKind.ANY): N_("needed for every claim"),
    (False, DebtorKind.COMPANY): N_("needed for every claim against a company"),
    (False, DebtorKind.PERSON): N_("needed for every claim against a person"),
    (True, DebtorKind.ANY): N_("needed for claims of %(amount)s or more"),
    (True, DebtorKind.COMPANY): N_("needed for claims of %(amount)s or more against a company"),
    (True, DebtorKind.PERSON): N_("needed for claims of %(amount)s or more against a person"),
}


@dataclass(frozen=True, slots=True)
class Countries:
    """Countries by their names in the language spoken when they are printed."""

    codes: tuple[str, ...]

    def __str__(self) -> str:
        return translate(", ").join(sorted(map(country, self.codes)))


def lacking(code: str, params: Mapping[str, Any]) -> Text:
    """What a case lacks, naming the figure of the rule."""
    match Code(code):
        case Code.BELOW_MINIMUM:
            currency = params["currency"]
            return say(
                "The claim of %(claim)s is below the minimum of %(minimum)s.",
                claim=money(params["claim_minor"], currency),
                minimum=money(params["minimum_minor"], currency),
            )
        case Code.TOO_OLD:
            return say(
                "The oldest invoice was %(days)s days past due when it was placed; at most %(longest)s are accepted.",
                days=number(params["days"]),
                longest=number(params["longest_days"]),
            )
        case Code.COUNTRY_NOT_ACCEPTED:
            return say("Debtors in %(country)s are not accepted.", country=Countries((params["country"],)))
        case Code.DOCUMENT_MISSING:
            rule = DocumentRule(params["kind"], params["currency"], params["from_minor"], DebtorKind(params["debtor"]))
            return say("Missing: %(document)s.", document=needed(rule))


def needed(rule: DocumentRule) -> Text:
    """A kind of document, and which claims need it."""
    amount = money(rule.from_minor, rule.currency) if rule.currency else ""
    scope = say(_NEEDED[bool(rule.currency), rule.debtor], amount=amount)
    return say("%(kind)s, %(scope)s", kind=say(KIND_TEXTS[Kind(rule.kind)]), scope=scope)


def short(code: str, kind: str) -> Text:
    """What a case lacks in a word or two, for lists."""
    return say(KIND_TEXTS[Kind(kind)]) if kind else say(CODE_TEXTS[Code(code)])


def described(rules: Rules) -> list[Text]:
    """What the agency accepts, a sentence each; none where it accepts everything."""
    told = [
        say("Claims of %(minimum)s or more.", minimum=money(minor, currency))
        for currency, minor in sorted(rules.minimums.items())
    ]
    if rules.longest_days is not None:
        told.append(
            say("At most %(days)s days between the oldest due date and the placement.", days=number(rules.longest_days))
        )
    if rules.countries:
        told.append(say("Debtors in: %(countries)s.", countries=Countries(tuple(sorted(rules.countries)))))
    return told + [say("%(document)s.", document=needed(rule)) for rule in rules.documents]
