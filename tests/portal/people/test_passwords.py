"""Which passwords are refused, and that verifying costs strangers as much as members."""

import time

import pytest

from portal.errors import Refused
from portal.people.passwords import check_choice, hash_password, is_common, is_right

CONTEXT = ("Nordkai Inkasso", "lena.brandes@example.com")


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Passw0rd!!!!",
        "P@ssw0rd1234",
        "123456789012",
        "qwertyuiop12",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "letmeinletmein",
        "1qaz2wsx3edc",
        "welcome12345678",
        "correct horse battery staple",
        "Summer2024!!",
    ],
)
def test_a_password_that_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(Refused) as refused:
        check_choice(password)
    assert refused.value.code == "common"


@pytest.mark.parametrize(
    "password", ["mountain violet kettle", "a fair day for walking", "床前明月光疑是地上霜举头", "k7#mQ!z2Vp&x"]
)
def test_words_that_do_not_belong_together_are_taken(password: str) -> None:
    check_choice(password, CONTEXT)
    assert not is_common(password)


@pytest.mark.parametrize("password", ["Nordkai2024!!", "nordkai-inkasso", "lena.brandes1234", "Inkasso Nordkai 1"])
def test_names_that_everybody_around_knows_are_refused(password: str) -> None:
    with pytest.raises(Refused):
        check_choice(password, CONTEXT)


def test_eleven_characters_are_too_few_and_129_too_many() -> None:
    for password, code in (("elf zeichen", "too_short"), ("lang genug, " * 11, "too_long")):
        with pytest.raises(Refused) as refused:
            check_choice(password)
        assert refused.value.code == code


async def test_a_password_without_an_account_takes_as_long_as_one_with() -> None:
    kept = await hash_password("a fair day for walking")
    assert await is_right("a fair day for walking", kept)
    assert not await is_right("another day", kept)
    began = time.process_time()
    for _ in range(5):
        assert not await is_right("another day", kept)
    with_account, began = time.process_time() - began, time.process_time()
    for _ in range(5):
        assert not await is_right("another day", None)
    without = time.process_time() - began
    assert 0.4 < without / with_account < 2.5
