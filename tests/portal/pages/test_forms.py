"""What people type into forms, and what is taken for it."""

import pytest

from portal.errors import Refused
from portal.pages.forms import Form


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1250", "EUR", 125_000),
        ("1,250", "EUR", 125_000),
        ("1,250.5", "EUR", 125_050),
        ("1 250.50", "EUR", 125_050),
        ("1\u00a0250.50", "EUR", 125_050),
        ("12,345,678.90", "GBP", 1_234_567_890),
        ("-1,000", "JPY", -1_000),
        ("1,250.125", "KWD", 1_250_125),
        ("", "EUR", None),
    ],
)
def test_thousands_may_be_grouped(typed: str, currency: str, minor: int | None) -> None:
    assert Form({"amount": typed}).amount("amount", currency) == minor


@pytest.mark.parametrize(
    "typed", ["12,50", "1,25", "1250,00", "1.250,00", "1,2345", "1,250,00", "1 2", ",5", "1,000 000"]
)
def test_a_comma_before_the_cents_never_makes_an_amount_a_hundredfold(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        Form({"amount": typed}).amount("amount", "EUR")
    assert (refused.value.field, refused.value.code) == ("amount", "bad_amount")


@pytest.mark.parametrize("typed", ["nan", "sNaN", "Infinity", "-0.01", "100.01", "1e9", "a"])
def test_what_is_no_percentage_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        Form({"rate": typed}).percent("rate")
    assert refused.value.code == "bad_percent"
