"""Interest by days: figures worked out by hand, and what holds for every history."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.interest.rules import Bearing, Level, Part, Pause, Period, accrue, due_parts, in_turn, total
from cases.interest.statutory import TABLES
from portal.ledger.tables import Component

DAY = timedelta(days=1)
BEGIN = date(2026, 1, 1)
P = Component.PRINCIPAL


def bearing(levels: list[tuple[date, int]], *periods: tuple[date, str | None], day_count: int = 365) -> Bearing:
    rates = [
        Period(since, Decimal(rate) if rate else None, day_count, "agreed" if rate else "") for since, rate in periods
    ]
    return Bearing(P, [Level(*level) for level in levels], rates)


def test_a_year_at_five_per_cent_is_five_per_cent_in_every_currencys_minor_units() -> None:
    """10,000 minor units (EUR 100.00, JPY 10,000, KWD 10.000) due on 31 December bear 500 by the next one."""
    owed = bearing([(date(2025, 12, 31), 10_000)], (date.min, "0.05"))
    assert total(accrue([owed], [], date(2026, 12, 31))) == 500
    assert (
        total(
            accrue([bearing([(date(2025, 12, 31), 10_000)], (date.min, "0.05"), day_count=360)], [], date(2026, 12, 26))
        )
        == 500
    )
    assert total(accrue([owed], [], date(2025, 12, 31))) == 0, "the day on which it is due bears nothing"


def test_half_a_minor_unit_is_rounded_up_once() -> None:
    """36.5 units of 1 % for a day and a half of them: each part alone would be rounded otherwise."""
    owed = bearing([(BEGIN, 18_250)], (date.min, "0.01"))
    assert total(accrue([owed], [], BEGIN + DAY)) == 1, "0.5 is rounded up"
    assert total(accrue([owed], [], BEGIN + 2 * DAY)) == 1, "1.0, and not 0.5 + 0.5 rounded one by one"


def test_what_is_paid_bears_nothing_from_the_next_day_on() -> None:
    """1,000.00 from 1 January, 400.00 paid on the 11th; to the 31st: ten days of 1,000.00 and twenty of 600.00."""
    owed = bearing([(BEGIN, 100_000), (date(2026, 1, 11), 60_000)], (date.min, "0.10"))
    stretches = accrue([owed], [], date(2026, 1, 31))
    assert [(each.since, each.through, each.days, each.minor) for each in stretches] == [
        (date(2026, 1, 2), date(2026, 1, 11), 10, 100_000),
        (date(2026, 1, 12), date(2026, 1, 31), 20, 60_000),
    ]
    assert sum(each.exact for each in stretches) == Fraction(1000 * 10 * 100 + 600 * 20 * 100) / 10 / 365


def test_a_judgment_changes_the_rate_and_a_freeze_takes_days_out() -> None:
    """8 % to the judgment of 31 January, 5 % from then on; February is frozen."""
    owed = bearing([(BEGIN, 3_650_000)], (date.min, "0.08"), (date(2026, 2, 1), "0.05"))
    frozen = [Pause(date(2026, 2, 1), date(2026, 2, 28))]
    stretches = accrue([owed], frozen, date(2026, 3, 10))
    assert [(each.days, each.rate, each.paused) for each in stretches] == [
        (30, Decimal("0.08"), ""),
        (28, Decimal("0.05"), "frozen"),
        (10, Decimal("0.05"), ""),
    ]
    assert total(stretches) == 30 * 800 + 10 * 500


def test_payments_settle_what_fell_due_first_so_each_invoice_keeps_its_own_rate() -> None:
    """UK: the rate of an invoice is fixed when its interest begins. 100.00 due in 2024 (13.25 %), 100.00 in 2025 (12.75 %)."""
    open_ = [Level(date.min, 20_000), Level(date(2025, 3, 1), 12_000)]
    parts = [Part(date(2024, 5, 31), 10_000), Part(date(2025, 1, 31), 10_000)]
    found = due_parts(open_, parts, date(2025, 3, 1))
    assert [(on, [(level.on, level.minor) for level in levels]) for on, levels in found] == [
        (date(2024, 5, 31), [(date(2024, 5, 31), 10_000), (date(2025, 3, 1), 2_000)]),
        (date(2025, 1, 31), [(date(2025, 1, 31), 10_000), (date(2025, 3, 1), 10_000)]),
    ]
    uk = TABLES["uk_late_payment"]
    sums = [Bearing(P, levels, in_turn([(date.min, uk.periods(on))])) for on, levels in found]
    at_end = [each for each in accrue(sums, [], date(2025, 12, 31)) if each.through == date(2025, 12, 31)]
    assert {(each.minor, each.rate) for each in at_end} == {(2_000, Decimal("0.1325")), (10_000, Decimal("0.1275"))}


def test_an_invoice_that_the_debtor_paid_by_name_bears_no_more_and_the_older_one_goes_on() -> None:
    """Of 100.00 and 80.00 the newer is paid on 1 March, and 30.00 comes off the claim as a whole on 1 April."""
    open_ = [Level(date.min, 18_000), Level(date(2025, 3, 1), 10_000), Level(date(2025, 4, 1), 7_000)]
    older, newer = Part(date(2024, 5, 31), 10_000), Part(date(2025, 1, 31), 8_000, ((date(2025, 3, 1), 8_000),))
    found = {on: [level.minor for level in levels] for on, levels in due_parts(open_, [newer, older], BEGIN)}
    assert found == {older.due_on: [10_000, 10_000, 7_000], newer.due_on: [8_000, 0, 0]}


def test_statutory_rates_are_those_that_were_published() -> None:
    """Each as its law takes it, and said to be only the last known one after its last day."""

    def rate(code: str, due_on: date, day: date) -> tuple[str, bool]:
        period = next(each for each in reversed(TABLES[code].periods(due_on)) if each.since <= day)
        return str(period.rate.normalize()) if period.rate is not None else "", period.is_last_known

    assert rate("uk_late_payment", date(2022, 6, 30), date(2026, 1, 1)) == ("0.0925", False), "starts on 1 July"
    assert rate("uk_late_payment", date(2022, 6, 29), date(2026, 1, 1)) == ("0.0825", False)
    assert rate("eu_late_payment", date(2020, 1, 1), date(2024, 7, 1)) == ("0.1225", False)
    assert rate("eu_late_payment", date(2020, 1, 1), date(2026, 7, 1)) == ("0.1015", True)
    assert rate("eu_late_payment", date(2012, 1, 1), date(2012, 2, 1)) == ("", False), "no rate is known"
    assert rate("ie_late_payment", date(2023, 12, 31), date(2024, 3, 1)) == ("0.12", False)
    assert rate("de_company", date(2020, 1, 1), date(2022, 12, 31)) == ("0.0812", False)
    assert rate("de_person", date(2020, 1, 1), date(2025, 7, 1)) == ("0.0627", False)
    assert rate("cn_sale_50", date(2021, 12, 19), date(2026, 1, 1)) == ("0.057", False), "3.80 % on its first day"
    assert rate("cn_sale_30", date(2019, 1, 1), date(2026, 1, 1)) == ("0.05655", False)
    assert rate("cn_doubled", date(2020, 1, 1), date(2026, 1, 1)) == ("0.000175", False)
    uk, ie = TABLES["uk_late_payment"].compensation, TABLES["ie_late_payment"].compensation
    assert uk and [uk.for_invoice(minor) for minor in (99_999, 100_000, 999_999, 1_000_000)] == [
        4000,
        7000,
        7000,
        10_000,
    ]
    assert ie and [ie.for_invoice(minor) for minor in (100_000, 100_001, 1_000_000, 1_000_001)] == [
        4000,
        7000,
        7000,
        10_000,
    ]
    assert all(set(table.names) == set(table.bases) == {"en", "zh-Hans"} for table in TABLES.values())


days = st.integers(0, 400).map(lambda number: BEGIN + number * DAY)
minors = st.integers(0, 10**9)
bearings = st.builds(
    lambda levels, rates, count: bearing(
        sorted(levels.items()),
        (date.min, None),
        *((on, str(rate)) for on, rate in sorted(rates.items())),
        day_count=count,
    ),
    st.dictionaries(days, minors, min_size=1, max_size=5),
    st.dictionaries(days, st.decimals("0.0001", "0.9", places=6), min_size=1, max_size=4),
    st.sampled_from([360, 365, 1]),
)
pauses = st.builds(lambda day, length: Pause(day, day + length * DAY), days, st.integers(0, 90))


def exact(stretches: list) -> Fraction:
    return sum((each.exact for each in stretches), Fraction(0))


@settings(max_examples=40, deadline=None)
@given(st.lists(bearings, min_size=1, max_size=3), st.lists(pauses, max_size=3), days, days)
def test_interest_adds_up_over_time_grows_and_rests_while_frozen(
    sums: list[Bearing], rests: list[Pause], one: date, other: date
) -> None:
    """Days summed one by one, in any order of the sums, are the whole; more days never bear less; a freeze bears nothing."""
    early, late = sorted((one, other))
    first, whole = accrue(sums, rests, early), accrue(sums, rests, late)
    between = [Pause(date.min, early), *rests]
    assert exact(first) + exact(accrue(sums, between, late)) == exact(whole)
    assert total(first) <= total(whole)
    assert exact(accrue(sums[::-1], rests, late)) == exact(whole)
    assert exact(accrue(sums, [*rests, Pause(date.min, None)], late)) == 0
    apart = [Bearing(each.component, each.levels, each.periods) for each in sums]
    assert sum(exact(accrue([each], rests, late)) for each in apart) == exact(whole)
    assert all(each.since <= each.through <= late for each in whole)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(days, minors, max_size=4),
    st.lists(st.tuples(days, st.integers(1, 10**8)), max_size=4),
    st.integers(0, 10**9),
    days,
    days,
)
def test_what_is_due_is_what_is_open_less_what_is_not_due_yet(
    moves: dict[date, int], invoices: list[tuple[date, int]], begin: int, rest_on: date, day: date
) -> None:
    """On any day the parts together are the open principal, but for invoices that are not due and a rest before its day."""
    open_ = [Level(date.min, begin), *(Level(on, minor) for on, minor in sorted(moves.items()))]
    found = due_parts(open_, [Part(*each) for each in invoices], rest_on)
    now = next(level.minor for level in reversed(open_) if level.on <= day)
    due = sum(next((level.minor for level in reversed(levels) if level.on <= day), 0) for _, levels in found)
    explained = sum(minor for _, minor in invoices)
    not_due = sum(minor for on, minor in invoices if on > day)
    rest = max(0, now - explained) if rest_on > day else 0
    assert due == max(0, now - rest - not_due)
