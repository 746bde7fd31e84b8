"""Words: English msgids, their Chinese, and whose language and clock a text is spoken in.

Code marks a text with `N_` (a msgid kept as it is) or `say` (a msgid with its parameters). It is translated when it is
shown, in the language that `speaking` holds at that moment. Parameters are named, ``%(name)s``; a per cent sign in a
msgid is written ``%%``, with or without parameters.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LOCALE_FOLDER: Final = Path(__file__).parent / "locale"

ENGLISH: Final = "en"
CHINESE: Final = "zh-Hans"
LANGUAGES: Final[dict[str, str]] = {ENGLISH: "English", CHINESE: "中文"}
"""Code and own name of each language the portal speaks."""

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)
_time_zone: ContextVar[str] = ContextVar("time_zone", default="UTC")


def N_(msgid: str) -> str:  # noqa: N802 - the name gettext tools know
    """Mark a msgid for the catalogue and return it unchanged; it is translated where it is shown."""
    return msgid


class Text:
    """A msgid with its parameters, spoken in the viewer's language whenever it is printed."""

    __slots__ = ("msgid", "params")

    def __init__(self, msgid: str, params: Mapping[str, object]) -> None:
        self.msgid = msgid
        self.params = params

    def __str__(self) -> str:
        return translate(self.msgid, **self.params)

    def __repr__(self) -> str:
        return f"Text({self.msgid!r}, {dict(self.params)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.msgid, self.params) == (other.msgid, other.params)

    def __hash__(self) -> int:
        return hash((self.msgid, tuple(sorted(self.params))))


def say(msgid: str, **params: object) -> Text:
    """Mark a msgid for the catalogue together with what fills it; a parameter may itself be a `Text`."""
    return Text(msgid, params)


def known_language(code: str | None) -> str | None:
    """The portal's code for a language tag such as ``zh-CN``, or None when we do not speak it."""
    primary = (code or "").lower().replace("_", "-").split("-")[0]
    return {"en": ENGLISH, "zh": CHINESE}.get(primary)


def preferred_language(accept_language: str) -> str:
    """The best of our languages for an ``Accept-Language`` header; English when it names none of them."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept_language.split(",")[:20]):
        tag, _, quality = part.strip().partition(";q=")
        language = known_language(tag)
        weight = _quality(quality)
        if language and weight > 0:
            ranked.append((-weight, place, language))
    return min(ranked)[2] if ranked else ENGLISH


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


@contextmanager
def speaking(language: str, time_zone: str = "UTC") -> Iterator[None]:
    """Within this block texts, dates and times are the viewer's (unknown languages fall back to English)."""
    language_token = _language.set(known_language(language) or ENGLISH)
    zone_token = _time_zone.set(time_zone)
    try:
        yield
    finally:
        _time_zone.reset(zone_token)
        _language.reset(language_token)


def current_language() -> str:
    """The language being spoken now: ``en`` or ``zh-Hans``."""
    return _language.get()


def current_zone() -> ZoneInfo:
    """The time zone in which times are shown now."""
    return ZoneInfo(_time_zone.get())


def in_chinese() -> bool:
    """Whether Chinese is being spoken now."""
    return _language.get() == CHINESE


def gettext(msgid: str) -> str:
    """The text of a msgid in the current language, its parameters still open."""
    if not msgid or not in_chinese():
        return msgid
    return chinese().get(msgid, (msgid,))[0] or msgid


def ngettext(singular: str, plural: str, number: int) -> str:
    """The form of a counted text that fits the number (a count), parameters still open."""
    if in_chinese():
        return chinese().get(singular, ("",))[0] or plural
    return singular if number == 1 else plural


def translate(msgid: str, **params: object) -> str:
    """The text of a msgid in the current language, filled with its parameters."""
    return gettext(msgid) % params


@cache
def chinese() -> Mapping[str, tuple[str, ...]]:
    """The Chinese catalogue: msgid to its forms. Read once; fuzzy entries count as missing."""
    catalogue = read_catalogue()
    texts: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        msgid = message.id if isinstance(message.id, str) else message.id[0]
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        texts[msgid] = tuple(str(form or "") for form in forms)
    return texts


def read_catalogue() -> Catalog:
    """The Chinese catalogue with its comments and places, as the translator keeps it."""
    with (LOCALE_FOLDER / "zh_Hans.po").open("rb") as file:
        return read_po(file, locale="zh_Hans")
