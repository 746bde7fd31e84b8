"""Telephone numbers: as people write them in, E.164 out."""

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)


@lru_cache(maxsize=4096)
def phone_number(text: str, country: str) -> str | None:
    """The number in E.164, read as dialled from within `country`; None when it is no number there."""
    if is_plainly_valid(text):
        return text
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_plainly_valid(text: str) -> bool:
    """Whether a text is E.164 already and a valid number, as far as a look at the main country of its code tells.

    A tenth of the work of reading it, which is most of the work of checking a large file. Where it says no, only
    reading tells: the number may lie in a smaller country of the same code, or have a prefix to be taken off.
    """
    if _E164.fullmatch(text) is None:
        return False
    for digits in (1, 2, 3):  # no calling code begins with another
        plan = _plan(int(text[1 : 1 + digits]))
        if plan is not None:
            return plan.admits(text[1 + digits :])
    return False


class _Kind(NamedTuple):
    """What numbers of one kind look like within a country."""

    lengths: frozenset[int]
    pattern: re.Pattern[str]

    def admits(self, national: str) -> bool:
        is_long_enough = not self.lengths or len(national) in self.lengths
        return is_long_enough and self.pattern.fullmatch(national) is not None


class _Plan(NamedTuple):
    """What the numbers of a country look like behind its calling code."""

    prefix: re.Pattern[str]
    """What is dialled within the country before a number, and is no part of it."""
    every: _Kind
    kinds: tuple[_Kind, ...]

    def admits(self, national: str) -> bool:
        return (
            not national.startswith("0")
            and self.prefix.match(national) is None
            and self.every.admits(national)
            and any(kind.admits(national) for kind in self.kinds)
        )


@lru_cache(maxsize=1024)
def _plan(calling_code: int) -> _Plan | None:
    """The plan of the main country of a calling code; None when there is no such code, or no one country stands for it."""
    region = COUNTRY_CODE_TO_REGION_CODE.get(calling_code, (None,))[0]
    metadata = PhoneMetadata.metadata_for_region(region) if region else None
    every = _kind(metadata.general_desc) if metadata else None
    if metadata is None or every is None or metadata.leading_digits is not None:
        return None
    descriptions = (
        metadata.fixed_line,
        metadata.mobile,
        metadata.toll_free,
        metadata.shared_cost,
        metadata.voip,
        metadata.uan,
        metadata.premium_rate,
        metadata.personal_number,
        metadata.pager,
        metadata.voicemail,
    )
    kinds = tuple(kind for kind in map(_kind, descriptions) if kind is not None)
    return _Plan(re.compile(metadata.national_prefix_for_parsing or "(?!)"), every, kinds)


def _kind(description: PhoneNumberDesc | None) -> _Kind | None:
    if description is None or description.national_number_pattern is None:
        return None
    return _Kind(frozenset(description.possible_length), re.compile(description.national_number_pattern))
