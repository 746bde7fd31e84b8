"""Why a column was proposed for a field, in a sentence for the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cases.intake.issue import quote
from portal.pages.text import N_, gettext


class Why(StrEnum):
    """The grounds of a proposal."""

    CAPTION = "caption"
    """The column is called so."""
    CONTENTS = "contents"
    """Its cells look so."""
    REMEMBERED = "remembered"
    """The client confirmed it last time."""
    HEADING = "heading"
    """Lines above groups of rows hold it."""
    SEEN = "seen"
    """It stands above the table or beside the amounts."""
    MERGED = "merged"
    """It is given on the first row of each block."""
    POSTINGS = "postings"
    """Several rows have one invoice number."""


SENTENCES: Mapping[Why, str] = {
    Why.CAPTION: N_("The column is called “%(caption)s”."),
    Why.CONTENTS: N_("The column has values such as “%(sample)s”."),
    Why.REMEMBERED: N_("As in your last file."),
    Why.HEADING: N_("Lines above the rows name it, in the column “%(caption)s”."),
    Why.SEEN: N_("The file says “%(sample)s”."),
    Why.MERGED: N_("The column “%(caption)s” is filled only in the first row of each block."),
    Why.POSTINGS: N_("Several rows have the same invoice number."),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was proposed."""

    why: Why
    params: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The sentence, in the language being spoken."""
        return gettext(SENTENCES[self.why]) % {name: quote(value) for name, value in self.params.items()}
