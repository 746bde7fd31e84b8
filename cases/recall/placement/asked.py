"""Recalls of placements as they are kept: what stands of one, how far its recall is, and what waits for an answer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from cases.intake.placement import PlacementFile
from cases.recall.register import terms_of
from cases.recall.rules import PlacementRules, Standing
from cases.recall.tables import RecallStatus
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_one, sql_value

PAGE: Final = 50
FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRecallFile:
    """The recall of a placement as it is kept."""

    id: UUID
    agency_id: UUID
    client_id: UUID
    placement_id: UUID
    reason: str
    note: str
    asked_by_name: str
    asked_at: datetime
    terms: Mapping[str, Any]
    act: str
    act_by: UUID | None
    act_as: str
    act_by_name: str
    answer: str

    @property
    def may_object(self) -> date:
        """The last day on which the agency may object, as the client was shown."""
        return date.fromisoformat(self.terms["exclusive_until"])


COLUMNS: Final = ", ".join(PlacementRecallFile.__slots__)
LATEST: Final = f"""
select {COLUMNS} from placement_recalls where agency_id = $1 and placement_id = $2 order by id desc limit 1
"""  # noqa: S608 - own column names
HELD: Final = f"""
select {COLUMNS} from placement_recalls where agency_id = $1 and id = $2 for no key update
"""  # noqa: S608 - own column names


def _placement_recall(row: asyncpg.Record) -> PlacementRecallFile:
    return PlacementRecallFile(**{**dict(row), "terms": json.loads(row["terms"])})


async def latest_of(actor: Actor, placement: PlacementFile) -> PlacementRecallFile | None:
    """The placement's last recall, whatever became of it; who changes it holds the placement's row."""
    row = await sql_one(LATEST, actor.agency_id, placement.id)
    return _placement_recall(row) if row is not None else None


async def held(actor: Actor, placement_recall_id: UUID) -> PlacementRecallFile | None:
    """The recall of a placement, whose row stays locked until the transaction ends."""
    row = await sql_one(HELD, actor.agency_id, placement_recall_id)
    return _placement_recall(row) if row is not None else None


STANDING: Final = """
select c.currency, count(*) as cases, sum(c.principal_minor + c.interest_minor + c.costs_minor)::bigint as balance_minor,
       sum(p.promises)::bigint as promises, coalesce(sum(p.promised_minor), 0)::bigint as promised_minor,
       count(*) filter (where exists (
           select from disputes d where d.agency_id = $1 and d.case_id = c.id and d.answered_at is null)) as disputed
from cases c
cross join lateral (
    select count(*) as promises, sum(left_minor) as promised_minor from (
        select amount_minor - received_minor as left_minor from promises
        where agency_id = $1 and case_id = c.id and status = 'open'
        union all
        select to_pay_minor - paid_minor from plans
        where agency_id = $1 and case_id = c.id and status in ('active', 'grace')) agreed
    where left_minor > 0) p
where c.agency_id = $1 and c.placement_id = $2 and c.status <> 'closed' and not exists (
    select from recalls r where r.agency_id = $1 and r.case_id = c.id and r.status in ('pending', 'objected'))
group by c.currency order by c.currency
"""
PLACED_ON: Final = "select placed_on from cases where agency_id = $1 and placement_id = $2 limit 1"


async def rules_of_placement(actor: Actor, placement: PlacementFile) -> PlacementRules:
    """What the client's terms mean today for the cases of an acknowledged placement that may be asked for."""
    return PlacementRules(
        terms=await terms_of(actor, placement.client_id),
        today=await agency_day(actor),
        placed_on=await sql_value(PLACED_ON, actor.agency_id, placement.id),
        standing=[Standing(**row) for row in await sql(STANDING, actor.agency_id, placement.id)],
    )


# A case that ended in another way first is nobody's to answer, though its recall lapses only on its day.
STATUS: Final = """
case when c.status = 'closed' and r.status in ('pending', 'objected') then 'lapsed' else r.status end
"""
COUNTS: Final = f"""
select {STATUS} as status, count(*) as cases, min(r.final_on) as final_on
from recalls r join cases c on c.agency_id = r.agency_id and c.id = r.case_id
where r.agency_id = $1 and r.placement_recall_id = $2 group by 1
"""  # noqa: S608 - own expression


@dataclass(frozen=True, slots=True)
class Progress:
    """How many cases are how far, and the day on which the first of those that wait is final by itself."""

    cases: Mapping[RecallStatus, int]
    final_on: date | None = None

    @property
    def all(self) -> int:
        """Cases that were asked for."""
        return sum(self.cases.values())

    @property
    def alive(self) -> int:
        """Cases to which somebody still has to say something."""
        return self.cases[RecallStatus.PENDING] + self.cases[RecallStatus.OBJECTED]


async def progress_of(actor: Actor, asked: PlacementRecallFile) -> Progress:
    """How far the recalls of the placement's cases are."""
    rows = {RecallStatus(row["status"]): row for row in await sql(COUNTS, actor.agency_id, asked.id)}
    pending = rows.get(RecallStatus.PENDING)
    cases = {status: rows[status]["cases"] if status in rows else 0 for status in RecallStatus}
    return Progress(cases, pending["final_on"] if pending else None)


ASKED: Final = f"""
select r.id, r.case_id, {STATUS} as status, c.number, c.reference, c.debtor_name, c.currency,
       c.principal_minor + c.interest_minor + c.costs_minor as balance_minor
from recalls r join cases c on c.agency_id = r.agency_id and c.id = r.case_id
where r.agency_id = $1 and r.placement_recall_id = $2 and r.id > $3 order by r.id limit $4
"""  # noqa: S608 - own expression


async def asked_cases(
    actor: Actor, asked: PlacementRecallFile, after: UUID = FIRST
) -> tuple[Sequence[asyncpg.Record], bool]:
    """A page of the cases that were asked for with how far each is, and whether there are more."""
    rows = await sql(ASKED, actor.agency_id, asked.id, after, PAGE + 1)
    return rows[:PAGE], len(rows) > PAGE


WAITING: Final = """
select a.id, a.placement_id, p.acknowledgement_number as number, k.name as client_name, a.reason, a.asked_at, w.cases,
       w.final_on
from placement_recalls a
join placements p on p.agency_id = a.agency_id and p.id = a.placement_id
join clients k on k.agency_id = a.agency_id and k.id = a.client_id
join (select r.placement_recall_id, count(*) as cases, min(r.final_on) as final_on
      from recalls r join cases c on c.agency_id = r.agency_id and c.id = r.case_id
      where r.agency_id = $1 and r.status = 'pending' and r.placement_recall_id is not null and c.status <> 'closed'
      group by r.placement_recall_id) w
     on w.placement_recall_id = a.id
where a.agency_id = $1 and a.id > $2 order by a.id limit $3
"""


async def waiting_placements(actor: Actor, after: UUID = FIRST) -> tuple[Sequence[asyncpg.Record], bool]:
    """A page of the placements of which recalls wait for an answer, the oldest first, and whether there are more."""
    rows = await sql(WAITING, actor.agency_id, after, PAGE + 1)
    return rows[:PAGE], len(rows) > PAGE
