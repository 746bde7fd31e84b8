"""Promises to pay, judged on money that came."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.promises.judge import Judgement, PromiseTerms, Received, judge, last_day, next_level
from cases.promises.tables import PromiseStatus

PROMISE = PromiseTerms(5_000_00, made_on=date(2026, 11, 18), due_on=date(2026, 11, 20), tolerance_days=1, country="DE")
FRIDAY, MONDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)
OPEN, KEPT, PARTLY, BROKEN, WITHDRAWN = (
    PromiseStatus.OPEN, PromiseStatus.KEPT, PromiseStatus.PARTLY_KEPT, PromiseStatus.BROKEN, PromiseStatus.WITHDRAWN,
)  # fmt: skip


def judged(today, *receipts: tuple[date, int]) -> PromiseStatus:
    return judge(PROMISE, [Received(on, minor) for on, minor in receipts], today).status


def test_a_promise_for_friday_with_a_day_of_tolerance_is_broken_on_tuesday():
    assert PROMISE.last_day == MONDAY
    assert [judged(day) for day in (FRIDAY, MONDAY, TUESDAY)] == [OPEN, OPEN, BROKEN]


def test_a_promise_is_kept_as_soon_as_all_of_it_came():
    assert judged(date(2026, 11, 19), (date(2026, 11, 19), 5_000_00)) == KEPT
    assert judged(TUESDAY, (FRIDAY, 2_000_00), (MONDAY, 3_000_00)) == KEPT


def test_a_part_leaves_it_open_until_the_last_day_and_then_partly_kept():
    judgement = judge(PROMISE, [Received(FRIDAY, 2_000_00)], TUESDAY)
    assert judged(MONDAY, (FRIDAY, 2_000_00)) == OPEN
    assert judgement == Judgement(PARTLY, 2_000_00, MONDAY)
    assert not judgement.advances


def test_money_from_before_the_promise_or_after_its_last_day_does_not_keep_it():
    assert judged(TUESDAY, (date(2026, 11, 17), 5_000_00)) == BROKEN
    assert judged(date(2026, 11, 25), (TUESDAY, 5_000_00)) == BROKEN


def test_money_that_went_back_breaks_a_promise_it_had_kept():
    assert judged(TUESDAY, (FRIDAY, 5_000_00), (MONDAY, -5_000_00)) == BROKEN


def test_tolerance_is_counted_in_the_debtors_working_days():
    assert last_day(date(2026, 12, 24), 1, "DE") == date(2026, 12, 28)
    assert last_day(date(2026, 2, 13), 1, "CN") == date(2026, 2, 14)
    assert last_day(date(2026, 11, 26), 1, "SA") == date(2026, 11, 29)
    assert last_day(FRIDAY, 0, "DE") == FRIDAY


def test_a_new_promise_on_top_of_broken_ones_stands_higher():
    assert next_level([]) == 1
    assert next_level([BROKEN]) == 2
    assert next_level([BROKEN, WITHDRAWN, BROKEN]) == 3
    assert next_level([BROKEN, BROKEN, KEPT]) == 1
    assert next_level([BROKEN, PARTLY]) == 2


def test_a_promise_of_nothing_or_of_yesterday_is_none():
    with pytest.raises(ValueError, match="amount"):
        PromiseTerms(0, FRIDAY, MONDAY, 1, "DE")
    with pytest.raises(ValueError, match="yesterday"):
        PromiseTerms(100, MONDAY, FRIDAY, 1, "DE")


@given(
    st.integers(1, 10_000),
    st.integers(0, 60),
    st.integers(0, 5),
    st.lists(st.tuples(st.integers(-10, 100), st.integers(1, 5_000)), max_size=6),
    st.integers(-5, 120),
)
def test_more_money_never_makes_a_judgement_worse_and_a_kept_promise_stays_kept(
    amount, due, tolerance, receipts, later
):
    promise = PromiseTerms(amount, TUESDAY, TUESDAY + timedelta(due), tolerance, "DE")
    came = [Received(TUESDAY + timedelta(day), minor) for day, minor in receipts]
    today = TUESDAY + timedelta(later)
    judgement = judge(promise, came, today)
    richer = judge(promise, [*came, Received(TUESDAY, amount)], today) if later >= 0 else judgement
    assert (richer.status == KEPT) or later < 0
    assert judgement.is_final or today <= judgement.last_day
    if judgement.status == KEPT:
        assert judge(promise, came, today + timedelta(30)).status == KEPT
