"""Where the pages of accounts lie."""

from typing import Final
from uuid import UUID

AGENCYS: Final = "/settings/bank-details"
OWN: Final = "/payout-account"


def place_of(client_id: UUID | None, *, of_client: bool = False) -> str:
    """The page of the agency's accounts, or of a client's: its own people have it under another address."""
    if client_id is None:
        return AGENCYS
    return OWN if of_client else f"/clients/{client_id}{OWN}"
