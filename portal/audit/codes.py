"""Codes within facts, in words: each package says here which of its vocabularies a fact is spoken from.

The trail stores and seals codes; whoever owns a code owns its words. A value that no vocabulary has, such as a text that
somebody typed, is shown as it is.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from portal.pages.text import LANGUAGES, N_, translate
from portal.pages.vocabulary import ROLES, VERDICTS

Words = Mapping[Any, str] | Callable[[Any, str], str]
"""Msgids by code; or what speaks a value by itself, given the currency of the event."""

_VOCABULARIES: Final[dict[tuple[str, str], Words]] = {}


def speak(name: str, words: Words, *, of: str = "") -> None:
    """Speak the fact ``name`` from a vocabulary; ``of`` names the action or the kind of subject, if not all."""
    _VOCABULARIES[of, name] = words


def spoken(name: str, value: object, currency: str = "", *, of: tuple[str, ...] = ()) -> str | None:
    """A fact's value in words; None when it is no code. ``of`` is its action and its kind of subject."""
    words = next((_VOCABULARIES[one, name] for one in (*of, "") if (one, name) in _VOCABULARIES), None)
    if words is None or value in (None, "", [], {}):
        return None
    if callable(words):
        return words(value, currency)
    return translate(words[value]) if isinstance(value, str) and value in words else None


speak("role", ROLES)
speak("verdict", VERDICTS)
speak("language", lambda value, _: LANGUAGES.get(str(value), str(value)))
speak("theme", {"auto": N_("As my device"), "light": N_("Light"), "dark": N_("Dark")})


def _flaws(value: Any, _: str) -> str:
    """What a proof of the chain found: msgids with their parameters."""
    told = ((flaw["msgid"], flaw["params"]) for flaw in value)
    return " ".join(translate(msgid, **params) for msgid, params in told)


speak("found", _flaws)
