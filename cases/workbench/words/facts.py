"""What an event keeps, and what words are made of it: an icon, a tone, a headline and lines below it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from portal.pages.formats import money, short_date
from portal.pages.text import Text, say

Facts = Mapping[str, Any]
Words = tuple[str, str, Text, tuple[Text, ...]]
"""Icon, tone, headline, lines."""

Telling = Callable[[Facts], Words]
"""Puts the facts of one kind of event into words."""


class Money:
    """An amount in the viewer's notation, when printed."""

    def __init__(self, facts: Mapping[str, Any], name: str = "amount_minor") -> None:
        self.minor, self.currency = int(facts[name]), str(facts["currency"])

    def __str__(self) -> str:
        return money(self.minor, self.currency)


class Day:
    """A date in the viewer's notation, when printed."""

    def __init__(self, facts: Mapping[str, Any], name: str) -> None:
        self.day = date.fromisoformat(facts[name])

    def __str__(self) -> str:
        return short_date(self.day)


def plain(icon: str, tone: str, msgid: str, line: str = "") -> Telling:
    """Always the same sentence, with the fact named ``line`` below it where it is given."""

    def words(facts: Facts) -> Words:
        return icon, tone, say(msgid), (say("%(text)s", text=facts[line]),) if line and facts.get(line) else ()

    return words
