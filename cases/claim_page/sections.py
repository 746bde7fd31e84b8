"""What the debtor's page offers: each topic adds its own section, so that the page knows none of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from cases.casework import CaseFile
from portal.pages.text import Text, say
from portal.people.actor import Actor

Shown = Callable[[Actor, CaseFile], Awaitable[bool | Text]]
"""Whether a section is for this debtor and case now; a text takes the place of its hint."""


class Look(StrEnum):
    """How a section is drawn."""

    MAIN = "main"
    """The one big button of the page."""
    SECOND = "second"
    """A big button beneath it."""
    ROW = "row"
    """A row of the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A place on the debtor's page. ``text`` and ``hint`` are msgids marked with N_."""

    name: str
    position: int
    text: str
    hint: str
    icon: str
    path: str
    shown: Shown
    look: Look


@dataclass(frozen=True, slots=True)
class Offered:
    """A section as it stands on the page now."""

    section: Section
    hint: Text | None


_SECTIONS: dict[str, Section] = {}


def offer(
    name: str, position: int, text: str, hint: str, icon: str, path: str, shown: Shown, *, look: Look = Look.ROW
) -> None:
    """Offer a section on the debtor's page, in the order of ``position``. Called once, when its module is imported.

    Raises:
        ValueError: another section has that name already.
    """
    if name in _SECTIONS:
        raise ValueError(f"two sections of the debtor's page are called {name}")
    _SECTIONS[name] = Section(
        name=name, position=position, text=text, hint=hint, icon=icon, path=path, shown=shown, look=look
    )


async def offered(actor: Actor, case: CaseFile) -> list[Offered]:
    """The sections that are for this debtor now, in order."""
    found = []
    for section in sorted(_SECTIONS.values(), key=lambda each: each.position):
        answer = await section.shown(actor, case)
        if isinstance(answer, Text):
            found.append(Offered(section, answer))
        elif answer:
            found.append(Offered(section, say(section.hint) if section.hint else None))
    return found
