"""What of an agreement ends with its case, or gives way to something else."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from cases.casework import CaseFile, tell
from portal import clock
from portal.audit.record import record
from portal.people.actor import Actor
from portal.tenancy.database import sql

END: Final = """
update plans set status = 'cancelled', ended_at = $3, ended_because = $4, changed_at = $3
where agency_id = $1 and case_id = $2 and status in ('draft', 'offered', 'approved', 'active', 'grace')
returning id, status
"""


async def end_plans(actor: Actor, case: CaseFile, because: str) -> Sequence[UUID]:
    """Nobody waits any more for what was agreed, offered or drawn up on a case; gives the agreements that ended.

    ``because`` is the code of what ended them. The caller holds the case's row, and refreshes it afterwards.
    """
    rows = await sql(END, actor.agency_id, case.id, clock.now(), because)
    for row in rows:
        facts = {"plan_id": row["id"], "because": because}
        await tell(actor, case, "plan.ended", "money", facts)
        await record(actor, "plan.ended", "plan", row["id"], client_id=case.client_id, facts=facts)
    await say_agreement(actor, case.id, "")
    return [row["id"] for row in rows]


async def say_agreement(actor: Actor, case_id: UUID, word: str) -> None:
    """Keep beside a case what is agreed or offered on it, in the word that its situation says of it."""
    await sql("update cases set agreement = $3 where agency_id = $1 and id = $2", actor.agency_id, case_id, word)
