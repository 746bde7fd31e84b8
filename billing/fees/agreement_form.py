"""A fee agreement as it is typed into the editor, and as it is shown again.

Rules are numbered from 0 in the order in which they are tried (``basis_0``), and so are the tiers of each
(``rate_0_1``). A tier left empty is no tier.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from billing.fees.agreement_texts import MOST_TIERS, rule_numbers
from billing.fees.agreements import SelectedBy, kept_rate
from billing.fees.terms import (
    AMOUNTS,
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
from portal.money import is_currency
from portal.pages.forms import Form
from portal.pages.text import N_

MOST_DAYS: Final = 36_500


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
    return since_in(form), selected_by_in(form), age_from_in(form)


def since_in(form: Form) -> date:
    """From when on a version holds.

    Raises:
        Refused: it is missing, or no date.
    """
    since = form.day("effective_from")
    if since is None:
        raise Refused(N_("Please fill this in."), field="effective_from", code="missing")
    return since


def selected_by_in(form: Form) -> SelectedBy:
    """Which date picks the version for a payment.

    Raises:
        Refused: it is none of the list.
    """
    chosen = form.text("selected_by")
    if chosen not in set(SelectedBy):
        raise Refused(N_("Please choose one of the list."), field="selected_by", code="unknown")
    return SelectedBy(chosen)


def age_from_in(form: Form) -> AgeFrom:
    """From which day accounts age.

    Raises:
        Refused: it is none of the list.
    """
    chosen = form.text("age_from")
    if chosen not in set(AgeFrom):
        raise Refused(N_("Please choose one of the list."), field="age_from", code="unknown")
    return AgeFrom(chosen)


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
        foreign=form.flag(f"foreign_{number}"),
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
        tier = Tier(_bound(form, bound_field, basis, currency), kept_rate(form.percent(rate_field), rate_field))
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


def _surcharge(form: Form, number: int) -> Surcharge | None:
    past_days = _days(form, f"over_{number}")
    if past_days is None and not form.text(f"more_{number}"):
        return None
    if past_days is None:
        raise Refused(N_("Please fill this in."), field=f"over_{number}", code="missing")
    kind = SurchargeKind(_choice(form, f"more_kind_{number}", SurchargeKind))
    more = f"more_{number}"
    return Surcharge(past_days, kind, kept_rate(form.percent(more), more))


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
