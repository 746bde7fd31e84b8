"""Write-offs in words."""

from enum import StrEnum
from typing import Final

from portal.pages.text import N_


class Status(StrEnum):
    """What became of a write-off."""

    PROPOSED = "proposed"
    """It waits for another person's word."""
    APPROVED = "approved"
    """In the books."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"
    """Was in the books, and is owed again."""


class How(StrEnum):
    """How much of what is owed somebody means."""

    ALL = "all"
    PART = "part"
    """An amount, off interest and costs first."""
    NAMED = "named"
    """An amount off each part of the claim."""


HOW_TEXTS: Final = {
    How.ALL: N_("All that is left"),
    How.PART: N_("A part of it"),
    How.NAMED: N_("Named parts"),
}
STATUS_TEXTS: Final = {
    Status.PROPOSED: N_("waits for approval"),
    Status.APPROVED: N_("written off"),
    Status.DECLINED: N_("declined"),
    Status.WITHDRAWN: N_("withdrawn"),
    Status.UNDONE: N_("owed again"),
}
STATUS_TONES: Final = {
    Status.PROPOSED: "warn",
    Status.APPROVED: "good",
    Status.DECLINED: "bad",
    Status.WITHDRAWN: "quiet",
    Status.UNDONE: "quiet",
}
WHOSE_TEXTS: Final = {
    "own": N_("a colleague"),
    "supervisor": N_("a supervisor"),
    "client": N_("the client"),
}
"""Whose word it needs besides the proposer's."""
