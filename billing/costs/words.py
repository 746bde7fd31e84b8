"""Costs in words."""

from enum import StrEnum
from typing import Final

from portal.pages.text import N_


class Kind(StrEnum):
    """What somebody was paid for."""

    COURT = "court"
    ENFORCEMENT = "enforcement"
    LAWYER = "lawyer"
    TRACING = "tracing"
    TRANSLATION = "translation"
    OTHER = "other"


class Advancer(StrEnum):
    """Who paid it first."""

    AGENCY = "agency"
    CLIENT = "client"


KIND_TEXTS: Final = {
    Kind.COURT: N_("Court fee"),
    Kind.ENFORCEMENT: N_("Bailiff, enforcement"),
    Kind.LAWYER: N_("Lawyer"),
    Kind.TRACING: N_("Search for the debtor"),
    Kind.TRANSLATION: N_("Translation"),
    Kind.OTHER: N_("Something else"),
}
ADVANCER_TEXTS: Final = {Advancer.AGENCY: N_("the agency"), Advancer.CLIENT: N_("the client")}
