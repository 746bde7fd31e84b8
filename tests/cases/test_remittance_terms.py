"""When a change of how a client is paid takes effect: by the pure rule of cycles."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from cases.remittance_terms import WEEK, RemittanceCycle, cycle_end, next_cycle

days = st.dates(date(2026, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("cycle", "today", "told_through", "begins"),
    [
        ("monthly", date(2026, 11, 6), date(2026, 10, 31), date(2026, 12, 1)),
        ("monthly", date(2026, 11, 6), None, date(2026, 12, 1)),
        ("monthly", date(2026, 12, 31), date(2026, 12, 31), date(2027, 1, 1)),
        ("twice_a_month", date(2026, 11, 15), None, date(2026, 11, 16)),
        ("twice_a_month", date(2026, 11, 16), date(2026, 11, 15), date(2026, 12, 1)),
        ("weekly", date(2026, 11, 6), None, date(2026, 11, 9)),
        ("weekly", date(2026, 11, 6), date(2026, 11, 3), date(2026, 11, 11)),
        ("weekly", date(2026, 11, 6), date(2026, 11, 6), date(2026, 11, 7)),
        ("weekly", date(2026, 11, 20), date(2026, 11, 3), date(2026, 11, 25)),
    ],
)
def test_a_change_waits_for_the_next_cycle(cycle: str, today: date, told_through: date | None, begins: date) -> None:
    assert next_cycle(cycle, today, told_through) == begins


@examples(max_examples=60)
@given(cycle=st.sampled_from(RemittanceCycle), today=days, ago=st.none() | st.integers(0, 200))
def test_the_next_cycle_is_the_first_one_that_has_not_begun(cycle: str, today: date, ago: int | None) -> None:
    told = None if ago is None else today - timedelta(days=ago)
    begins = next_cycle(cycle, today, told)
    assert begins > today
    assert cycle_end(cycle, begins) >= begins
    # The cycle that today is in ends on the day before: every day of it has the same next one.
    assert next_cycle(cycle, begins - timedelta(days=1), told) == begins
    assert next_cycle(cycle, begins, told) == cycle_end(cycle, begins) + timedelta(days=1)
    assert (begins - today).days <= {"weekly": 7, "twice_a_month": 16, "monthly": 31}[cycle]
    if cycle == "weekly" and told is not None:
        assert (begins - told - timedelta(days=1)) % WEEK == timedelta(0)
