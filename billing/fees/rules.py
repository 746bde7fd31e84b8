"""The fee on a payment: an ordered list of rules, the first that fits wins, a default stands last.

Pure arithmetic. A fee is summed exactly over its slices and rounded once, half up. Every answer tells which rules were
tried and why each was passed over or taken, the facts it saw and how it was counted, so that the fee can be said in a
sentence years later without counting again (`billing.fees.sentence`).
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from billing.fees.terms import RATE_PLACES, AgeFrom, Agreement, Basis, Conditions, Limits, Mode, Payee, Rule
from billing.parts import Parts
from portal.ledger.tables import Component
from portal.money import exponent, round_half_up

NOTHING = Parts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a fee looks at: per case and currency, on the day of the payment. Amounts in minor units."""

    currency: str
    placed_minor: int
    placed_on: date
    oldest_due_on: date
    oldest_issued_on: date | None = None
    age_from: AgeFrom = AgeFrom.DUE
    received_on: date
    parts: Parts
    stage: str = "amicable"
    received_by: Payee = Payee.AGENCY
    otherwise: bool = False
    """Value recovered otherwise than by money: goods returned, set-off."""
    foreign: bool = False
    """The debtor is in another country than the client."""
    paid_before: Parts = NOTHING
    fees_before_minor: int = 0

    @property
    def aged_since(self) -> date:
        """The day from which the account's age counts."""
        issued = self.oldest_issued_on if self.age_from is AgeFrom.ISSUED else None
        return issued or self.oldest_due_on

    @property
    def age_at_placement(self) -> int:
        """Days from the day its age counts from to the placement; negative when placed before it."""
        return (self.placed_on - self.aged_since).days

    @property
    def days_since_due(self) -> int:
        """Days from the oldest due date to the payment."""
        return (self.received_on - self.oldest_due_on).days

    @property
    def days_since_placement(self) -> int:
        """Days from the placement to the payment."""
        return (self.received_on - self.placed_on).days


@dataclass(frozen=True, slots=True)
class Fee:
    """The fee on one payment, and how it came about (JSON: texts, whole numbers, lists, mappings)."""

    fee_minor: int
    rate: Decimal
    rule_id: UUID | None
    explanation: dict[str, object]


Outcome = tuple[bool, str, dict[str, object]]
"""Whether a rule fits, the code of why, and the figures of that reason."""


def compute(agreement: Agreement, facts: Facts) -> Fee:
    """The fee on a payment by the first rule that fits."""
    facts = replace(facts, age_from=agreement.age_from)
    tried: list[dict[str, object]] = []
    taken: Rule | None = None
    for number, rule in enumerate(agreement.rules, start=1):
        described = {"number": number, **describe(rule)}
        if taken is not None:
            tried.append({**described, "outcome": "not_reached"})
            continue
        fits, code, params = judge(rule, facts)
        tried.append({**described, "outcome": "fits" if fits else "skipped", "code": code, "params": params})
        taken = rule if fits else None
    assert taken is not None, "the last rule of an agreement fits everything"
    fee_minor, rate, steps = count(taken, facts)
    explanation: dict[str, object] = {
        "agreement": {
            "id": str(agreement.id) if agreement.id else None,
            "version": agreement.version,
            "effective_from": agreement.effective_from.isoformat() if agreement.effective_from else None,
        },
        "rules": tried,
        "facts": told(facts),
        "steps": steps,
    }
    return Fee(fee_minor, rate, taken.id, explanation)


def judge(rule: Rule, facts: Facts) -> Outcome:
    """Whether a rule fits a payment, and why or why not."""
    unmet = _unmet(rule.conditions, facts)
    if unmet is not None:
        return False, *unmet
    value = measured(rule, facts)
    last = rule.tiers[-1].up_to
    if last is not None and value > last:
        return False, "over_last_tier", {"value": value, "limit": last}
    within = rule.conditions.within_days
    if within is not None:
        return True, "within_free_days", {"day": facts.days_since_placement, "limit": within}
    return True, str(rule.basis), {"value": value}


def _unmet(needs: Conditions, facts: Facts) -> tuple[str, dict[str, object]] | None:
    """The first condition that is not so."""
    late = needs.within_days is not None and facts.days_since_placement > needs.within_days
    payee = needs.received_by is not None and facts.received_by is not needs.received_by
    conditions: tuple[tuple[bool, str, dict[str, object]], ...] = (
        (bool(needs.stages) and facts.stage not in needs.stages, "other_stage", {"stage": facts.stage}),
        (payee, "other_payee", {"received_by": str(facts.received_by)}),
        (needs.otherwise and not facts.otherwise, "in_money", {}),
        (needs.foreign and not facts.foreign, "not_foreign", {}),
        (needs.currency not in (None, facts.currency), "other_currency", {"currency": facts.currency}),
        (late, "after_free_days", {"day": facts.days_since_placement, "limit": needs.within_days}),
    )
    return next(((code, params) for unmet, code, params in conditions if unmet), None)


def measured(rule: Rule, facts: Facts) -> int:
    """What the rule's tiers are compared with: days, or minor units; nought when it is flat."""
    now = facts.parts.on_any(rule.components)
    return {
        Basis.FLAT: 0,
        Basis.AGE_AT_PLACEMENT: facts.age_at_placement,
        Basis.PLACED_AMOUNT: facts.placed_minor,
        Basis.PAYMENT_AMOUNT: now,
        Basis.PAID_TO_DATE: facts.paid_before.on_any(rule.components) + now,
        Basis.DAYS: facts.days_since_due,
    }[rule.basis]


def count(rule: Rule, facts: Facts) -> tuple[int, Decimal, list[dict[str, object]]]:
    """The fee by one rule, its rate (the average, when counted in slices) and the steps of the calculation."""
    received = facts.parts.total_minor
    base = facts.parts.on_any(rule.components)
    steps: list[dict[str, object]] = [{"code": "received", "minor": received}]
    without = [(component, facts.parts.on(component)) for component in Component if component not in rule.components]
    steps += [{"code": "without", "component": str(component), "minor": amount} for component, amount in without]
    steps.append({"code": "base", "components": _named(rule.components), "minor": base})

    slices = _slices(rule, facts, base)
    if (raised := rule.surcharge) is not None and facts.age_at_placement > raised.past_days:
        slices = [(amount, raised.on(rate)) for amount, rate in slices]
        steps.append({"code": "surcharge", "age": facts.age_at_placement, **_surcharge(rule)})
    steps += [{"code": "slice", "minor": amount, "rate": plain(rate)} for amount, rate in slices]
    exact = sum((amount * rate for amount, rate in slices), Decimal(0))
    fee = round_half_up(exact)
    steps.append({"code": "rounded", "exact_minor": plain(exact), "minor": fee})
    if base:
        fee, limited = _limited(rule, facts, fee)
        steps += limited
    rate = exact / base if base and len(slices) > 1 else slices[0][1]
    return fee, _kept(rate), [*steps, {"code": "fee", "minor": fee}]


def _kept(rate: Decimal) -> Decimal:
    """A rate as it is kept beside a fee, half up; the fee itself comes of the exact one."""
    return Decimal(round_half_up(rate.scaleb(RATE_PLACES))).scaleb(-RATE_PLACES)


def _slices(rule: Rule, facts: Facts, base: int) -> list[tuple[int, Decimal]]:
    """What of this payment is charged at which rate."""
    value = measured(rule, facts)
    if rule.mode is Mode.WHOLE:
        return [(base, next(tier.rate for tier in rule.tiers if tier.up_to is None or value <= tier.up_to))]
    slices: list[tuple[int, Decimal]] = []
    from_minor = max(0, value - base)
    for tier in rule.tiers:
        to_minor = value if tier.up_to is None else min(value, tier.up_to)
        if to_minor > from_minor:
            slices.append((to_minor - from_minor, tier.rate))
            from_minor = to_minor
    return slices or [(0, rule.tiers[0].rate)]


def _limited(rule: Rule, facts: Facts, fee: int) -> tuple[int, list[dict[str, object]]]:
    """The fee within the rule's minimum and maximum. A minimum is taken no further than the money received, and a
    maximum that earlier fees have passed gives nothing back.
    """
    before = facts.fees_before_minor if rule.limits is Limits.CASE else 0
    minimum, maximum = rule.minimum_minor, rule.maximum_minor
    if maximum is not None and before + fee > maximum:
        fee = max(0, maximum - before)
        return fee, [{"code": "maximum", "over": str(rule.limits), "limit_minor": maximum, "minor": fee}]
    if minimum is not None and before + fee < minimum:
        fee = max(fee, min(minimum - before, facts.parts.total_minor))
        return fee, [{"code": "minimum", "over": str(rule.limits), "limit_minor": minimum, "minor": fee}]
    return fee, []


def describe(rule: Rule) -> dict[str, object]:
    """A rule as JSON."""
    needs = rule.conditions
    return {
        "id": str(rule.id) if rule.id else None,
        "basis": str(rule.basis),
        "mode": str(rule.mode),
        "tiers": [{"up_to": tier.up_to, "rate": plain(tier.rate)} for tier in rule.tiers],
        "components": _named(rule.components),
        "stages": list(needs.stages),
        "received_by": str(needs.received_by) if needs.received_by else None,
        "otherwise": needs.otherwise,
        "foreign": needs.foreign,
        "currency": needs.currency,
        "within_days": needs.within_days,
        "surcharge": _surcharge(rule) or None,
        "minimum_minor": rule.minimum_minor,
        "maximum_minor": rule.maximum_minor,
        "limits": str(rule.limits),
    }


def _surcharge(rule: Rule) -> dict[str, object]:
    if rule.surcharge is None:
        return {}
    raised = rule.surcharge
    return {"past_days": raised.past_days, "kind": str(raised.kind), "rate": plain(raised.rate)}


def told(facts: Facts) -> dict[str, object]:
    """The facts as JSON."""
    return {
        "currency": facts.currency,
        "exponent": exponent(facts.currency),
        "placed_minor": facts.placed_minor,
        "placed_on": facts.placed_on.isoformat(),
        "oldest_due_on": facts.oldest_due_on.isoformat(),
        "aged_since": facts.aged_since.isoformat(),
        "age_from": str(facts.age_from),
        "age_at_placement": facts.age_at_placement,
        "received_on": facts.received_on.isoformat(),
        "received_by": str(facts.received_by),
        "otherwise": facts.otherwise,
        "foreign": facts.foreign,
        "stage": facts.stage,
        "parts": {str(component): facts.parts.on(component) for component in Component},
        "paid_before_minor": facts.paid_before.total_minor,
        "fees_before_minor": facts.fees_before_minor,
    }


def plain(number: Decimal) -> str:
    """A decimal as text without an exponent or needless noughts."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _named(components: frozenset[Component]) -> list[str]:
    return [str(component) for component in Component if component in components]
