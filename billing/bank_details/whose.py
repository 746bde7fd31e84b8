"""Whose account it is, and what that means: who enters and who confirms it, and what it is called."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from portal.pages.text import N_


@dataclass(frozen=True, slots=True)
class Whose:
    """The agency's accounts, into which debtors pay, or the clients', to which remittances go. Texts are msgids."""

    enters: str
    """The permission to enter one, and to take one away."""
    confirms: str
    """The permission to confirm what somebody else entered."""
    subject: str
    """What the trail calls them, and what their actions begin with."""
    not_alone: str
    """Why nobody confirms what they entered."""


AGENCYS: Final = Whose(
    "bank_details.manage",
    "bank_details.confirm",
    "bank_details",
    N_("You entered this account, so that somebody else confirms it. No debtor pays on one person's word."),
)
CLIENTS: Final = Whose(
    "payees.enter",
    "payees.confirm",
    "payee",
    N_("You entered this account, so that somebody else confirms it. No money leaves on one person's word."),
)


def whose(client_id: UUID | None) -> Whose:
    """Which of the two an account is."""
    return AGENCYS if client_id is None else CLIENTS
