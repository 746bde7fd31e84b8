"""Where a debtor may be, its clocks and its calendar."""

from datetime import date

import pytest

from cases.contact.calendar import (
    add_working_days,
    holiday_name,
    is_holiday,
    is_known,
    is_working_day,
    year_of,
)  # fmt: skip
from cases.contact.engine import decide
from cases.contact.packs import shipped
from cases.contact.regions import state_of_zip
from cases.contact.zones import country_zones, places_of
from tests.cases.contact.asking import ask


def zones(*args: str, **facts: str) -> set[str]:
    return {place.zone for place in places_of(*args, **facts)}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"country": "DE"}, {"Europe/Berlin"}),
        ({"country": "CN"}, {"Asia/Shanghai"}),
        ({"country": "CN", "postal_code": "830000"}, {"Asia/Shanghai", "Asia/Urumqi"}),
        ({"country": "US", "region": "OH"}, {"America/New_York"}),
        ({"country": "US", "region": "US-OH"}, {"America/New_York"}),
        ({"country": "US", "postal_code": "60601"}, {"America/Chicago"}),
        ({"country": "US", "region": "Ohio", "postal_code": "44114-0001"}, {"America/New_York"}),
        ({"country": "US", "region": "FL"}, {"America/New_York", "America/Chicago"}),
        ({"country": "US", "phone": "+1 212 555 0100"}, {"America/New_York"}),
        ({"country": "US", "phone": "+1 800 555 1212", "region": "CA"}, {"America/Los_Angeles"}),
        ({"country": "ES", "postal_code": "35001"}, {"Atlantic/Canary"}),
        ({"country": "ES", "postal_code": "28001", "phone": "+34600123456"}, {"Europe/Madrid"}),
        ({"country": "AU", "phone": "+61 2 9123 4567"}, {"Australia/Sydney"}),
        ({"country": "CA", "postal_code": "V6B 1A1"}, {"America/Vancouver", "America/Edmonton"}),
        ({"country": "BR", "postal_code": "01310-100"}, {"America/Sao_Paulo"}),
        ({"country": "CH", "phone": "+49 151 12345678"}, {"Europe/Zurich"}),
        ({"country": "DE", "phone": "+86 138 0013 8000"}, {"Europe/Berlin", "Asia/Shanghai"}),
        ({"country": "", "phone": "+49 30 5550 1420"}, {"Europe/Berlin"}),
        ({"country": "DE", "phone": "not a number"}, {"Europe/Berlin"}),
        ({"country": "XK"}, {"Europe/Belgrade"}),
        ({"country": ""}, set()),
    ],
)
def test_the_address_and_the_number_say_whose_clocks_count(facts, expected):
    assert {place.zone for place in places_of(**facts)} == expected


def test_a_country_with_several_clocks_counts_in_all_of_them_until_narrowed():
    assert {"America/New_York", "America/Chicago", "America/Los_Angeles", "Pacific/Honolulu"} <= zones("US")
    assert len(country_zones("US")) == 8
    assert country_zones("GB") == ("Europe/London",)


def test_a_country_too_wide_for_one_window_asks_for_the_region():
    decision = decide(ask(places=places_of("RU")), shipped())
    assert decision.next_allowed_at is None
    assert zones("RU", phone="+7 495 123 4567") == {"Europe/Moscow"}


@pytest.mark.parametrize(
    ("code", "state"),
    [("10001", "NY"), ("90210", "CA"), ("99501", "AK"), ("79901", "TX"), ("88501", "TX"), ("06340", "CT"),
     ("20001", "DC"), ("96801", "HI"), ("96950", ""), ("34001", ""), ("00901", ""), ("ABC", ""), ("", "")],
)  # fmt: skip
def test_a_zip_code_names_its_state(code, state):
    assert state_of_zip(code) == state


def test_public_holidays_are_the_countrys_and_the_regions():
    assert is_holiday(date(2026, 10, 3), "DE")
    assert not is_holiday(date(2026, 3, 9), "DE")
    assert is_holiday(date(2027, 3, 8), "DE", "BE")  # International Women's Day, in Berlin
    assert holiday_name(date(2026, 12, 25), "DE") == "Christmas Day"
    assert holiday_name(date(2026, 2, 17), "CN", language="zh-Hans") == "春节"


def test_an_unknown_region_falls_back_to_its_country_and_an_unknown_country_to_weekends():
    assert year_of("DE", "ATLANTIS", 2026).known
    assert not is_known("ZZ")
    assert is_working_day(date(2026, 12, 25), "ZZ")
    assert not is_working_day(date(2026, 12, 26), "ZZ")


def test_working_days_follow_the_countrys_own_week():
    assert not is_working_day(date(2026, 11, 27), "SA")  # a Friday
    assert is_working_day(date(2026, 11, 29), "SA")  # a Sunday
    assert is_working_day(date(2026, 2, 14), "CN")  # a Saturday worked for the Spring Festival
    assert add_working_days(date(2026, 12, 24), 1, "DE") == date(2026, 12, 28)
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2026, 12, 24), -1, "DE")
