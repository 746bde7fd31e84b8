"""A fee agreement as it is typed into the editor, and as it is shown again.

Rules are numbered from 0 in the order in which they are tried (``basis_0``), and so are the tiers of each
(``rate_0_1``). A tier left empty is no tier.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from billing.fees.agreements import SelectedBy, Version
from billing.fees.rules import plain
from billing.fees.terms import (
    AMOUNTS,
    RATE_PLACES,
    SLICED,
    AgeFrom,
    Basis,
    Conditions,
    Limits,
    Mode,
    Payee,
    Rule,
    Surcharge,
    SurchargeKind,
    Tier,
)
from billing.fees.wording import STAGES
from portal.errors import Refused
from portal.ledger.tables import Component
from portal.money import decimal_string, is_currency
from portal.pages.forms import Form
from portal.pages.text import N_

MOST_RULES: Final = 12
MOST_TIERS: Final = 8
MOST_DAYS: Final = 36_500
_OF_RULE: Final = re.compile(
    r"(basis|mode|stage|received_by|otherwise|currency|within|bears|minimum|maximum|limits|over|more|more_kind|up_to|rate)"
    r"_(\d{1,2})((?:_\w+)?)"
)
"""A field of a rule: what it is, the rule's number, and what of the rule (a tier's number, a stage, a component)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The version of an agreement that a form asks for."""

    rules: list[Rule]
    effective_from: date
    selected_by: SelectedBy
    age_from: AgeFrom


def wanted_in(form: Form) -> Wanted:
    """The agreement of a form.

    Raises:
        Refused: a field cannot be read, or the rules do not fit together; it names the field.
    """
    return Wanted(rules_in(form), *_frame(form))


def _frame(form: Form) -> tuple[date, SelectedBy, AgeFrom]:
    since = form.day("effective_from")
    if since is None:
        raise Refused(N_("Please fill this in."), field="effective_from", code="missing")
    selected_by, age_from = form.text("selected_by"), form.text("age_from")
    if selected_by not in set(SelectedBy):
        raise Refused(N_("Please choose one of the list."), field="selected_by", code="unknown")
    return since, SelectedBy(selected_by), age_from_in(age_from)


def age_from_in(text: str) -> AgeFrom:
    """From which day accounts age.

    Raises:
        Refused: it is none of the list.
    """
    if text not in set(AgeFrom):
        raise Refused(N_("Please choose one of the list."), field="age_from", code="unknown")
    return AgeFrom(text)


def rules_in(form: Form) -> list[Rule]:
    """The rules of a form, in order.

    Raises:
        Refused: as `wanted_in`.
    """
    rules = [_rule(form, number) for number in rule_numbers(form.values())]
    if not rules or not rules[-1].always_fits:
        raise Refused(
            N_("The last rule must fit every payment: no condition, and a last tier without a bound."),
            field=f"basis_{max(0, len(rules) - 1)}",
            code="no_default",
        )
    return rules


def _rule(form: Form, number: int) -> Rule:
    basis, mode = Basis(_choice(form, f"basis_{number}", Basis)), Mode(_choice(form, f"mode_{number}", Mode))
    if mode is Mode.MARGINAL and basis not in SLICED:
        raise Refused(
            N_("Slice by slice goes only by the payment's amount or by what was paid to date."),
            field=f"mode_{number}",
            code="not_sliced",
        )
    needs = _conditions(form, number)
    if basis in AMOUNTS and needs.currency is None:
        raise Refused(N_("Amounts need a currency."), field=f"currency_{number}", code="no_currency")
    bears = frozenset(part for part in Component if form.flag(f"bears_{number}_{part}"))
    if not bears:
        raise Refused(N_("Choose at least one."), field=f"bears_{number}", code="missing")
    surcharge = _surcharge(form, number)
    tiers = _tiers(form, number, basis, needs.currency)
    if surcharge is not None and any(surcharge.on(tier.rate) > 1 for tier in tiers):
        raise Refused(
            N_("With it a rate of this rule would be more than 100 %%."), field=f"more_{number}", code="over_all"
        )
    minimum, maximum = _limits(form, number, needs.currency)
    return Rule(
        tiers=tiers,
        basis=basis,
        mode=mode,
        conditions=needs,
        components=bears,
        minimum_minor=minimum,
        maximum_minor=maximum,
        limits=Limits(_choice(form, f"limits_{number}", Limits)),
        surcharge=surcharge,
    )


def _choice(form: Form, name: str, among: type[Basis | Mode | Limits | SurchargeKind]) -> str:
    chosen = form.text(name)
    if chosen not in {str(each) for each in among}:
        raise Refused(N_("Please choose one of the list."), field=name, code="unknown")
    return chosen


def _conditions(form: Form, number: int) -> Conditions:
    payee, currency = form.text(f"received_by_{number}"), form.text(f"currency_{number}").upper()
    if payee and payee not in set(Payee):
        raise Refused(N_("Please choose one of the list."), field=f"received_by_{number}", code="unknown")
    if currency and not is_currency(currency):
        raise Refused(N_("This is not a currency."), field=f"currency_{number}", code="bad_currency")
    return Conditions(
        stages=tuple(stage for stage in STAGES if form.flag(f"stage_{number}_{stage}")),
        received_by=Payee(payee) if payee else None,
        otherwise=form.flag(f"otherwise_{number}"),
        currency=currency or None,
        within_days=_days(form, f"within_{number}"),
    )


def _days(form: Form, name: str) -> int | None:
    text = form.text(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= MOST_DAYS):
        raise Refused(N_("A whole number of days."), field=name, code="bad_number")
    return int(text)


def _tiers(form: Form, number: int, basis: Basis, currency: str | None) -> tuple[Tier, ...]:
    found: list[Tier] = []
    for place in range(MOST_TIERS):
        bound_field, rate_field = f"up_to_{number}_{place}", f"rate_{number}_{place}"
        if not form.text(bound_field) and not form.text(rate_field):
            continue
        tier = Tier(_bound(form, bound_field, basis, currency), rate_in(form, rate_field))
        if found and (before := found[-1].up_to) is None:
            raise Refused(
                N_("A tier without a bound is the last."), field=f"up_to_{number}_{place - 1}", code="open_before_last"
            )
        if found and tier.up_to is not None and before is not None and tier.up_to <= before:
            raise Refused(N_("More than the tier before it."), field=bound_field, code="not_rising")
        found.append(tier)
    if not found:
        raise Refused(N_("Please fill this in."), field=f"rate_{number}_0", code="missing")
    if basis is Basis.FLAT and (len(found) > 1 or found[0].up_to is not None):
        raise Refused(N_("One rate for everything has one tier without a bound."), field=f"basis_{number}", code="flat")
    return tuple(found)


def _bound(form: Form, name: str, basis: Basis, currency: str | None) -> int | None:
    if basis in AMOUNTS:
        assert currency is not None
        bound = form.amount(name, currency)
        if bound is not None and bound <= 0:
            raise Refused(N_("An amount above zero."), field=name, code="bad_amount")
        return bound
    return _days(form, name)


def rate_in(form: Form, name: str) -> Decimal:
    """A rate that must be there: 25 for 0.25.

    Raises:
        Refused: it is missing, no percentage, or finer than rates are kept.
    """
    rate = form.percent(name)
    if rate is None:
        raise Refused(N_("Please fill this in."), field=name, code="missing")
    if round(rate, RATE_PLACES) != rate:
        raise Refused(N_("At most four decimals."), field=name, code="too_fine")
    return rate


def _surcharge(form: Form, number: int) -> Surcharge | None:
    past_days = _days(form, f"over_{number}")
    if past_days is None and not form.text(f"more_{number}"):
        return None
    if past_days is None:
        raise Refused(N_("Please fill this in."), field=f"over_{number}", code="missing")
    kind = SurchargeKind(_choice(form, f"more_kind_{number}", SurchargeKind))
    return Surcharge(past_days, kind, rate_in(form, f"more_{number}"))


def _limits(form: Form, number: int, currency: str | None) -> tuple[int | None, int | None]:
    least, most = f"minimum_{number}", f"maximum_{number}"
    if (form.text(least) or form.text(most)) and currency is None:
        raise Refused(N_("Amounts need a currency."), field=f"currency_{number}", code="no_currency")
    minimum = form.amount(least, currency) if currency else None
    maximum = form.amount(most, currency) if currency else None
    for name, limit in ((least, minimum), (most, maximum)):
        if limit is not None and limit <= 0:
            raise Refused(N_("An amount above zero."), field=name, code="bad_amount")
    if minimum is not None and maximum is not None and maximum < minimum:
        raise Refused(N_("Not less than the minimum."), field=most, code="below_minimum")
    return minimum, maximum


# As it stands in the form


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
