"""Agreements as they are kept: finding them for an actor, their payments, and who said what of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg

from cases.casework import CaseFile
from cases.plans.standing import BreakRules, Due
from cases.plans.tables import BEFORE, RUNNING, PlanStatus
from cases.promises.judge import Received
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """An agreement as it is kept. Amounts are minor units of ``currency``."""

    id: UUID
    client_id: UUID
    case_id: UUID
    version: int
    replaces_id: UUID | None
    status: PlanStatus
    currency: str
    made_on: date
    principal_minor: int
    interest_minor: int
    costs_minor: int
    forgiven_minor: int
    down_minor: int
    down_on: date | None
    instalments: int | None
    amount_minor: int | None
    rhythm: str
    anchor_day: int | None
    first_on: date
    day_off: str
    yearly_rate: Decimal
    day_count: int
    country: str
    region: str
    allocation: str
    accelerates: bool
    guarantor: str
    guarantor_address: str
    guarantor_phone: str
    guarantor_email: str
    why: str
    language: str
    by_debtor: bool
    valid_until: date
    to_pay_minor: int
    fee_minor: int
    ends_on: date | None
    rung: str
    checks: Sequence[Mapping[str, Any]]
    break_days: int
    break_misses: int | None
    tolerance_days: int
    saved: int
    made_by: UUID | None
    made_by_name: str
    created_at: datetime
    offered_at: datetime | None
    approved_at: datetime | None
    accepted_at: datetime | None
    accepted_by_name: str
    accepted_how: str
    signed_document_id: UUID | None
    guarantee_document_id: UUID | None
    document_id: UUID | None
    document_sha256: bytes | None
    starts_on: date | None
    ended_at: datetime | None
    ended_because: str
    write_off_journal_id: UUID | None
    paid_minor: int
    arrears_minor: int
    next_due_on: date | None
    next_due_minor: int | None
    breaks_on: date | None
    changed_at: datetime

    @property
    def owed_minor(self) -> int:
        """What was owed when it was made."""
        return self.principal_minor + self.interest_minor + self.costs_minor

    @property
    def is_settlement(self) -> bool:
        """Whether less than all is to be paid."""
        return self.forgiven_minor > 0

    @property
    def is_before(self) -> bool:
        """Whether it is not agreed with the debtor yet."""
        return self.status in BEFORE

    @property
    def is_running(self) -> bool:
        """Whether it is agreed and payments are expected by it."""
        return self.status in RUNNING

    @property
    def net_minor(self) -> int:
        """What the client was to have of all payments, before VAT on the fee."""
        return self.to_pay_minor - self.fee_minor

    @property
    def breaks(self) -> BreakRules:
        """When it is broken."""
        return BreakRules(self.break_days, self.break_misses, self.tolerance_days)


COLUMNS: Final = ", ".join(PlanFile.__slots__)
FIND: Final = f"select {COLUMNS} from plans where agency_id = $1 and id = $2"  # noqa: S608 - own column names
OF_CASE: Final = f"""
select {COLUMNS} from plans where agency_id = $1 and case_id = $2 order by version desc limit 50
"""  # noqa: S608 - own column names
RUNNING_ON: Final = f"""
select {COLUMNS} from plans where agency_id = $1 and case_id = $2 and status in ('active', 'grace')
"""  # noqa: S608 - own column names


def plan_file(row: asyncpg.Record) -> PlanFile:
    """An agreement from a row that has all of :data:`COLUMNS`."""
    values = {name: row[name] for name in PlanFile.__slots__}
    return PlanFile(**{**values, "status": PlanStatus(row["status"]), "checks": json.loads(row["checks"])})


async def load_plan(actor: Actor, plan_id: UUID) -> PlanFile:
    """The agreement, if the actor may see it; who changes it holds its case's row.

    Raises:
        NotFound: it never existed, is another agency's or client's, or is still being drawn up for a client's people.
    """
    actor.require("plans.read")
    row = await sql_one(FIND, actor.agency_id, plan_id)
    if row is None:
        raise NotFound
    return plan_file(row)


async def plans_of(actor: Actor, case: CaseFile) -> list[PlanFile]:
    """The versions of what is agreed on a case, newest first, as far as the actor may see them."""
    return [plan_file(row) for row in await sql(OF_CASE, actor.agency_id, case.id)]


async def running_plan(actor: Actor, case: CaseFile) -> PlanFile | None:
    """What is agreed on a case and runs; None when nothing does."""
    row = await sql_one(RUNNING_ON, actor.agency_id, case.id)
    return plan_file(row) if row is not None else None


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A payment that an agreement expects, as it was offered. Minor units."""

    position: int
    nominal_on: date
    due_on: date
    principal_minor: int
    interest_minor: int
    costs_minor: int
    plan_interest_minor: int
    fee_minor: int
    left_minor: int

    @property
    def of_balance_minor(self) -> int:
        """What of the balance it pays."""
        return self.principal_minor + self.interest_minor + self.costs_minor

    @property
    def to_pay_minor(self) -> int:
        """What the debtor pays that day."""
        return self.of_balance_minor + self.plan_interest_minor

    @property
    def due(self) -> Due:
        """What is to come by its day."""
        return Due(self.position, self.due_on, self.to_pay_minor)


LINE_COLUMNS: Final = ", ".join(KeptLine.__slots__)
LINES: Final = f"""
select {LINE_COLUMNS} from plan_lines where agency_id = $1 and plan_id = $2 order by position
"""  # noqa: S608 - own column names


async def lines_of(actor: Actor, plan_id: UUID) -> list[KeptLine]:
    """The payments of an agreement that was offered; none of a draft."""
    return [KeptLine(*row.values()) for row in await sql(LINES, actor.agency_id, plan_id)]


# What was posted after the balance was taken, whenever it took effect: the agreement counts on a balance without it.
MONEY: Final = """
select j.effective_on, -sum(l.amount_minor)::bigint as amount_minor
from journal_lines l join journals j on j.agency_id = l.agency_id and j.id = l.journal_id
where l.agency_id = $1 and l.case_id = $2 and l.account = 9000 and j.source = 'payment' and j.posted_at > $3
group by j.effective_on
"""


async def money_for(actor: Actor, plan: PlanFile) -> list[Received]:
    """What came, and went back, since the balance of an agreement was taken; none of a draft."""
    if plan.offered_at is None:
        return []
    began = plan.starts_on or plan.made_on
    rows = await sql(MONEY, actor.agency_id, plan.case_id, plan.offered_at)
    return [Received(max(row["effective_on"], began), row["amount_minor"]) for row in rows]


DECISIONS: Final = """
select rung, approved, reason, effect, decided_by_name, decided_at from plan_decisions
where agency_id = $1 and plan_id = $2 order by decided_at, id
"""


async def decisions_on(actor: Actor, plan_id: UUID) -> list[asyncpg.Record]:
    """Who said yes or no to an offer, in their order."""
    return await sql(DECISIONS, actor.agency_id, plan_id)
