"""The sums of a client's home, by hand and as properties."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.home.exchange import Exchange, Rate
from billing.home.recovery import Placed, Promised, Received, figures, stair_step

TODAY = date(2026, 11, 24)


def month(number: int, year: int = 2026) -> date:
    return date(year, number, 1)


PLACED = [
    Placed("EUR", month(9), 2, 100_000, 1, 40_000),
    Placed("EUR", month(10), 1, 50_000, 1, 50_000),
    Placed("EUR", month(11), 1, 20_000, 0, 0),
]
RECEIVED = [
    # September's 1,000.00: 100.00 in September, 250.00 in November, of which 50.00 went back.
    Received("EUR", month(9), month(9), 10_000, 2_500, 0),
    Received("EUR", month(9), month(11), 20_000, 5_000, 20_000),
    # October's 500.00: 50.00 in November.
    Received("EUR", month(10), month(11), 5_000, 1_250, 0),
    # November's 200.00: all of it, at once.
    Received("EUR", month(11), month(11), 20_000, 4_000, 0),
]


def test_the_stair_step_of_a_small_example_computed_by_hand() -> None:
    stairs = stair_step(PLACED, RECEIVED, TODAY)
    assert [(step.month, step.cases, step.percents) for step in stairs.steps] == [
        (month(9), 2, (Decimal(10), Decimal(10), Decimal(30))),
        (month(10), 1, (Decimal(0), Decimal(10))),
        (month(11), 1, (Decimal(100),)),
    ]
    assert stairs.total is not None
    # Month 0: 300.00 of 1,700.00. Month 1: 150.00 of 1,500.00, November is too young. Month 2: September alone.
    assert [round(percent, 2) for percent in stairs.total.percents] == [Decimal("17.65"), Decimal(10), Decimal(30)]
    assert (stairs.total.cases, stairs.total.placed_minor, stairs.total.back_minor) == (4, 170_000, 55_000)


def test_net_of_fees_the_stairs_are_lower_by_the_fees() -> None:
    net = stair_step(PLACED, RECEIVED, TODAY, net=True)
    assert net.steps[0].percents == (Decimal("7.5"), Decimal("7.5"), Decimal("22.5"))
    assert net.total is not None
    assert net.total.back_minor == 55_000 - 12_750


def test_only_the_last_twelve_months_of_placement_are_steps() -> None:
    old, oldest_shown = Placed("EUR", month(11, 2025), 1, 100, 0, 0), Placed("EUR", month(12, 2025), 1, 100, 0, 0)
    stairs = stair_step([old, oldest_shown], [], TODAY)
    assert [step.month for step in stairs.steps] == [month(12, 2025)]
    assert len(stairs.steps[0].percents) == 12


def test_money_that_came_before_the_placement_counts_in_its_month() -> None:
    early = Received("EUR", month(10), month(9), 5_000, 0, 0)
    assert stair_step(PLACED[1:2], [early], TODAY).steps[0].percents == (Decimal(10), Decimal(10))


def test_without_placements_there_are_no_stairs_and_no_division_by_nought() -> None:
    assert stair_step([], [], TODAY).total is None
    nothing = figures([], [], [])
    assert nothing.of_placed(nothing.recovered_minor) == nothing.fee_rate == 0
    assert nothing.kept_rate is None


def test_the_figures_add_up() -> None:
    promised = [
        Promised("EUR", "open", 3, 9_000), Promised("EUR", "kept", 7, 0), Promised("EUR", "partly_kept", 1, 100),
        Promised("EUR", "broken", 2, 500), Promised("EUR", "withdrawn", 4, 4_000),
    ]  # fmt: skip
    sums = figures(PLACED, RECEIVED, promised)
    assert (sums.cases, sums.placed_minor, sums.open_cases, sums.open_minor) == (4, 170_000, 2, 90_000)
    assert (sums.recovered_minor, sums.fees_minor, sums.net_minor) == (55_000, 12_750, 42_250)
    assert (sums.week_minor, sums.promises, sums.promised_minor) == (20_000, 3, 9_000)
    assert sums.kept_rate == Decimal("0.7")


def test_currencies_become_one_at_the_rates_named() -> None:
    rates = Exchange(
        "EUR", {"USD": Rate("USD", Decimal("1.25"), TODAY, "ECB"), "JPY": Rate("JPY", Decimal(160), TODAY, "ECB")}
    )
    assert rates.convert(125_00, "USD") == 100_00
    assert rates.convert(1600, "JPY") == 10_00
    assert rates.convert(7, "EUR") == 7
    yen = Exchange(
        "JPY", {"USD": Rate("USD", Decimal("1.25"), TODAY, "ECB"), "JPY": Rate("JPY", Decimal(160), TODAY, "ECB")}
    )
    assert yen.convert(125_00, "USD") == 16_000


sums = st.integers(min_value=0, max_value=10**12)
months = st.integers(min_value=0, max_value=11).map(
    lambda back: month((10 - back) % 12 + 1, 2026 if back < 11 else 2025)
)


@given(st.lists(st.tuples(months, sums), min_size=1), st.lists(st.tuples(months, months, sums)))
def test_what_came_back_is_found_once_whatever_its_month(
    placed: list[tuple[date, int]], paid: list[tuple[date, date, int]]
) -> None:
    parts = [Placed("EUR", when, 1, minor, 0, 0) for when, minor in placed]
    received = [Received("EUR", cohort, when, minor, 0, 0) for cohort, when, minor in paid]
    stairs = stair_step(parts, received, TODAY)
    assert stairs.total is not None
    shown = {step.month for step in stairs.steps}
    assert stairs.total.placed_minor == sum(minor for _, minor in placed)
    assert stairs.total.back_minor == sum(minor for cohort, _, minor in paid if cohort in shown)
    for step in stairs.steps:
        assert list(step.percents) == sorted(step.percents)
