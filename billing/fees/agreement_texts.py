"""The form of a fee agreement as it is shown: filled with rules, and with a rule more, less or elsewhere.

The names of its fields are those that `billing.fees.agreement_form` reads.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from billing.fees.agreements import SelectedBy, Version
from billing.fees.rules import plain
from billing.fees.terms import AMOUNTS, AgeFrom, Basis, Limits, Mode, Rule, SurchargeKind
from portal.ledger.tables import Component
from portal.money import decimal_string

MOST_RULES: Final = 12
MOST_TIERS: Final = 8
_OF_RULE: Final = re.compile(
    r"(basis|mode|stage|received_by|otherwise|foreign|currency|within|bears|minimum|maximum|limits|over|more|more_kind|up_to|rate)"
    r"_(\d{1,2})((?:_\w+)?)"
)
"""A field of a rule: what it is, the rule's number, and what of the rule (a tier's number, a stage, a component)."""


def texts_of(version: Version, since: date) -> dict[str, str]:
    """The form of the next version, which begins on ``since``, filled with the rules of this one."""
    return {
        "effective_from": since.isoformat(),
        "selected_by": version.selected_by,
        "age_from": version.agreement.age_from,
        **rules_texts(version.agreement.rules),
    }


def rules_texts(rules: tuple[Rule, ...]) -> dict[str, str]:
    """Rules as they stand in the form."""
    texts: dict[str, str] = {}
    for number, rule in enumerate(rules):
        texts |= _numbered(_rule_texts(rule), number)
    return texts


RuleTexts = dict[tuple[str, str], str]
"""The fields of a rule by what stands before its number in their names and what behind."""

EMPTY_RULE: Final[RuleTexts] = {
    ("basis", ""): Basis.FLAT, ("mode", ""): Mode.WHOLE, ("limits", ""): Limits.PAYMENT,
    ("more_kind", ""): SurchargeKind.POINTS, **{("bears", f"_{component}"): "1" for component in Component},
}  # fmt: skip


def blank_texts(since: date) -> dict[str, str]:
    """The form of a first agreement: one rule, which waits for its rate."""
    return {
        "effective_from": since.isoformat(),
        "selected_by": SelectedBy.PLACEMENT,
        "age_from": AgeFrom.DUE,
        **_numbered(EMPTY_RULE, 0),
    }


def _numbered(texts: RuleTexts, number: int) -> dict[str, str]:
    return {f"{stem}_{number}{rest}": str(text) for (stem, rest), text in texts.items() if text}


def _rule_texts(rule: Rule) -> RuleTexts:
    needs, raised = rule.conditions, rule.surcharge
    in_money = {("minimum", ""): rule.minimum_minor, ("maximum", ""): rule.maximum_minor}
    texts = {
        ("basis", ""): str(rule.basis),
        ("mode", ""): str(rule.mode),
        ("limits", ""): str(rule.limits),
        ("received_by", ""): str(needs.received_by or ""),
        ("otherwise", ""): "1" if needs.otherwise else "",
        ("foreign", ""): "1" if needs.foreign else "",
        ("currency", ""): needs.currency or "",
        ("within", ""): "" if needs.within_days is None else str(needs.within_days),
        ("over", ""): "" if raised is None else str(raised.past_days),
        ("more", ""): "" if raised is None else percent_text(raised.rate),
        ("more_kind", ""): str(SurchargeKind.POINTS if raised is None else raised.kind),
        **{("stage", f"_{stage}"): "1" for stage in needs.stages},
        **{("bears", f"_{component}"): "1" for component in rule.components},
        **{key: decimal_string(minor, needs.currency or "") for key, minor in in_money.items() if minor is not None},
    }
    for place, tier in enumerate(rule.tiers):
        texts["up_to", f"_{place}"] = _bound_text(tier.up_to, rule)
        texts["rate", f"_{place}"] = percent_text(tier.rate)
    return texts


def _bound_text(bound: int | None, rule: Rule) -> str:
    if bound is None:
        return ""
    return decimal_string(bound, rule.conditions.currency or "") if rule.basis in AMOUNTS else str(bound)


def percent_text(rate: Decimal) -> str:
    """A rate as it is typed: 9.5 for 0.095."""
    return plain(rate * 100)


def rule_numbers(values: Mapping[str, str]) -> list[int]:
    """The numbers of the rules that a form has."""
    found = {int(match[2]) for name in values if (match := _OF_RULE.fullmatch(name)) and match[1] == "basis"}
    return sorted(found)[:MOST_RULES]


def tier_numbers(values: Mapping[str, str], number: int) -> list[int]:
    """The tiers of a rule to show: through the last that is filled, and an empty one."""
    filled = [
        place
        for place in range(MOST_TIERS)
        if values.get(f"up_to_{number}_{place}") or values.get(f"rate_{number}_{place}")
    ]
    return list(range(min(MOST_TIERS, (filled[-1] + 1 if filled else 0) + 1)))


def done(values: Mapping[str, str], what: str) -> dict[str, str]:
    """The form after a button for its rules: ``add`` puts an empty one before the last, ``remove_2`` takes one away,
    ``up_2`` and ``down_2`` move it. Anything else changes nothing.
    """
    order: list[int | None] = list(rule_numbers(values))
    verb, _, text = what.partition("_")
    place = order.index(int(text)) if text.isdigit() and int(text) in order else None
    if verb == "add" and len(order) < MOST_RULES:
        order.insert(max(0, len(order) - 1), None)
    elif place is not None and verb == "remove" and len(order) > 1:
        order.pop(place)
    elif place is not None and verb in ("up", "down"):
        other = place + (1 if verb == "down" else -1)
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
    return _renumbered(values, order)


def _renumbered(values: Mapping[str, str], order: list[int | None]) -> dict[str, str]:
    texts = {name: text for name, text in values.items() if not _OF_RULE.fullmatch(name)}
    to = {old: new for new, old in enumerate(order) if old is not None}
    for name, text in values.items():
        match = _OF_RULE.fullmatch(name)
        if match and int(match[2]) in to:
            texts[f"{match[1]}_{to[int(match[2])]}{match[3]}"] = text
    for new, old in enumerate(order):
        if old is None:
            texts |= _numbered(EMPTY_RULE, new)
    return texts
