"""Recalls as they are kept: finding one for a case, what waits for an answer, and the rules as they stand today."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from cases.casework import CaseFile
from cases.recall.rules import Promised, RecallRules, RecallTerms
from cases.recall.tables import RecallStatus
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_one

PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallFile:
    """A recall as it is kept."""

    id: UUID
    client_id: UUID
    case_id: UUID
    reason: str
    note: str
    status: RecallStatus
    placement_recall_id: UUID | None
    asked_by: UUID | None
    asked_by_name: str
    asked_at: datetime
    insisted_at: datetime | None
    insistence: str
    final_on: date
    answered_by_name: str
    answered_at: datetime | None
    answer: str
    ended_at: datetime | None
    ended_on: date | None
    """The day on which it ended at the agency."""
    terms: Mapping[str, Any]

    @property
    def is_alive(self) -> bool:
        """Whether somebody still has to say something."""
        return self.status in (RecallStatus.PENDING, RecallStatus.OBJECTED)

    @property
    def may_object(self) -> date:
        """The last day on which the agency may object, as the client was shown."""
        return date.fromisoformat(self.terms["exclusive_until"])


_ENDED_ON: Final = "(ended_at at time zone (select time_zone from agencies where id = recalls.agency_id))::date"
COLUMNS: Final = ", ".join(f"{_ENDED_ON} as {name}" if name == "ended_on" else name for name in RecallFile.__slots__)
LATEST: Final = f"""
select {COLUMNS} from recalls where agency_id = $1 and case_id = $2 order by id desc limit 1
"""  # noqa: S608 - own column names


def recall_file(row: asyncpg.Record) -> RecallFile:
    """A recall from a row that has all of :data:`COLUMNS`."""
    values = {name: row[name] for name in RecallFile.__slots__}
    return RecallFile(**{**values, "status": RecallStatus(row["status"]), "terms": json.loads(row["terms"])})


async def latest_recall(actor: Actor, case: CaseFile) -> RecallFile | None:
    """The case's last recall, whatever became of it; who changes it holds the case's row."""
    row = await sql_one(LATEST, actor.agency_id, case.id)
    return recall_file(row) if row is not None else None


async def standing_recall(actor: Actor, case: CaseFile) -> RecallFile:
    """The recall of a case to which somebody still has to say something.

    Raises:
        NotFound: there is none.
    """
    found = await latest_recall(actor, case)
    if found is None or not found.is_alive:
        raise NotFound
    return found


TERMS: Final = """
select recall_exclusivity_days, recall_pending_days, recall_fee_days from clients where agency_id = $1 and id = $2
"""
PROMISED: Final = """
select case_id, amount_minor - received_minor as amount_minor, due_on from promises
where agency_id = $1 and case_id = any($2) and status = 'open' and amount_minor > received_minor
union all
select case_id, to_pay_minor - paid_minor, ends_on from plans
where agency_id = $1 and case_id = any($2) and status in ('active', 'grace') and to_pay_minor > paid_minor order by due_on
"""
DISPUTED: Final = """
select case_id, count(*) as disputes from disputes
where agency_id = $1 and case_id = any($2) and answered_at is null group by case_id
"""


async def terms_of(actor: Actor, client_id: UUID) -> RecallTerms:
    """What was agreed with a client about taking cases back."""
    terms = await sql_one(TERMS, actor.agency_id, client_id)
    assert terms is not None
    return RecallTerms(*terms)


async def rules_of(actor: Actor, case: CaseFile) -> RecallRules:
    """What the client's terms mean for a case today."""
    [rules] = await rules_of_each(actor, [case])
    return rules


async def rules_of_each(actor: Actor, cases: Sequence[CaseFile]) -> list[RecallRules]:
    """What their client's terms mean for cases of one client today, in their order."""
    terms, today = await terms_of(actor, cases[0].client_id), await agency_day(actor)
    ids = [case.id for case in cases]
    promises = defaultdict[UUID, list[Promised]](list)
    for row in await sql(PROMISED, actor.agency_id, ids):
        promises[row["case_id"]].append(Promised(row["amount_minor"], row["due_on"]))
    disputes = {row["case_id"]: row["disputes"] for row in await sql(DISPUTED, actor.agency_id, ids)}
    return [
        RecallRules(
            terms=terms,
            today=today,
            placed_on=case.placed_on,
            currency=case.currency,
            balance_minor=case.balance_minor,
            promises=promises[case.id],
            disputes=disputes.get(case.id, 0),
        )
        for case in cases
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A recall that waits for the agency's answer, in the list of those who lead."""

    id: UUID
    case_id: UUID
    number: str
    debtor_name: str
    client_name: str
    currency: str
    balance_minor: int
    reason: str
    asked_at: datetime
    insisted_at: datetime | None
    final_on: date


WAITING: Final = """
select r.id, r.case_id, c.number, c.debtor_name, k.name as client_name, c.currency, c.balance_minor, r.reason, r.asked_at,
       r.insisted_at, r.final_on
from recalls r
join cases c on c.agency_id = r.agency_id and c.id = r.case_id
join clients k on k.agency_id = r.agency_id and k.id = r.client_id
where r.agency_id = $1 and r.status = 'pending' and r.placement_recall_id is null and c.status <> 'closed'
  and (r.final_on, r.id) > ($2, $3)
order by r.final_on, r.id limit $4
"""


async def waiting_recalls(
    actor: Actor, after: tuple[date, UUID] = (date.min, UUID(int=0))
) -> tuple[Sequence[Waiting], bool]:
    """A page of the recalls of single cases that wait for an answer, the most urgent first; whether there are more."""
    rows = await sql(WAITING, actor.agency_id, *after, PAGE + 1)
    return [Waiting(**row) for row in rows[:PAGE]], len(rows) > PAGE
