"""Judging an agreement again that was fulfilled, because money that fulfilled it went back."""

from datetime import date
from typing import Final
from uuid import UUID

from cases.casework import CaseFile, load_case
from cases.plans.follow import fulfil, keep_standing, standing_of, tell_standing
from cases.plans.register import COLUMNS, lines_of, plan_file, running_plan
from cases.plans.tables import PlanStatus
from cases.settling import SOURCE
from portal.ledger.journal import reverse
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_one, sql_value

LAST: Final = f"""
select {COLUMNS} from plans where agency_id = $1 and case_id = $2 and status not in ('draft', 'offered', 'approved', 'cancelled')
order by version desc limit 1
"""  # noqa: S608 - own column names

POSTED_ON: Final = "select effective_on from journals where agency_id = $1 and id = $2"
OWED_AGAIN: Final = "update plans set write_off_journal_id = null where agency_id = $1 and id = $2"


async def judge_plan_anew(actor: Actor, case: CaseFile, because: UUID, on: date) -> PlanStatus | None:
    """Judge the case's last agreement again if it was fulfilled; what a settlement had forgiven is owed again ``on`` a day,
    and not before it was written off.

    ``because`` names the money that went back, once for all. The caller holds the case's row, read it afterwards, and
    refreshes its situation. Gives how it stands now; None when it was not fulfilled, or still is.
    """
    if await running_plan(actor, case) is not None:
        return None
    row = await sql_one(LAST, actor.agency_id, case.id)
    if row is None or row["status"] != PlanStatus.COMPLETED:
        return None
    plan = plan_file(row)
    standing = await standing_of(actor, plan, await lines_of(actor, plan.id), await agency_day(actor))
    status = PlanStatus(standing.state.value)
    if case.balance_minor == 0 and standing.paid_minor > 0:
        return None
    if plan.write_off_journal_id is not None:
        day = max(on, await sql_value(POSTED_ON, actor.agency_id, plan.write_off_journal_id))
        await reverse(actor, plan.write_off_journal_id, SOURCE, f"{case.id} owed again after {because}", day)
        await sql(OWED_AGAIN, actor.agency_id, plan.id)
    if status is PlanStatus.COMPLETED:  # more had come than was agreed: what is still owed is forgiven as before
        await keep_standing(actor, plan, standing, status)
        await fulfil(actor, await load_case(actor, case.id), plan)
        return None
    await keep_standing(actor, plan, standing, status)
    await tell_standing(actor, await load_case(actor, case.id), plan, standing, status)
    return status
