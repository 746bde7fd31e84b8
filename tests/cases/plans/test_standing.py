"""How an agreement stands: kept, in grace, broken or fulfilled, by the money that came."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from cases.plans.standing import BREAKS, BreakRules, Due, State, stand
from cases.promises.judge import Received

# 1 January 2027 is a Friday; the lines are due on Mondays.
FIRST, SECOND, THIRD = date(2027, 1, 4), date(2027, 2, 1), date(2027, 3, 1)
LINES = [Due(1, FIRST, 100), Due(2, SECOND, 100), Due(3, THIRD, 100)]
COMPANY, PERSON = BREAKS["company"], BREAKS["person"]


def on(day: date, amount: int = 100) -> Received:
    return Received(day, amount)


def state(receipts: list[Received], today: date, rules: BreakRules = COMPANY) -> State:
    return stand(LINES, receipts, rules, today).state


def test_nothing_is_late_before_the_working_day_after_it_was_due() -> None:
    assert state([], FIRST) is State.ACTIVE
    assert state([], FIRST + timedelta(days=1)) is State.ACTIVE
    late = stand(LINES, [], COMPANY, FIRST + timedelta(days=2))
    assert (late.state, late.missed, late.arrears_minor) == (State.GRACE, (1,), 100)
    assert (late.since, late.breaks_on) == (date(2027, 1, 6), date(2027, 1, 11))


def test_a_company_breaks_it_by_one_miss_and_five_days() -> None:
    assert state([], date(2027, 1, 10)) is State.GRACE
    broken = stand(LINES, [], COMPANY, date(2027, 1, 11))
    assert (broken.state, broken.broken_on) == (State.BROKEN, date(2027, 1, 11))


def test_a_person_breaks_it_by_one_miss_and_ten_days() -> None:
    assert state([], date(2027, 1, 15), PERSON) is State.GRACE
    assert state([], date(2027, 1, 16), PERSON) is State.BROKEN


def test_a_person_breaks_it_by_two_misses_in_a_row() -> None:
    weekly = [Due(1, FIRST, 100), Due(2, FIRST + timedelta(days=7), 100)]
    # The second is missed on Wednesday the 13th, ten days after the first would be the 16th.
    assert stand(weekly, [], PERSON, date(2027, 1, 12)).state is State.GRACE
    assert stand(weekly, [], PERSON, date(2027, 1, 12)).breaks_on == date(2027, 1, 13)
    assert stand(weekly, [], PERSON, date(2027, 1, 13)).broken_on == date(2027, 1, 13)


def test_money_in_grace_brings_it_back() -> None:
    assert state([on(date(2027, 1, 10))], date(2027, 1, 20)) is State.ACTIVE


def test_a_part_is_not_enough() -> None:
    part = stand(LINES, [on(FIRST, 60)], COMPANY, date(2027, 1, 7))
    assert (part.state, part.paid, part.arrears_minor) == (State.GRACE, (60, 0, 0), 40)


def test_money_too_late_does_not_mend_what_is_broken() -> None:
    late = stand(LINES, [on(date(2027, 1, 11), 0), on(date(2027, 1, 12), 300)], COMPANY, date(2027, 1, 20))
    assert (late.state, late.broken_on, late.paid_minor) == (State.BROKEN, date(2027, 1, 11), 300)


def test_money_on_the_last_day_of_grace_is_in_time_and_on_the_next_is_not() -> None:
    assert state([on(date(2027, 1, 11))], date(2027, 1, 12)) is State.ACTIVE
    assert state([on(date(2027, 1, 12))], date(2027, 1, 12)) is State.BROKEN


def test_what_is_paid_ahead_counts_for_what_comes() -> None:
    ahead = stand(LINES, [on(FIRST, 250)], COMPANY, date(2027, 2, 20))
    assert (ahead.state, ahead.paid, ahead.arrears_minor) == (State.ACTIVE, (100, 100, 50), 0)
    assert ahead.following == Due(3, THIRD, 50)


def test_it_is_fulfilled_with_the_last_cent() -> None:
    assert state([on(FIRST, 299)], FIRST) is State.ACTIVE
    done = stand(LINES, [on(FIRST, 299), on(SECOND, 1)], COMPANY, date(2027, 5, 1))
    assert (done.state, done.completed_on, done.following) == (State.COMPLETED, SECOND, None)


def test_money_that_went_back_opens_it_again_from_the_day_it_did() -> None:
    returned = [on(FIRST, 300), on(date(2027, 2, 15), -150)]
    assert stand(LINES, returned, COMPANY, date(2027, 2, 14)).state is State.COMPLETED
    again = stand(LINES, returned, COMPANY, date(2027, 2, 16))
    assert (again.state, again.missed, again.since) == (State.GRACE, (2,), date(2027, 2, 15))
    assert stand(LINES, returned, COMPANY, date(2027, 2, 20)).broken_on == date(2027, 2, 20)


def test_each_miss_has_its_own_days() -> None:
    weekly = [Due(n, FIRST + timedelta(days=7 * (n - 1)), 100) for n in (1, 2, 3, 4)]
    # Always late by nine days, never ten: a person with a tolerant agency keeps it.
    rules = BreakRules(days=10)
    receipts = [on(line.due_on + timedelta(days=10)) for line in weekly]
    assert stand(weekly, receipts, rules, date(2027, 2, 3)).state is not State.BROKEN


def test_the_debtors_holidays_count_for_the_tolerance() -> None:
    eve = [Due(1, date(2026, 12, 24), 100)]  # 25 December is a holiday, then comes a weekend
    assert stand(eve, [], COMPANY, date(2026, 12, 28), "DE").state is State.ACTIVE
    assert stand(eve, [], COMPANY, date(2026, 12, 29), "DE").state is State.GRACE


histories = st.lists(st.tuples(st.integers(0, 120), st.integers(-150, 200)), max_size=8)


@given(histories, st.integers(0, 140), st.sampled_from([COMPANY, PERSON]))
@examples(max_examples=150)
def test_any_history_is_judged_as_by_looking_at_it_every_day(
    history: list[tuple[int, int]], until: int, rules: BreakRules
) -> None:
    start = date(2026, 12, 30)
    receipts = [on(start + timedelta(days=day), amount) for day, amount in history]
    today = start + timedelta(days=until)
    assert stand(LINES, receipts, rules, today).state is _looked_at_daily(receipts, rules, start, today)


def _looked_at_daily(receipts: list[Received], rules: BreakRules, start: date, today: date) -> State:
    """The plain model: each evening somebody looks what is late, and since how many days."""
    late: dict[int, int] = {}
    sums = {1: 100, 2: 200, 3: 300}
    seen = State.ACTIVE
    day = start
    while day <= today:
        paid = sum(receipt.amount_minor for receipt in receipts if receipt.on <= day)
        for line in LINES:
            tolerated = line.due_on + timedelta(days=1)  # Mondays: the next day is a working day
            late[line.position] = (
                late.get(line.position, -1) + 1 if day > tolerated and paid < sums[line.position] else -1
            )
        missed = [days for days in late.values() if days >= 0]
        if any(days >= rules.days for days in missed) or (rules.misses and len(missed) >= rules.misses):
            return State.BROKEN
        seen = State.GRACE if missed else State.COMPLETED if paid >= 300 else State.ACTIVE
        day += timedelta(days=1)
    return seen
