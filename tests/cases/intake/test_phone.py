"""Telephone numbers: what needs no reading is told apart from what does, and never wrongly."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumberFormat, PhoneNumberType

from cases.intake.phone import is_plainly_valid, phone_number


def as_read(text: str) -> str | None:
    """The number in E.164 as the library reads it."""
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if phonenumbers.is_valid_number(number) else None


@st.composite
def nearly_numbers(draw: st.DrawFn) -> str:
    """An example of any kind and country, with a few digits changed."""
    code = draw(st.sampled_from(sorted(COUNTRY_CODE_TO_REGION_CODE)))
    region = draw(st.sampled_from(COUNTRY_CODE_TO_REGION_CODE[code]))
    kind = draw(st.sampled_from([PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE]))
    example = phonenumbers.example_number_for_type(region, kind)
    text = phonenumbers.format_number(example, PhoneNumberFormat.E164) if example else f"+{code}1234567"
    digits = list(text)
    for _ in range(draw(st.integers(0, 3))):
        digits[draw(st.integers(len(f"+{code}"), len(digits) - 1))] = draw(st.sampled_from("0123456789"))
    return "".join(digits)


@settings(max_examples=300, deadline=None)
@given(nearly_numbers())
def test_what_needs_no_reading_is_read_as_it_stands(text: str) -> None:
    if is_plainly_valid(text):
        assert as_read(text) == text
    assert phone_number(text, "DE") == as_read(text)


@pytest.mark.parametrize(
    ("text", "country", "meant"),
    [
        ("+49403000000", "DE", "+49403000000"),
        ("+862162000000", "CN", "+862162000000"),
        ("040 3000000", "DE", "+49403000000"),
        ("+49 (0)40 3000000", "CN", "+49403000000"),
        ("+4404012345", "GB", None),
        ("+39063000000", "IT", "+39063000000"),
        ("+٤٩٤٠٣٠٠٠٠٠٠", "DE", "+49403000000"),
        ("+999123456789", "DE", None),
    ],
)
def test_a_number_is_read_as_dialled_in_its_country(text: str, country: str, meant: str | None) -> None:
    assert phone_number(text, country) == meant


@pytest.mark.parametrize("text", ["+49403000000", "+862162000000", "+442079460000", "+12025550123"])
def test_an_ordinary_number_needs_no_reading(text: str) -> None:
    assert is_plainly_valid(text)
