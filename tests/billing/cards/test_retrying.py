"""When a payment of a plan is collected again: pure."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.cards.retrying import AUTHENTICATION, FOR_GOOD, SHIPPED, Tried, Why, turn

DUE = date(2026, 12, 1)


def day(number: int) -> date:
    return DUE + timedelta(days=number)


def failed(on: int, code: str = "insufficient_funds", method: str = "a") -> Tried:
    return Tried(day(on), method, code)


@pytest.mark.parametrize(
    ("tried", "today", "why", "on"),
    [
        ([], -1, Why.NOT_DUE, 0),
        ([], 0, None, 0),
        ([], 9, None, 9),
        ([Tried(day(0), "a", "", is_open=True)], 30, Why.OPEN, None),
        ([failed(0)], 2, Why.LATER, 3),
        ([failed(0)], 3, None, 3),
        ([failed(0), failed(3)], 7, Why.LATER, 8),
        ([failed(0), failed(3)], 8, None, 8),
        ([failed(0), failed(3), failed(8)], 90, Why.OFTEN, None),
        ([failed(0, "expired_card")], 90, Why.FOR_GOOD, None),
        ([failed(0, AUTHENTICATION)], 90, Why.CONFIRM, None),
        ([failed(0, "expired_card", "old"), failed(0, "stolen_card", "older")], 1, None, 1),
    ],
)
def test_a_payment_is_tried_again_as_the_policy_says(
    tried: list[Tried], today: int, why: Why | None, on: int | None
) -> None:
    judged = turn(SHIPPED, DUE, tried, "a", day(today))
    assert (judged.why, judged.on) == (why, None if on is None else day(on))


@settings(max_examples=60)
@given(
    codes=st.lists(st.sampled_from(["insufficient_funds", "generic", AUTHENTICATION, *sorted(FOR_GOOD)]), max_size=8)
)
def test_no_payment_is_ever_tried_more_than_three_times_nor_after_a_no_for_good(codes: list[str]) -> None:
    tried: list[Tried] = []
    answers = iter(codes)
    for number in range(60):
        if turn(SHIPPED, DUE, tried, "a", day(number)).why is None:
            assert not tried or tried[-1].failure_code not in FOR_GOOD | {AUTHENTICATION}
            tried.append(failed(number, next(answers, "generic")))
    assert 1 <= len(tried) <= SHIPPED.most_attempts
