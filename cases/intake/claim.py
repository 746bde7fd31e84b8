"""What a case owes on the day it is placed, by component, as the ledger takes it."""

from collections.abc import Callable
from uuid import UUID

import asyncpg

from portal.ledger.journal import Line
from portal.ledger.tables import Component

Owe = Callable[..., tuple[Line, Line]]
"""``owe_more`` or ``owe_less``."""


def claim_lines(owe: Owe, case_id: UUID, client_id: UUID, claim: asyncpg.Record) -> tuple[Line, ...]:
    """The lines of a claim, from a row with its ``currency`` and an amount in minor units for each component."""
    return tuple(
        line
        for component in Component
        if claim[f"{component}_minor"]
        for line in owe(case_id, component, claim[f"{component}_minor"], claim["currency"], client=client_id)
    )
