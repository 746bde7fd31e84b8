"""Trying a fee agreement: which rule a payment would fall under, why not the others, and what the fee would be."""

from datetime import date, timedelta
from typing import Final

from billing.fees.agreement_form import age_from_in, rules_in
from billing.fees.rules import Facts, compute
from billing.fees.sentence import Explanation, explain
from billing.fees.terms import Agreement, Payee
from billing.fees.wording import STAGES
from billing.parts import Parts
from portal.errors import Refused
from portal.ledger.tables import Component
from portal.money import is_currency
from portal.pages.forms import Form
from portal.pages.text import N_

AMOUNTS: Final = ("placed", *Component, "paid", "fees")
"""Fields with an amount: what was placed, what the payment brings by component, what was paid and charged before."""


def first_texts(currency: str, today: date) -> dict[str, str]:
    """A payment to begin with: 500 on a claim of 1,000, some months old."""
    days = {"due": 150, "issued": 180, "placed": 30, "received": 0}
    return {
        "try_currency": currency, "try_placed": "1000", "try_principal": "500", "try_stage": "amicable",
        "try_received_by": "agency",
        **{f"try_{name}_on": (today - timedelta(days=ago)).isoformat() for name, ago in days.items()},
    }  # fmt: skip


def tried(form: Form, version: int, since: date | None) -> Explanation:
    """The fee on the payment of a form by the rules of the form, explained.

    Raises:
        Refused: a field of the payment or of the rules cannot be read; it names the field.
    """
    agreement = Agreement(
        rules=tuple(rules_in(form)),
        age_from=age_from_in(form),
        version=version,
        effective_from=since,
    )
    return explain(compute(agreement, facts_in(form)).explanation)


def facts_in(form: Form) -> Facts:
    """The payment that is tried.

    Raises:
        Refused: a field cannot be read.
    """
    currency = form.text("try_currency").upper()
    if not is_currency(currency):
        raise Refused(N_("This is not a currency."), field="try_currency", code="bad_currency")
    amounts = {name: _amount(form, f"try_{name}", currency) for name in AMOUNTS}
    stage, payee = form.text("try_stage"), form.text("try_received_by")
    if stage not in STAGES:
        raise Refused(N_("Please choose one of the list."), field="try_stage", code="unknown")
    if payee not in set(Payee):
        raise Refused(N_("Please choose one of the list."), field="try_received_by", code="unknown")
    return Facts(
        currency=currency,
        placed_minor=amounts["placed"],
        placed_on=_day(form, "try_placed_on"),
        oldest_due_on=_day(form, "try_due_on"),
        oldest_issued_on=form.day("try_issued_on"),
        received_on=_day(form, "try_received_on"),
        parts=Parts(*(amounts[component] for component in Component)),
        stage=stage,
        received_by=Payee(payee),
        otherwise=form.flag("try_otherwise"),
        foreign=form.flag("try_foreign"),
        paid_before=Parts(amounts["paid"]),
        fees_before_minor=amounts["fees"],
    )


def _amount(form: Form, name: str, currency: str) -> int:
    amount = form.amount(name, currency) or 0
    if amount < 0:
        raise Refused(N_("Not below zero."), field=name, code="bad_amount")
    return amount


def _day(form: Form, name: str) -> date:
    day = form.day(name)
    if day is None:
        raise Refused(N_("Please fill this in."), field=name, code="missing")
    return day
