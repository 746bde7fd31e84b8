"""The builder's form: what stands in it at first, what somebody typed, and an agreement as it would be typed again."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from billing.plans.sketch import Wish
from billing.plans.terms import DayOff, Rhythm
from cases.casework import CaseFile
from cases.plans.register import PlanFile
from portal.errors import Refused
from portal.money import decimal_string, exponent
from portal.pages.forms import Form
from portal.pages.text import LANGUAGES, N_

OPEN_DAYS: Final = 10
"""An offer is open for so long unless somebody says otherwise."""
FIRST_COUNT: Final = 6

Choice = TypeVar("Choice", Rhythm, DayOff)


def first_texts(case: CaseFile, today: date, language: str, *, settlement: bool) -> dict[str, str]:
    """What stands in the form when it is opened: a tenth in a week and the rest in six months, or a settlement at nine
    tenths in one payment."""
    unit = 10 ** exponent(case.currency)

    def tenths(number: int) -> str:
        """So many tenths of the balance, in whole units of the currency and not less."""
        return decimal_string(
            min(case.balance_minor, -(-case.balance_minor * number // 10 // unit) * unit), case.currency
        )

    return {
        "kind": "settlement" if settlement else "plan",
        "offer": tenths(9) if settlement else "",
        "down": "" if settlement else tenths(1),
        "down_on": "" if settlement else (today + timedelta(days=7)).isoformat(),
        "by": "count",
        "count": str(1 if settlement else FIRST_COUNT),
        "amount": "",
        "rhythm": Rhythm.MONTH.value,
        "anchor_day": "",
        "first_on": (today + timedelta(days=14 if settlement else 37)).isoformat(),
        "day_off": DayOff.NEXT.value,
        "rate": "",
        "accelerates": "1",
        "guarantor": "",
        "guarantor_address": "",
        "guarantor_phone": "",
        "guarantor_email": "",
        "why": "",
        "language": language,
        "valid_until": (today + timedelta(days=OPEN_DAYS)).isoformat(),
    }


def texts_of_plan(plan: PlanFile, *, from_day: date | None = None) -> dict[str, str]:
    """An agreement as it would be typed again; ``from_day`` makes another like it, none of whose days is past."""
    currency = plan.currency
    first_on, down_on, valid_until = plan.first_on, plan.down_on, plan.valid_until
    if from_day is not None:
        first_on = max(first_on, from_day + timedelta(days=30))
        down_on = max(down_on, from_day + timedelta(days=7)) if down_on else None
        valid_until = from_day + timedelta(days=OPEN_DAYS)
    return {
        "kind": "settlement" if plan.is_settlement else "plan",
        "offer": decimal_string(plan.owed_minor - plan.forgiven_minor, currency) if plan.is_settlement else "",
        "down": decimal_string(plan.down_minor, currency) if plan.down_minor else "",
        "down_on": down_on.isoformat() if down_on else "",
        "by": "amount" if plan.amount_minor else "count",
        "count": str(plan.instalments or ""),
        "amount": decimal_string(plan.amount_minor, currency) if plan.amount_minor else "",
        "rhythm": plan.rhythm,
        "anchor_day": str(plan.anchor_day or ""),
        "first_on": first_on.isoformat(),
        "day_off": plan.day_off,
        "rate": f"{(plan.yearly_rate * 100).normalize():f}" if plan.yearly_rate else "",
        "accelerates": "1" if plan.accelerates else "",
        "guarantor": plan.guarantor,
        "guarantor_address": plan.guarantor_address,
        "guarantor_phone": plan.guarantor_phone,
        "guarantor_email": plan.guarantor_email,
        "why": plan.why,
        "language": plan.language,
        "valid_until": valid_until.isoformat(),
    }


def wish_in(form: Form, currency: str) -> Wish:
    """What somebody typed.

    Raises:
        Refused: a field cannot be read, with its name.
    """
    first_on, valid_until = form.day("first_on"), form.day("valid_until")
    if first_on is None or valid_until is None:
        field = "first_on" if first_on is None else "valid_until"
        raise Refused(N_("Please fill this in."), field=field, code="missing")
    by_amount = form.text("by") == "amount"
    count, amount = _count(form), form.amount("amount", currency)
    offer = form.amount("offer", currency) if form.text("kind") == "settlement" else None
    if form.text("kind") == "settlement" and offer is None:
        raise Refused(N_("Please fill this in."), field="offer", code="missing")
    if (amount if by_amount else count) is None:
        raise Refused(N_("Please fill this in."), field="amount" if by_amount else "count", code="missing")
    language = form.text("language")
    return Wish(
        first_on=first_on,
        valid_until=valid_until,
        offer_minor=offer,
        down_minor=form.amount("down", currency) or 0,
        down_on=form.day("down_on"),
        count=None if by_amount else count,
        amount_minor=amount if by_amount else None,
        rhythm=_one_of(form, "rhythm", Rhythm),
        anchor_day=_anchor(form),
        day_off=_one_of(form, "day_off", DayOff),
        yearly_rate=form.percent("rate") or Decimal(0),
        accelerates=form.flag("accelerates"),
        guarantor=form.text("guarantor", limit=200),
        guarantor_address=form.lines("guarantor_address", limit=400),
        guarantor_phone=form.text("guarantor_phone", limit=40),
        guarantor_email=form.text("guarantor_email", limit=200),
        why=form.lines("why", limit=2000),
        language=language if language in LANGUAGES else "en",
    )


def _count(form: Form) -> int | None:
    text = form.text("count")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise Refused(N_("A whole number."), field="count", code="bad_number")
    return int(text)


def _anchor(form: Form) -> int | None:
    text = form.text("anchor_day")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:3]) <= 31):
        raise Refused(N_("A day from 1 to 31."), field="anchor_day", code="out_of_range")
    return int(text)


def _one_of(form: Form, name: str, choices: type[Choice]) -> Choice:
    try:
        return choices(form.text(name))
    except ValueError:
        raise Refused(N_("Please choose."), field=name, code="missing") from None
