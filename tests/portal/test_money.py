from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.money import (
    CURRENCIES,
    LARGEST_MINOR,
    AmountFault,
    BadAmount,
    UnknownCurrency,
    decimal_string,
    exponent,
    is_currency,
    parse_amount,
    round_half_up,
    share,
    split,
)

currencies = st.sampled_from(sorted(CURRENCIES))
amounts = st.integers(-LARGEST_MINOR, LARGEST_MINOR)
rates = st.decimals(min_value=0, max_value=5, places=6)


def test_the_exponent_comes_from_the_currency():
    assert [exponent(code) for code in ("EUR", "GBP", "CNY", "JPY", "KRW", "KWD", "IQD")] == [2, 2, 2, 0, 0, 3, 3]


@pytest.mark.parametrize("code", ["RMB", "eur", "", "XXX", "XAU", "HRK", "EURO", "€"])
def test_what_is_no_currency_of_a_debt_is_unknown(code):
    assert not is_currency(code)
    with pytest.raises(UnknownCurrency):
        exponent(code)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1234.56", "EUR", 123456),
        ("1234", "EUR", 123400),
        ("1234.5", "EUR", 123450),
        (" 12.00\t", "EUR", 1200),
        ("-0.01", "GBP", -1),
        ("+5", "GBP", 500),
        ("1234", "JPY", 1234),
        ("1.250", "KWD", 1250),
        ("0007.10", "USD", 710),
        ("10000000000000.00", "USD", LARGEST_MINOR),
    ],
)
def test_plain_decimal_notation_is_read(text, currency, minor):
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "fault"),
    [
        ("", "EUR", AmountFault.EMPTY),
        ("  ", "EUR", AmountFault.EMPTY),
        ("1,234.56", "EUR", AmountFault.NOT_A_NUMBER),
        ("1.280,50", "EUR", AmountFault.NOT_A_NUMBER),
        ("(12.00)", "EUR", AmountFault.NOT_A_NUMBER),
        ("12.", "EUR", AmountFault.NOT_A_NUMBER),
        (".5", "EUR", AmountFault.NOT_A_NUMBER),
        ("1e5", "EUR", AmountFault.NOT_A_NUMBER),
        ("NaN", "EUR", AmountFault.NOT_A_NUMBER),
        ("１２", "EUR", AmountFault.NOT_A_NUMBER),
        ("٣", "EUR", AmountFault.NOT_A_NUMBER),
        ("12.345", "EUR", AmountFault.TOO_MANY_DECIMALS),
        ("12.500", "EUR", AmountFault.TOO_MANY_DECIMALS),
        ("12.0", "JPY", AmountFault.TOO_MANY_DECIMALS),
        ("1.2345", "KWD", AmountFault.TOO_MANY_DECIMALS),
        ("10000000000000.01", "USD", AmountFault.OUT_OF_RANGE),
        ("-10000000000000.01", "USD", AmountFault.OUT_OF_RANGE),
        ("9" * 100_000, "USD", AmountFault.OUT_OF_RANGE),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(text, currency, fault):
    with pytest.raises(BadAmount) as refused:
        parse_amount(text, currency)
    assert refused.value.reason is fault


def test_money_for_machines_carries_every_decimal_of_its_currency():
    assert decimal_string(123456, "EUR") == "1234.56"
    assert decimal_string(1234, "JPY") == "1234"
    assert decimal_string(1250, "KWD") == "1.250"
    assert decimal_string(-5, "EUR") == "-0.05"
    assert decimal_string(0, "EUR") == "0.00"


@given(amounts, currencies)
def test_an_amount_written_and_read_again_is_the_same(minor, currency):
    assert parse_amount(decimal_string(minor, currency), currency) == minor


@given(st.text(), currencies)
def test_any_text_is_an_amount_or_refused(text, currency):
    try:
        minor = parse_amount(text, currency)
    except BadAmount:
        return
    assert abs(minor) <= LARGEST_MINOR


@pytest.mark.parametrize(
    ("value", "rounded"), [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("2.4999999999", 2), ("-2.5", -3)]
)
def test_halves_round_away_from_nought(value, rounded):
    assert round_half_up(Decimal(value)) == rounded


def test_a_fee_is_rounded_once_per_payment():
    assert [share(3333, Decimal("0.25"))] * 3 == [833, 833, 833]
    assert share(800000, Decimal("0.15")) == 120000


@given(amounts, rates)
def test_a_reversal_takes_back_exactly_the_share(minor, rate):
    assert share(-minor, rate) == -share(minor, rate)


@given(amounts, rates)
def test_a_share_is_off_by_half_a_unit_at_most(minor, rate):
    assert abs(share(minor, rate) - minor * Fraction(rate)) <= Fraction(1, 2)


def test_a_share_by_a_float_is_refused():
    with pytest.raises(TypeError):
        share(100, 0.25)  # type: ignore[arg-type]


def test_a_hundred_in_three_parts():
    assert split(10000, [1, 1, 1]) == [3334, 3333, 3333]
    assert split(-10000, [1, 1, 1]) == [-3334, -3333, -3333]


def test_left_over_units_go_to_the_largest_remainder_and_ties_to_the_earlier_part():
    assert split(100, [1, 5, 1]) == [14, 72, 14]
    assert split(1, [1, 1]) == [1, 0]
    assert split(5, [0, 3, 0, 3]) == [0, 3, 0, 2]
    assert split(100, [Decimal("0.105"), Decimal("0.895")]) == [11, 89]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [3, -1]])
def test_nothing_is_split_by_weights_of_nought_or_less(weights):
    with pytest.raises(ValueError, match="weights"):
        split(100, weights)


@given(amounts, st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any))
def test_parts_add_up_and_each_is_within_one_unit_of_its_exact_share(total, weights):
    parts = split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
        assert weight or not part
    assert split(-total, weights) == [-part for part in parts]
