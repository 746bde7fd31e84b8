"""The payments of a plan: amounts that add up, days that exist, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from billing.parts import Parts
from billing.plans.schedule import schedule
from billing.plans.terms import DayOff, Rhythm, Terms
from cases.contact.calendar import is_working_day
from portal.errors import Refused

MADE_ON = date(2026, 11, 24)


def terms(owed: Parts | int, **changed: Any) -> Terms:
    parts = owed if isinstance(owed, Parts) else Parts(owed)
    said = {"currency": "EUR", "made_on": MADE_ON, "first_on": date(2026, 12, 31), "count": 1} | changed
    return Terms(owed=parts, **said)


def amounts(plan: Terms) -> list[int]:
    return [line.pays.total_minor for line in schedule(plan).lines]


def days(plan: Terms) -> list[str]:
    return [line.due_on.isoformat() for line in schedule(plan).lines]


def test_equal_instalments_are_floored_and_the_last_takes_the_rest() -> None:
    assert amounts(terms(1000_00, count=7)) == [142_85] * 6 + [142_90]


def test_monthly_instalments_keep_to_their_day_and_fall_on_the_last_of_a_shorter_month() -> None:
    plan = terms(400, count=4, first_on=date(2027, 1, 31), day_off=DayOff.SAME)
    assert days(plan) == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]
    leap = terms(200, count=2, first_on=date(2028, 1, 31), day_off=DayOff.SAME)
    assert days(leap) == ["2028-01-31", "2028-02-29"]


def test_weeks_and_fortnights_are_counted_in_days() -> None:
    weekly = terms(300, count=3, rhythm=Rhythm.WEEK, day_off=DayOff.SAME)
    assert days(weekly) == ["2026-12-31", "2027-01-07", "2027-01-14"]
    fortnightly = terms(300, count=3, rhythm=Rhythm.FORTNIGHT, day_off=DayOff.SAME)
    assert days(fortnightly) == ["2026-12-31", "2027-01-14", "2027-01-28"]


@pytest.mark.parametrize(
    ("day_off", "due"), [("same", "2027-01-31"), ("next", "2027-02-01"), ("previous", "2027-01-29")]
)
def test_a_day_on_which_banks_do_not_work_moves_as_agreed(day_off: str, due: str) -> None:
    assert days(terms(100, first_on=date(2027, 1, 31), day_off=DayOff(day_off), country="DE")) == [due]


def test_the_debtors_holidays_count_not_the_agencys() -> None:
    golden_week = date(2026, 10, 1)
    there = terms(100, made_on=date(2026, 9, 1), first_on=golden_week, country="CN")
    assert schedule(there).lines[0].due_on > golden_week + timedelta(days=5)
    assert days(terms(100, made_on=date(2026, 9, 1), first_on=golden_week, country="DE")) == ["2026-10-01"]


def test_no_payment_moves_to_before_the_plan() -> None:
    sunday = date(2026, 11, 29)
    plan = terms(100, made_on=sunday, first_on=sunday, day_off=DayOff.PREVIOUS, country="DE")
    assert days(plan) == ["2026-11-30"]


def test_the_plan_of_the_valve_maker_pays_costs_and_interest_first_and_bears_interest_on_the_principal_left() -> None:
    owed = Parts(principal_minor=46_551_16, interest_minor=1_579_39, costs_minor=80_00)
    made = schedule(
        terms(owed, down_minor=8_210_55, down_on=date(2026, 11, 30), count=8, yearly_rate=Decimal("0.04"), country="DE")
    )
    assert made.lines[0].pays == Parts(6_551_16, 1_579_39, 80_00)
    assert [line.pays.total_minor for line in made.instalments] == [5000_00] * 8
    assert [line.interest_minor for line in made.instalments] == [
        *(135_89, 122_74, 92_05, 82_19, 65_75, 50_96, 32_88, 18_08)
    ]
    assert (made.to_pay_minor, made.interest_minor, made.ends_on) == (48_811_09, 600_54, date(2027, 8, 2))
    assert (made.months, made.first_percent) == (8, Decimal("17.0"))


def test_fixed_payments_hold_the_interest_within_and_the_last_is_smaller() -> None:
    made = schedule(terms(1000_00, count=None, amount_minor=400_00, yearly_rate=Decimal("0.10"), country="DE"))
    assert [line.to_pay_minor for line in made.lines[:-1]] == [400_00, 400_00]
    assert made.lines[-1].to_pay_minor < 400_00
    assert sum(line.pays.total_minor for line in made.lines) == 1000_00


def test_a_settlement_asks_for_what_is_not_forgiven() -> None:
    made = schedule(terms(1000_00, forgiven_minor=300_00, count=2))
    assert [line.pays.total_minor for line in made.lines] == [350_00, 350_00]
    assert made.terms.is_settlement


def test_a_yen_has_no_part_and_a_fils_is_a_thousandth() -> None:
    assert amounts(terms(1000, currency="JPY", count=3)) == [333, 333, 334]
    assert amounts(terms(1_000_001, currency="KWD", count=2)) == [500_000, 500_001]


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"count": None, "amount_minor": 8_00, "yearly_rate": Decimal("0.10")}, "amount", "below_interest"),
        ({"count": None, "amount_minor": 1}, "amount", "too_many"),
        ({"count": None, "amount_minor": 0}, "amount", "out_of_range"),
        ({"count": None}, "count", "missing"),
        ({"count": 2, "amount_minor": 5}, "count", "missing"),
        ({"count": 0}, "count", "out_of_range"),
        ({"count": 121}, "count", "out_of_range"),
        ({"forgiven_minor": 1000_00}, "forgiven", "out_of_range"),
        ({"forgiven_minor": -1}, "forgiven", "out_of_range"),
        ({"down_minor": 1000_01, "down_on": MADE_ON}, "down", "out_of_range"),
        ({"down_minor": 1000_00, "down_on": MADE_ON}, "down", "no_rest"),
        ({"down_minor": 5, "down_on": None}, "down_on", "missing"),
        ({"down_minor": 5, "down_on": date(2026, 11, 23)}, "down_on", "past"),
        ({"down_minor": 5, "down_on": date(2026, 12, 31)}, "first_on", "before_down"),
        ({"first_on": date(2026, 11, 23)}, "first_on", "past"),
        ({"first_on": date(2096, 11, 23)}, "first_on", "too_far"),
    ],
)
def test_terms_that_make_no_plan_are_refused_at_their_field(changed: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        schedule(terms(1000_00, **changed))
    assert (refusal.value.field, refusal.value.code) == (field, code)


def test_more_instalments_than_cents_are_refused() -> None:
    with pytest.raises(Refused, match="nothing"):
        schedule(terms(3, count=4))


def test_a_case_on_which_nothing_is_owed_has_no_plan() -> None:
    with pytest.raises(Refused):
        schedule(terms(0))


any_terms = st.builds(
    terms,
    # However much is forgiven and paid down, a cent is left for each instalment.
    st.builds(Parts, *[st.integers(0, 10**9)] * 3).filter(lambda parts: parts.total_minor >= 99 + 100 + 100),
    count=st.integers(1, 100),
    down_minor=st.integers(0, 100),
    down_on=st.just(date(2026, 11, 30)),
    forgiven_minor=st.integers(0, 99),
    rhythm=st.sampled_from(Rhythm),
    day_off=st.sampled_from(DayOff),
    first_on=st.dates(date(2026, 12, 1), date(2028, 3, 1)),
    yearly_rate=st.decimals(0, 1, places=4),
    country=st.sampled_from(["DE", "CN", "GB", "AE", ""]),
)


@given(any_terms)
@examples(max_examples=60)
def test_any_schedule_adds_up_and_its_last_line_takes_the_rest(plan: Terms) -> None:
    made = schedule(plan)
    assert sum(line.pays.total_minor for line in made.lines) == plan.total_minor
    assert made.lines[-1].left_minor == 0
    assert all(line.pays.total_minor > 0 and line.interest_minor >= 0 for line in made.lines)
    assert all(min(line.pays.amounts) >= 0 for line in made.lines)
    instalments = [line.pays.total_minor for line in made.instalments]
    assert len(set(instalments[:-1])) <= 1
    assert not instalments[:-1] or 0 <= instalments[-1] - instalments[0] < len(instalments)


@given(any_terms)
@examples(max_examples=60)
def test_any_schedule_goes_forward_and_lands_on_working_days(plan: Terms) -> None:
    made = schedule(plan)
    due = [line.due_on for line in made.lines]
    assert due == sorted(due) or plan.day_off is DayOff.PREVIOUS
    if plan.day_off is not DayOff.SAME:
        assert all(is_working_day(line.due_on, plan.country) for line in made.instalments)


@given(any_terms, st.integers(1, 10**8))
@examples(max_examples=60)
def test_fixed_payments_are_equal_until_the_last(plan: Terms, amount_minor: int) -> None:
    fixed = terms(plan.owed, count=None, amount_minor=amount_minor, yearly_rate=plan.yearly_rate, rhythm=plan.rhythm)
    try:
        made = schedule(fixed)
    except Refused as refusal:
        assert refusal.code in ("below_interest", "too_many")
        return
    assert {line.to_pay_minor for line in made.lines[:-1]} <= {amount_minor}
    assert 0 < made.lines[-1].to_pay_minor <= amount_minor
    assert sum(line.pays.total_minor for line in made.lines) == fixed.total_minor
