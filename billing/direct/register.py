"""Reported payments to the client as they are kept: one, those of a case, and a page of what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from billing.direct.tables import Reporter, ReportStatus
from cases.casework import CaseFile
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

PAGE: Final = 50
OF_CASE: Final = 200
FIRST: Final = UUID(int=0)
NEWEST: Final = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A payment to the client as it was reported. Amounts in minor units of ``currency``."""

    id: UUID
    client_id: UUID
    case_id: UUID
    currency: str
    amount_minor: int
    paid_on: date
    note: str
    invoice_id: UUID | None
    """The invoice that it is said to be for."""
    document_id: UUID | None
    reporter: Reporter
    reported_by: UUID | None
    reported_by_name: str
    reported_at: datetime
    client_has_it: bool | None
    client_amount_minor: int | None
    client_paid_on: date | None
    client_note: str
    answered_by_name: str
    answered_at: datetime | None
    status: ReportStatus
    payment_id: UUID | None
    answer: str
    decided_by_name: str
    decided_at: datetime | None

    @property
    def waits_for_client(self) -> bool:
        """Whether the client is still to say if it was paid."""
        return self.status is ReportStatus.REPORTED and self.client_has_it is None

    @property
    def likely_minor(self) -> int:
        """What would be posted: what stands in the client's books, else what was reported."""
        return self.client_amount_minor or self.amount_minor

    @property
    def likely_on(self) -> date:
        """The day that would be posted."""
        return self.client_paid_on or self.paid_on

    @property
    def differs(self) -> bool:
        """Whether the client's books say something else than the report."""
        return (self.likely_minor, self.likely_on) != (self.amount_minor, self.paid_on)


COLUMNS: Final = ", ".join(Report.__slots__)


def report(row: asyncpg.Record) -> Report:
    """A report from a row that has all of :data:`COLUMNS`."""
    values = {name: row[name] for name in Report.__slots__}
    return Report(**{**values, "reporter": Reporter(row["reporter"]), "status": ReportStatus(row["status"])})


async def load_report(actor: Actor, report_id: UUID, *, lock: bool = False) -> Report:
    """One report; with ``lock`` its row stays locked until the transaction ends.

    Raises:
        NotFound: there is none for the actor.
    """
    locking = " for no key update" if lock else ""
    row = await sql_one(
        f"select {COLUMNS} from direct_payment_reports where agency_id = $1 and id = $2{locking}",  # noqa: S608 - own names
        *(actor.agency_id, report_id),
    )
    if row is None:
        raise NotFound
    return report(row)


async def reports_of(actor: Actor, case: CaseFile) -> list[Report]:
    """The reports of a case, the latest first."""
    rows = await sql(
        f"select {COLUMNS} from direct_payment_reports where agency_id = $1 and case_id = $2 order by id desc limit $3",  # noqa: S608 - own names
        *(actor.agency_id, case.id, OF_CASE),
    )
    return [report(row) for row in rows]


WAITING: Final = """
select r.id, r.case_id, c.number, c.debtor_name, k.name as client_name, r.currency, r.amount_minor, r.paid_on, r.reporter,
       r.reported_at, r.client_has_it, r.status, r.document_id is not null as has_proof, r.decided_at
from direct_payment_reports r
join cases c on c.agency_id = r.agency_id and c.id = r.case_id
join clients k on k.agency_id = r.agency_id and k.id = r.client_id
where r.agency_id = $1
"""


async def waiting_reports(actor: Actor, after: UUID | None = None) -> tuple[Sequence[asyncpg.Record], bool]:
    """A page of what waits to be checked, the longest waiting first, and whether there is more."""
    query = f"{WAITING} and r.status = 'reported' and r.id > $2 order by r.id limit $3"
    rows = await sql(query, actor.agency_id, after or FIRST, PAGE + 1)
    return rows[:PAGE], len(rows) > PAGE


async def decided_reports(
    actor: Actor, status: ReportStatus, before: UUID | None = None
) -> tuple[Sequence[asyncpg.Record], bool]:
    """A page of what was accepted or declined, the latest reported first, and whether there is more."""
    query = f"{WAITING} and r.status = $2 and r.id < $3 order by r.id desc limit $4"
    rows = await sql(query, actor.agency_id, status, before or NEWEST, PAGE + 1)
    return rows[:PAGE], len(rows) > PAGE
