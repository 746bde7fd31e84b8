"""Attempts to take money, as they are kept: of one case, and of one payment of a plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from billing.cards.retrying import SHIPPED, Tried, Turn, turn
from billing.cards.tables import OPEN, CardStatus
from cases.plans.standing import Due
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to take money, as it stands."""

    id: UUID
    case_id: UUID
    currency: str
    amount_minor: int
    status: CardStatus
    intent_id: str | None
    failure_code: str
    problem: str
    method_id: UUID | None
    method_brand: str
    method_last4: str
    off_session: bool
    attempt: int
    plan_id: UUID | None
    plan_position: int | None
    payment_id: UUID | None
    created_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether it may still become money."""
        return self.status in OPEN

    @property
    def is_unanswered(self) -> bool:
        """Whether the processor was asked, or about to be, and its answer is not known."""
        return self.status is CardStatus.BEGUN and self.intent_id is None


COLUMNS: Final = ", ".join(Attempt.__slots__)
FIND: Final = f"select {COLUMNS} from card_payments where agency_id = $1 and id = $2"  # noqa: S608 - own column names
OF_CASE: Final = f"""
select {COLUMNS} from card_payments where agency_id = $1 and case_id = $2 order by id desc limit $3
"""  # noqa: S608 - own column names


async def attempt_of(actor: Actor, card_payment_id: UUID) -> Attempt:
    """An attempt on a case that the actor may see.

    Raises:
        NotFound: there is none.
    """
    actor.require("cases.read")
    row = await sql_one(FIND, actor.agency_id, card_payment_id)
    if row is None or (actor.case_id is not None and row["case_id"] != actor.case_id):
        raise NotFound
    return _attempt(row)


async def attempts_on(actor: Actor, case_id: UUID, limit: int = 20) -> list[Attempt]:
    """The newest attempts on a case, newest first."""
    actor.require("cases.read")
    return [_attempt(row) for row in await sql(OF_CASE, actor.agency_id, case_id, limit)]


def _attempt(row: asyncpg.Record) -> Attempt:
    return Attempt(**{**row, "status": CardStatus(row["status"])})


async def under_way(actor: Actor, case_id: UUID) -> Attempt | None:
    """The newest attempt on a case that may still become money; None where there is none."""
    return next((attempt for attempt in await attempts_on(actor, case_id) if attempt.is_open), None)


def tries_of(attempts: Sequence[Attempt], plan_id: UUID, position: int) -> list[Attempt]:
    """The attempts of the portal at one payment of a plan, in their order."""
    mine = [one for one in attempts if (one.plan_id, one.plan_position) == (plan_id, position) and one.off_session]
    return sorted(mine, key=lambda one: one.attempt)


def turn_of(attempts: Sequence[Attempt], plan_id: UUID, due: Due, method_id: UUID, zone: ZoneInfo, today: date) -> Turn:
    """Whether a payment of a plan is collected today from a saved method. One that came through is not taken again, even
    where the money is not in the books yet or has gone back: a person decides then.
    """
    tried = [
        Tried(
            one.created_at.astimezone(zone).date(),
            str(one.method_id),
            one.failure_code,
            one.is_open or one.status is CardStatus.SUCCEEDED,
        )
        for one in tries_of(attempts, plan_id, due.position)
        if one.status is not CardStatus.CANCELLED
    ]
    return turn(SHIPPED, due.due_on, tried, str(method_id), today)
