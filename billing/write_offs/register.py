"""Write-offs as they are kept, and what waits for somebody's word."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from billing.parts import Parts
from billing.write_offs.words import Status
from cases.casework import CaseFile
from cases.write_offs import Reason
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one, sql_value

PAGE: Final = 50
FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOffFile:
    """A write-off as it is kept. Amounts are minor units of ``currency``."""

    id: UUID
    client_id: UUID
    case_id: UUID
    status: Status
    currency: str
    principal_minor: int
    interest_minor: int
    costs_minor: int
    owed_minor: int
    claimed_minor: int
    forgiven_minor: int
    fee_minor: int | None
    reason: Reason
    note: str
    rung: str
    checks: Sequence[Mapping[str, Any]]
    asked_by: UUID
    asked_by_name: str
    asked_at: datetime
    decided_by: UUID | None
    decided_by_name: str
    decided_at: datetime | None
    answer: str
    journal_id: UUID | None
    close_code: str
    undone_by: UUID | None
    undone_by_name: str
    undone_at: datetime | None
    undone_because: str

    @property
    def parts(self) -> Parts:
        """What comes off each part of the claim."""
        return Parts(self.principal_minor, self.interest_minor, self.costs_minor)

    @property
    def total_minor(self) -> int:
        """What is written off."""
        return self.parts.total_minor

    @property
    def is_all(self) -> bool:
        """Whether it was all that was owed when it was proposed."""
        return self.total_minor == self.owed_minor


COLUMNS: Final = ", ".join(WriteOffFile.__slots__)
ONE: Final = f"select {COLUMNS} from write_offs where agency_id = $1 and id = $2"  # noqa: S608 - own column names
OF_CASE: Final = f"""
select {COLUMNS} from write_offs where agency_id = $1 and case_id = $2 order by asked_at desc, id desc limit 100
"""  # noqa: S608 - own column names
CLOSED_IT: Final = f"""
select {COLUMNS} from write_offs
where agency_id = $1 and case_id = $2 and status = 'approved' and close_code <> '' order by decided_at desc, id desc limit 1
"""  # noqa: S608 - own column names


def _write_off(row: asyncpg.Record) -> WriteOffFile:
    values = {name: row[name] for name in WriteOffFile.__slots__}
    parsed = {"status": Status(row["status"]), "reason": Reason(row["reason"]), "checks": json.loads(row["checks"])}
    return WriteOffFile(**{**values, **parsed})


async def load_write_off(actor: Actor, write_off_id: UUID) -> WriteOffFile:
    """One write-off.

    Raises:
        NotFound: there is none for the actor.
    """
    actor.require("write_offs.read")
    row = await sql_one(ONE, actor.agency_id, write_off_id)
    if row is None:
        raise NotFound
    return _write_off(row)


async def write_offs_of(actor: Actor, case: CaseFile) -> list[WriteOffFile]:
    """The write-offs of a case, the latest first."""
    return [_write_off(row) for row in await sql(OF_CASE, actor.agency_id, case.id)]


async def closing_write_off(actor: Actor, case: CaseFile) -> WriteOffFile | None:
    """The write-off by which a closed case closed; None when it closed otherwise, or is open."""
    if case.is_open:
        return None
    row = await sql_one(CLOSED_IT, actor.agency_id, case.id)
    kept = _write_off(row) if row is not None else None
    return kept if kept is not None and kept.close_code == case.close_code else None


WAITING: Final = """
select w.id, w.case_id, w.client_id, w.currency, w.principal_minor + w.interest_minor + w.costs_minor as total_minor,
       w.owed_minor, w.reason, w.rung, w.asked_by, w.asked_by_name, w.asked_at, c.number, c.debtor_name,
       k.name as client_name
from write_offs w
join cases c on c.agency_id = w.agency_id and c.id = w.case_id
join clients k on k.agency_id = w.agency_id and k.id = w.client_id
where w.agency_id = $1 and w.status = 'proposed' and c.status <> 'closed' and w.id > $2 order by w.id limit $3
"""
COUNTED: Final = 1000
"""More are not counted."""
COUNT: Final = """
select count(*) from (
    select from write_offs w join cases c on c.agency_id = w.agency_id and c.id = w.case_id
    where w.agency_id = $1 and w.status = 'proposed' and c.status <> 'closed' limit $2) as found
"""


async def waiting_write_offs(actor: Actor, after: UUID = FIRST) -> tuple[list[asyncpg.Record], bool]:
    """A page of what waits for somebody's word, and whether there is more. On a closed case nothing waits."""
    rows = await sql(WAITING, actor.agency_id, after, PAGE + 1)
    return rows[:PAGE], len(rows) > PAGE


async def count_waiting(actor: Actor) -> int:
    """How many wait for somebody's word."""
    found: int = await sql_value(COUNT, actor.agency_id, COUNTED)
    return found
