"""Amounts, dates and times as people read them, in both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.money import CURRENCIES, exponent
from portal.pages import formats
from portal.pages.text import speaking

NOON = datetime(2026, 11, 24, 12, 38, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (4821055, "EUR", "48,210.55"),
        (5, "EUR", "0.05"),
        (0, "USD", "0.00"),
        (-311840, "EUR", "\u22123,118.40"),
        (-5, "GBP", "\u22120.05"),
        (940000, "JPY", "940,000"),
        (-1, "JPY", "\u22121"),
        (1250500, "KWD", "1,250.500"),
        (138620000, "CNY", "1,386,200.00"),
    ],
)
def test_an_amount_shows_as_many_digits_as_its_currency_has(minor: int, currency: str, shown: str) -> None:
    assert formats.amount(minor, currency) == shown


@given(st.integers(-(10**15), 10**15), st.sampled_from(sorted(CURRENCIES)))
def test_an_amount_reads_back_as_the_same_minor_units(minor: int, currency: str) -> None:
    shown = formats.amount(minor, currency).replace(",", "").replace("\u2212", "-")
    assert int(Decimal(shown).scaleb(exponent(currency))) == minor


def test_money_that_came_in_is_marked_and_nothing_is_not() -> None:
    assert formats.amount(500000, "EUR", sign=True) == "+\u00a05,000.00"
    assert formats.amount(0, "EUR", sign=True) == "0.00"


def test_an_amount_reads_alike_in_chinese() -> None:
    with speaking("zh-Hans"):
        assert formats.money(-100, "CNY") == "CNY\u00a0\u22121.00"


@pytest.mark.parametrize(
    ("rate", "shown"),
    [("0.25", "25"), ("0.1015", "10.15"), ("0", "0"), ("1", "100"), ("0.045", "4.5"), ("-0.1", "\u221210")],
)
def test_a_rate_is_shown_as_exactly_as_it_was_agreed(rate: str, shown: str) -> None:
    assert formats.percent(Decimal(rate)) == f"{shown}\u00a0%"


def test_a_number_is_rounded_half_up() -> None:
    assert formats.number(Decimal("0.125"), 2) == "0.13"
    assert formats.number(Decimal("-1234.5")) == "\u22121,235"


def test_a_date_of_this_year_names_the_weekday_and_another_year_the_year() -> None:
    with clock.at(NOON), speaking("en", "Europe/Berlin"):
        assert formats.day(date(2026, 11, 24)) == "Tue\u00a024\u00a0Nov"
        assert formats.day(date(2029, 12, 31)) == "31\u00a0Dec\u00a02029"
        assert formats.date_long(date(2026, 3, 1)) == "1\u00a0March\u00a02026"
    with clock.at(NOON), speaking("zh-Hans", "Asia/Shanghai"):
        assert formats.day(date(2026, 11, 24)) == "11月24日 周二"
        assert formats.day(date(2029, 12, 31)) == "2029年12月31日"


def test_a_moment_is_shown_in_the_viewers_zone_unless_another_is_named() -> None:
    with clock.at(NOON), speaking("en", "Europe/Berlin"):
        assert formats.clock(NOON) == "13:38"
        assert formats.clock(NOON, "Asia/Shanghai") == "20:38"
        assert formats.when(datetime(2026, 11, 24, 23, 30, tzinfo=UTC)) == "Wed\u00a025\u00a0Nov, 00:30"
    with clock.at(NOON), speaking("zh-Hans", "Asia/Shanghai"):
        assert formats.when(NOON) == "11月24日 周二 20:38"


def test_distances_from_now_are_spoken_in_the_viewers_language() -> None:
    with clock.at(NOON):
        assert formats.ago(NOON - timedelta(minutes=20)) == "20 min ago"
        assert formats.ago(NOON + timedelta(hours=4, minutes=22)) == "in 4 h 22"
        assert formats.ago(NOON - timedelta(days=3)) == "3 days ago"
        with speaking("zh-Hans"):
            assert formats.ago(NOON - timedelta(minutes=20)) == "20 分钟前"
            assert formats.duration(timedelta(hours=4, minutes=22)) == "4 小时 22 分"


@pytest.mark.parametrize(
    ("name", "letters"), [("Lena Brandes", "LB"), ("王芳", "芳"), ("Cher", "C"), ("", "?"), ("  ", "?")]
)
def test_a_person_has_initials_in_any_script(name: str, letters: str) -> None:
    assert formats.initials(name) == letters
