"""The one way in which what is drawn up, offered or agreed ends before it is fulfilled: with its case, or by itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from cases.casework import CaseFile, Next, set_next, tell_each
from cases.plans.register import running_plan
from cases.plans.tables import PlanStatus
from cases.situation import refresh
from portal import clock
from portal.audit.record import Event, record_each
from portal.people.actor import Actor
from portal.tenancy.database import sql

END: Final = """
update plans set status = 'cancelled', ended_at = $3, ended_because = $4, changed_at = $3
where agency_id = $1 and case_id = any($2) and ($5::uuid is null or id = $5)
  and status in ('draft', 'offered', 'approved', 'active', 'grace')
returning new.id, new.case_id, old.status as was
"""
SILENCE: Final = "update cases set agreement = '' where agency_id = $1 and id = any($2) and agreement <> ''"


async def end_plans(actor: Actor, cases: Sequence[CaseFile], because: str, now: datetime) -> None:
    """Nobody waits any more for what was agreed, offered or drawn up on cases of one client.

    ``because`` is the code of what ended them. The caller holds the cases' rows, and refreshes them afterwards.
    """
    await _end(actor, cases, because, now)
    await sql(SILENCE, actor.agency_id, [case.id for case in cases])


async def end_plan(
    actor: Actor, case: CaseFile, plan_id: UUID, because: str, following: Next, personal: dict[str, str] | None = None
) -> bool:
    """End one agreement, offer or draft of a case and nothing beside it; gives whether there was anything to end.

    Where nothing else runs on the case, ``following`` is what somebody does next. The caller holds the case's row.
    """
    ended = await _end(actor, [case], because, clock.now(), plan_id, personal)
    if ended and ended[0]["was"] != PlanStatus.DRAFT:
        if await running_plan(actor, case) is None:
            await say_agreement(actor, case.id, "")
            if case.is_open:
                await set_next(actor, case, following)
        await refresh(actor, case.id)
    return bool(ended)


async def _end(
    actor: Actor,
    cases: Sequence[CaseFile],
    because: str,
    now: datetime,
    plan_id: UUID | None = None,
    personal: dict[str, str] | None = None,
) -> list[asyncpg.Record]:
    """A draft ends for the agency's people alone; of what was offered, the client is told as well."""
    by_id = {case.id: case for case in cases}
    ended = await sql(END, actor.agency_id, list(by_id), now, because, plan_id)
    for shown in (True, False):
        rows = [row for row in ended if (row["was"] != PlanStatus.DRAFT) is shown]
        if not rows:
            continue
        facts = [{"plan_id": row["id"], "because": because} for row in rows]
        if shown:
            await tell_each(actor, [by_id[row["case_id"]] for row in rows], "plan.ended", "money", facts)
        events = [Event(row["id"], told) for row, told in zip(rows, facts, strict=True)]
        client_id = cases[0].client_id if shown else None
        await record_each(actor, "plan.ended", "plan", events, client_id=client_id, personal=personal)
    return ended


async def say_agreement(actor: Actor, case_id: UUID, word: str) -> None:
    """Keep beside a case what is agreed or offered on it, in the word that its situation says of it."""
    await sql("update cases set agreement = $3 where agency_id = $1 and id = $2", actor.agency_id, case_id, word)
