"""Codes of the trade and the words, icons and tones they are shown with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portal.pages.text import N_, translate


@dataclass(frozen=True)
class Word:
    """How a code is shown: its msgid, the meaning of its colour, and its icon."""

    msgid: str
    tone: str = "quiet"
    icon: str | None = None

    @property
    def text(self) -> str:
        """The word in the language being spoken."""
        return translate(self.msgid)


SITUATIONS: Final[Mapping[str, Word]] = {
    "new": Word(N_("New"), icon="sparkles"),
    "working": Word(N_("Working"), icon="phone"),
    "no_contact": Word(N_("No contact yet"), icon="user-question"),
    "on_hold": Word(N_("On hold"), icon="player-pause"),
    "needs_info": Word(N_("Needs information"), tone="warn", icon="file-alert"),
    "promise_open": Word(N_("Promise open"), tone="run", icon="heart-handshake"),
    "promise_broken": Word(N_("Promise broken"), tone="bad", icon="heart-broken"),
    "plan_offered": Word(N_("Plan offered"), tone="run", icon="calendar-question"),
    "settlement_offered": Word(N_("Settlement offered"), tone="run", icon="discount"),
    "plan_running": Word(N_("Plan running"), tone="run", icon="calendar-check"),
    "plan_in_grace": Word(N_("Plan in grace"), tone="warn", icon="calendar-time"),
    "plan_broken": Word(N_("Plan broken"), tone="bad", icon="calendar-x"),
    "disputed": Word(N_("Disputed"), tone="stop", icon="message-report"),
    "recall_pending": Word(N_("Recall pending"), tone="stop", icon="arrow-back-up"),
    "legal": Word(N_("Legal"), tone="legal", icon="gavel"),
    "paid": Word(N_("Paid in full"), tone="good", icon="circle-check"),
    "settled": Word(N_("Settled"), tone="good", icon="circle-check"),
    "closed": Word(N_("Closed"), icon="archive"),
}
"""One per case, computed from its facts; the order is that of a case's life."""

VERDICTS: Final[Mapping[str, str]] = {
    "ALLOW": N_("allowed"),
    "REASON": N_("needs a written reason"),
    "REQUIRE": N_("something is required first"),
    "HOLD": N_("on hold"),
    "BLOCK": N_("not allowed"),
}
"""What the contact guard may answer."""

ROLES: Final[Mapping[str, str]] = {
    "owner": N_("Owner"),
    "manager": N_("Manager"),
    "negotiator": N_("Negotiator"),
    "finance": N_("Finance"),
    "auditor": N_("Auditor"),
    "admin": N_("Administrator"),
    "submitter": N_("Submitter"),
    "viewer": N_("Viewer"),
}
"""What a person may be, in an agency and at a client."""


def situation_word(code: str) -> Word:
    """The word of a case's situation; KeyError for a code nobody defined."""
    return SITUATIONS[code]


def verdict_word(verdict: str) -> str:
    """The contact guard's verdict, spoken."""
    return translate(VERDICTS[verdict])


def word(table: Mapping[str, str], code: str) -> str:
    """The word for a code from a table of msgids, spoken."""
    return translate(table[code])


def role_word(role: str) -> str:
    """What a role is called."""
    return word(ROLES, role)
