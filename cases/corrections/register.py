"""Corrections as they are kept, and the figures of a claim as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from cases.account.moves import Move, claimed, debt_moves
from cases.casework import CaseFile
from cases.corrections.rules import Figure
from cases.corrections.tables import CorrectionStatus
from cases.ending import owed_by_component
from portal.errors import NotFound
from portal.ledger.tables import Component
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

PAGE: Final = 50
FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionFile:
    """A correction as it is kept. Amounts are minor units of ``currency``."""

    id: UUID
    client_id: UUID
    case_id: UUID
    document_id: UUID | None
    kind: str
    component: Component
    currency: str
    before_minor: int
    after_minor: int
    reason: str
    on: date
    status: CorrectionStatus
    asked_by: UUID | None
    asked_by_name: str
    asked_at: datetime
    decided_by_name: str
    decided_at: datetime | None
    answer: str

    @property
    def difference_minor(self) -> int:
        """How much more is claimed by it; less is below nought."""
        return self.after_minor - self.before_minor


COLUMNS: Final = ", ".join(f'"{name}"' for name in CorrectionFile.__slots__)
OF_CASE: Final = f"""
select {COLUMNS} from claim_corrections where agency_id = $1 and case_id = $2 order by id desc limit 200
"""  # noqa: S608 - own column names
ONE: Final = f"select {COLUMNS} from claim_corrections where agency_id = $1 and id = $2"  # noqa: S608 - own column names


def correction_file(row: asyncpg.Record) -> CorrectionFile:
    """A correction from a row that has all of :data:`COLUMNS`."""
    values = {name: row[name] for name in CorrectionFile.__slots__}
    return CorrectionFile(
        **{**values, "component": Component(row["component"]), "status": CorrectionStatus(row["status"])}
    )


async def corrections_of(actor: Actor, case: CaseFile) -> list[CorrectionFile]:
    """The corrections of a case, the latest first."""
    return [correction_file(row) for row in await sql(OF_CASE, actor.agency_id, case.id)]


async def load_correction(actor: Actor, correction_id: UUID) -> CorrectionFile:
    """One correction.

    Raises:
        NotFound: there is none for the actor.
    """
    row = await sql_one(ONE, actor.agency_id, correction_id)
    if row is None:
        raise NotFound
    return correction_file(row)


def figures_of(case: CaseFile, moves: Sequence[Move]) -> dict[Component, Figure]:
    """What is claimed and open on each component of a case."""
    open_minor = owed_by_component(case)
    return {
        component: Figure(component, claimed(moves, component), open_minor[component], case.currency)
        for component in Component
    }


async def figures(case: CaseFile) -> dict[Component, Figure]:
    """What is claimed and open on each component of a case now."""
    return figures_of(case, await debt_moves([case.id]))


@dataclass(frozen=True, slots=True)
class Proposed:
    """A higher claim that waits for the agency, in the list of those who lead."""

    id: UUID
    case_id: UUID
    number: str
    debtor_name: str
    client_name: str
    currency: str
    before_minor: int
    after_minor: int
    reason: str
    asked_at: datetime


WAITING: Final = """
select p.id, p.case_id, c.number, c.debtor_name, k.name as client_name, p.currency, p.before_minor, p.after_minor,
       p.reason, p.asked_at
from claim_corrections p
join cases c on c.agency_id = p.agency_id and c.id = p.case_id
join clients k on k.agency_id = p.agency_id and k.id = p.client_id
where p.agency_id = $1 and p.status = 'proposed' and c.status <> 'closed' and p.id > $2 order by p.id limit $3
"""


async def waiting_corrections(actor: Actor, after: UUID = FIRST) -> tuple[Sequence[Proposed], bool]:
    """A page of the higher claims that wait for the agency, the longest waiting first, and whether there are more.

    On a closed case nothing waits; should the case be opened again, so is the question.
    """
    rows = await sql(WAITING, actor.agency_id, after, PAGE + 1)
    return [Proposed(**row) for row in rows[:PAGE]], len(rows) > PAGE
