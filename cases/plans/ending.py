"""What of an agreement ends with its case, or gives way to something else."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from cases.casework import CaseFile, tell_each
from portal.audit.record import Event, record_each
from portal.people.actor import Actor
from portal.tenancy.database import sql

END: Final = """
update plans set status = 'cancelled', ended_at = $3, ended_because = $4, changed_at = $3
where agency_id = $1 and case_id = any($2) and status in ('draft', 'offered', 'approved', 'active', 'grace')
returning id, case_id
"""
SILENCE: Final = "update cases set agreement = '' where agency_id = $1 and id = any($2) and agreement <> ''"


async def end_plans(actor: Actor, cases: Sequence[CaseFile], because: str, now: datetime) -> None:
    """Nobody waits any more for what was agreed, offered or drawn up on cases of one client.

    ``because`` is the code of what ended them. The caller holds the cases' rows, and refreshes them afterwards.
    """
    by_id = {case.id: case for case in cases}
    ended = await sql(END, actor.agency_id, list(by_id), now, because)
    if ended:
        facts = [{"plan_id": row["id"], "because": because} for row in ended]
        await tell_each(actor, [by_id[row["case_id"]] for row in ended], "plan.ended", "money", facts)
        events = [Event(row["id"], told) for row, told in zip(ended, facts, strict=True)]
        await record_each(actor, "plan.ended", "plan", events, client_id=cases[0].client_id)
    await sql(SILENCE, actor.agency_id, list(by_id))


async def say_agreement(actor: Actor, case_id: UUID, word: str) -> None:
    """Keep beside a case what is agreed or offered on it, in the word that its situation says of it."""
    await sql("update cases set agreement = $3 where agency_id = $1 and id = $2", actor.agency_id, case_id, word)
