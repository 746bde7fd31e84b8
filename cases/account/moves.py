"""What raised and lowered the debt on cases, as the books have it. Clients see it of their own cases (`debt_moves`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from portal.ledger.tables import Component
from portal.tenancy.database import sql

PAID: Final = frozenset({"payment"})
"""The sources of journals by which debtors pay, and payments go back."""
GIVEN_UP: Final = frozenset({"settlement", "write-off", "recall"})
"""Those that take out of the books what was never paid, and leave what was claimed as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One part of one journal on one case. More owed is positive, less negative, in minor units of the case."""

    journal_id: UUID
    case_id: UUID
    component: Component
    source: str
    kind: str
    reverses: UUID | None
    correction: UUID | None
    effective_on: date
    posted_at: datetime
    amount_minor: int
    plan_period: str | None = None
    """Whose interest it is: an agreement's id, and the position of the payment whose period it is for."""


async def debt_moves(case_ids: Sequence[UUID]) -> list[Move]:
    """Every move of the debt on cases, by the day it took effect; nothing of cases the transaction may not see."""
    rows = await sql("select * from debt_moves($1)", list(case_ids))
    return [Move(**{**row, "component": Component(row["component"])}) for row in rows]


def claimed(moves: Sequence[Move], component: Component) -> int:
    """What is claimed on a component: as placed, corrected and added to since, whatever was paid or given up of it."""
    return sum(
        move.amount_minor for move in moves if move.component is component and move.source not in PAID | GIVEN_UP
    )


def given_up(moves: Sequence[Move]) -> int:
    """What was written off or taken back, less what is owed again."""
    return -sum(move.amount_minor for move in moves if move.source in GIVEN_UP)


def paid(moves: Sequence[Move]) -> int:
    """What was paid, less what went back."""
    return -sum(move.amount_minor for move in moves if move.source in PAID)
