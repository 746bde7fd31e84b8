"""Reading a single value as written: text, e-mail address, language."""

import re
import unicodedata
from functools import lru_cache

from babel import Locale, UnknownLocaleError

# Line breaks inside a cell come from addresses and remarks; they are blanks, as are the typesetter's. What changes the direction of writing or
# cannot be seen at all would let two texts look alike, or one text look like another.
_BREAKS = re.compile(r"[ \t]*[\t\n\r\x0b\x0c\x85\u2028\u2029]\s*|[\xa0\u2000-\u200a\u202f\u205f\u3000]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_EMAIL = re.compile(r"[^\s@,;:<>()\"\[\]\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2}|[0-9]{3}))?", re.ASCII)


def clean(text: str) -> str | None:
    """The text on one line, without blanks around it, in composed form, so that equal names compare equal.

    None when it holds control, direction-changing or zero-width characters, or halves of a surrogate pair.
    """
    stripped = text.strip()
    if stripped.isprintable():
        return stripped if stripped.isascii() else unicodedata.normalize("NFC", stripped)
    line = _BREAKS.sub(" ", stripped)
    return None if _INVISIBLE.search(line) else unicodedata.normalize("NFC", line)


def without_invisible(text: str) -> str:
    """The text as it looks."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _BREAKS.sub(" ", text))).strip()


def is_email(text: str) -> bool:
    """Whether a message could be sent there; whether it arrives, only sending tells."""
    return len(text) <= 254 and ".." not in text and _EMAIL.fullmatch(text) is not None


@lru_cache(maxsize=256)
def language_tag(text: str) -> str | None:
    """The tag in its usual spelling (``zh-Hans``), None when it names no language."""
    if not _LANGUAGE.fullmatch(text):
        return None
    try:
        locale = Locale.parse(text.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
    return str(locale).replace("_", "-")
