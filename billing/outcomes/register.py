"""Outcomes as they are kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from billing.outcomes.words import RECOVERING, RESTING, Kind, Status
from cases.casework import CaseFile
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFile:
    """An outcome as it is kept. Amounts are minor units of ``currency``."""

    id: UUID
    client_id: UUID
    case_id: UUID
    document_id: UUID | None
    kind: Kind
    status: Status
    on: date
    until: date | None
    currency: str
    value_minor: int | None
    what: str
    agreed_with: str
    guarantor: str
    security: str
    ranking: int | None
    ground: str
    interest_frozen: bool
    effect: Mapping[str, Any]
    payment_id: UUID | None
    asked_by: UUID | None
    asked_by_name: str
    asked_at: datetime
    decided_by_name: str
    decided_at: datetime | None
    answer: str
    ended_by_name: str
    ended_at: datetime | None
    ended_because: str
    taken_back: bool
    """What it had taken off the claim is owed again: its payment was taken back."""

    @property
    def recovers(self) -> bool:
        """Whether it takes value off the claim."""
        return self.kind in RECOVERING

    @property
    def rests(self) -> bool:
        """Whether nobody asks for payment while it lasts."""
        return self.kind in RESTING

    def lasts(self, today: date) -> bool:
        """Whether it stands and its time is not over."""
        return self.status is Status.STANDS and (self.until is None or self.until >= today) and not self.recovers


_KEPT: Final = ", ".join(f'o."{name}"' for name in OutcomeFile.__slots__ if name != "taken_back")
SELECT: Final = f"""
select {_KEPT}, o.payment_id is not null and exists (
    select from payments p where p.agency_id = o.agency_id and p.reverses = o.payment_id) as taken_back
from outcomes o where o.agency_id = $1
"""  # noqa: S608 - own column names


def _outcome(row: asyncpg.Record) -> OutcomeFile:
    values = {name: row[name] for name in OutcomeFile.__slots__}
    parsed = {"kind": Kind(row["kind"]), "status": Status(row["status"]), "effect": json.loads(row["effect"])}
    return OutcomeFile(**{**values, **parsed})


async def load_outcome(actor: Actor, outcome_id: UUID) -> OutcomeFile:
    """One outcome.

    Raises:
        NotFound: there is none for the actor.
    """
    row = await sql_one(f"{SELECT} and o.id = $2", actor.agency_id, outcome_id)
    if row is None:
        raise NotFound
    return _outcome(row)


async def outcomes_of(actor: Actor, case: CaseFile) -> list[OutcomeFile]:
    """The outcomes of a case, the latest first."""
    rows = await sql(
        f"{SELECT} and o.case_id = $2 order by o.asked_at desc, o.id desc limit 200", actor.agency_id, case.id
    )
    return [_outcome(row) for row in rows]
