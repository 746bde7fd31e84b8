"""Judging an agreement again that was fulfilled, because money that fulfilled it went back.

A settlement that a later agreement followed is judged by what came in its own time, and what became of that since: what
it had forgiven is owed again, and the later one goes on.
"""

from datetime import date
from typing import Final
from uuid import UUID

from cases.casework import CaseFile, load_case
from cases.plans.follow import fulfil, keep_standing, say_standing, standing_of, tell_standing
from cases.plans.register import COLUMNS, PlanFile, lines_of, plan_file, running_plan
from cases.plans.standing import stand
from cases.plans.tables import PlanStatus
from cases.promises.judge import Received
from cases.settling import SOURCE
from portal.ledger.journal import reverse
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_one, sql_value

LAST: Final = f"""
select {COLUMNS} from plans where agency_id = $1 and case_id = $2 and status not in ('draft', 'offered', 'approved', 'cancelled')
order by version desc limit 1
"""  # noqa: S608 - own column names
EARLIER: Final = f"""
select {COLUMNS} from plans where agency_id = $1 and case_id = $2 and version < $3 and status = 'completed' and forgiven_minor > 0
order by version
"""  # noqa: S608 - own column names
FOLLOWED: Final = """
select min(offered_at) from plans where agency_id = $1 and case_id = $2 and version > $3 and accepted_at is not null
"""
# What came until the balance of the next agreement was taken, and what went back of that since; the rest of a charge of
# which a part went back comes as a payment of its own.
IN_ITS_TIME: Final = """
with theirs as (
    select p.id, p.charge_id from payments p join journals j on j.agency_id = p.agency_id and j.id = p.journal_id
    where p.agency_id = $1 and p.case_id = $2 and j.posted_at > $3 and j.posted_at <= $4)
select j.effective_on, sum(p.amount_minor)::bigint as amount_minor
from payments p join journals j on j.agency_id = p.agency_id and j.id = p.journal_id
where p.agency_id = $1 and p.case_id = $2 and j.posted_at > $3
  and (j.posted_at <= $4 or p.reverses in (select id from theirs)
       or p.charge_id in (select charge_id from theirs where charge_id <> ''))
group by j.effective_on
"""

POSTED_ON: Final = "select effective_on from journals where agency_id = $1 and id = $2"
OWED_AGAIN: Final = "update plans set write_off_journal_id = null where agency_id = $1 and id = $2"


async def judge_plan_anew(actor: Actor, case: CaseFile, because: UUID, on: date) -> PlanStatus | None:
    """Judge the case's last agreement again if it was fulfilled, and each settlement before it; what a settlement had
    forgiven is owed again ``on`` a day, and not before it was written off.

    ``because`` names the money that went back, once for all. The caller holds the case's row, read it afterwards, and
    refreshes its situation. Gives how the last one stands now; None when it was not fulfilled, or still is.
    """
    row = await sql_one(LAST, actor.agency_id, case.id)
    if row is None:
        return None
    plan = plan_file(row)
    for earlier in await sql(EARLIER, actor.agency_id, case.id, plan.version):
        await _judge_earlier(actor, case, plan_file(earlier), because, on)
    if plan.status is not PlanStatus.COMPLETED or await running_plan(actor, case) is not None:
        return None
    case = await load_case(actor, case.id)
    standing = await standing_of(actor, plan, await lines_of(actor, plan.id), await agency_day(actor))
    status = PlanStatus(standing.state.value)
    if case.balance_minor == 0 and standing.paid_minor > 0:
        return None
    await _owe_again(actor, case, plan, because, on)
    if status is PlanStatus.COMPLETED:  # more had come than was agreed: what is still owed is forgiven as before
        await keep_standing(actor, plan, standing, status)
        await fulfil(actor, await load_case(actor, case.id), plan)
        return None
    await keep_standing(actor, plan, standing, status)
    case = await load_case(actor, case.id)
    await tell_standing(actor, case, plan, standing, status)
    await say_standing(actor, case, status)
    return status


async def _judge_earlier(actor: Actor, case: CaseFile, plan: PlanFile, because: UUID, on: date) -> None:
    """A settlement that another agreement followed holds while what it asked for is here; else it is broken."""
    until = await sql_value(FOLLOWED, actor.agency_id, case.id, plan.version)
    rows = await sql(IN_ITS_TIME, actor.agency_id, case.id, plan.offered_at, until)
    began = plan.starts_on or plan.made_on
    came = [Received(max(row["effective_on"], began), row["amount_minor"]) for row in rows]
    if sum(receipt.amount_minor for receipt in came) >= plan.to_pay_minor:
        return
    await _owe_again(actor, case, plan, because, on)
    dues = [line.due for line in await lines_of(actor, plan.id)]
    standing = stand(dues, came, plan.breaks, await agency_day(actor), plan.country, plan.region)
    await keep_standing(actor, plan, standing, PlanStatus.BROKEN)
    await tell_standing(actor, await load_case(actor, case.id), plan, standing, PlanStatus.BROKEN)


async def _owe_again(actor: Actor, case: CaseFile, plan: PlanFile, because: UUID, on: date) -> None:
    """What a settlement had forgiven is owed again; nothing where nothing was written off."""
    if plan.write_off_journal_id is None:
        return
    day = max(on, await sql_value(POSTED_ON, actor.agency_id, plan.write_off_journal_id))
    known_by = f"{case.id} owed again after {because}"
    await reverse(actor, plan.write_off_journal_id, SOURCE, f"{known_by} #{plan.version}", day)
    await sql(OWED_AGAIN, actor.agency_id, plan.id)
