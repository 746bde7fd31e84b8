"""Following an agreement: judged when money comes or goes back, and each day in the agency's zone.

Nothing of what follows is a person's doing: it is in grace, broken or fulfilled by the payments that were agreed and the
money that the ledger has. A settlement is fulfilled with its last payment, and only then is what it forgives written off.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from cases.casework import CaseFile, Next, NextAction, load_case, set_next, tell
from cases.contact.calendar import add_working_days
from cases.ending import keep_within_balance
from cases.opening import OPENS, next_working_morning
from cases.plans.ending import end_plan, end_plans, say_agreement
from cases.plans.interest import post_due_interest
from cases.plans.register import KeptLine, PlanFile, lines_of, load_plan, money_for, running_plan
from cases.plans.standing import Standing, stand
from cases.plans.tables import RUNNING, PlanStatus
from cases.settling import close_as_settled, post_write_off
from cases.situation import refresh
from portal import clock
from portal.audit.record import record
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.people.agency_time import agency_day, agency_zone
from portal.tenancy.database import sql, transaction

ABOUT_PLAN: Final = frozenset({NextAction.CHECK_PLAN, NextAction.CALL_ABOUT_PLAN, NextAction.FOLLOW_OFFER})
WORDS: Final = {
    PlanStatus.ACTIVE: "plan_running",
    PlanStatus.GRACE: "plan_in_grace",
    PlanStatus.BROKEN: "plan_broken",
    PlanStatus.COMPLETED: "",
}
"""What a case's situation says of the agreement that ran on it last."""


async def standing_of(actor: Actor, plan: PlanFile, lines: list[KeptLine], today: date) -> Standing:
    """How an agreement stands on a day, by the money that the ledger has for its case since it began."""
    came = await money_for(actor, plan)
    return stand([line.due for line in lines], came, plan.breaks, today, plan.country, plan.region)


async def judge_plan(actor: Actor, case_id: UUID) -> PlanStatus | None:
    """Judge what runs on a case; gives how it stands now, None when nothing runs.

    ``actor`` is the portal itself. The caller holds the case's row, and refreshes its situation afterwards.
    """
    case = await load_case(actor, case_id)
    plan = await running_plan(actor, case)
    if plan is None:
        return None
    standing = await standing_of(actor, plan, await lines_of(actor, plan.id), await agency_day(actor))
    # A claim that is paid fulfils it, however much interest it would still have borne.
    paid_up = case.balance_minor == 0 and standing.paid_minor > 0
    status = PlanStatus.COMPLETED if paid_up else PlanStatus(standing.state.value)
    await keep_standing(actor, plan, standing, status)
    if status is not plan.status:
        await tell_standing(actor, case, plan, standing, status)
        await say_standing(actor, case, status)
    if status is PlanStatus.COMPLETED:
        await fulfil(actor, case, plan)
    elif case.is_open:
        await _expect(actor, case, standing, status, changed=status is not plan.status)
    return status


KEEP: Final = """
update plans set status = $3, paid_minor = $4, arrears_minor = $5, next_due_on = $6, next_due_minor = $7, breaks_on = $8,
                 changed_at = case when status = $3 then changed_at else $9 end,
                 ended_at = case when $3 in ('broken', 'completed') then $9 end,
                 ended_because = case $3 when 'completed' then 'fulfilled' when 'broken' then 'broken' else '' end
where agency_id = $1 and id = $2
"""


async def keep_standing(actor: Actor, plan: PlanFile, standing: Standing, status: PlanStatus) -> None:
    """Keep with an agreement how it stands: what was paid, what is late, what comes next and when it would break."""
    following = standing.following if status in RUNNING else None
    expected = (following.due_on, following.minor) if following else (None, None)
    await sql(
        KEEP,
        *(actor.agency_id, plan.id, status.value, standing.paid_minor, standing.arrears_minor, *expected),
        *(standing.breaks_on if status in RUNNING else None, clock.now()),
    )


async def tell_standing(actor: Actor, case: CaseFile, plan: PlanFile, standing: Standing, status: PlanStatus) -> None:
    """Say on the case's timeline and in the audit that an agreement stands otherwise now."""
    facts: dict[str, object] = {
        "plan_id": plan.id,
        "amount_minor": standing.arrears_minor,
        "received_minor": standing.paid_minor,
        "currency": case.currency,
    }
    if standing.breaks_on is not None:
        facts["breaks_on"] = standing.breaks_on
    await tell(actor, case, f"plan.{status}", "money", facts)
    await record(actor, f"plan.{status}", "plan", plan.id, client_id=case.client_id, facts=facts)


async def say_standing(actor: Actor, case: CaseFile, status: PlanStatus) -> None:
    """Say in a case's situation how the agreement stands that ran on it last."""
    await say_agreement(actor, case.id, WORDS[status])


async def fulfil(actor: Actor, case: CaseFile, plan: PlanFile) -> None:
    """What a settlement forgives is written off, and its case closes; a plan's case closes by the payment that paid it.
    Where more is owed than was agreed upon, it stays owed, and somebody looks at it.
    """
    if not case.is_open or not case.balance_minor:
        return
    if plan.is_settlement:
        journal_id = await post_write_off(actor, case, await agency_day(actor), plan.forgiven_minor)
        await sql(
            "update plans set write_off_journal_id = $3 where agency_id = $1 and id = $2",
            *(actor.agency_id, plan.id, journal_id),
        )
    if plan.forgiven_minor >= case.balance_minor:
        await end_plans(actor, [case], "case_closed", clock.now())
        await close_as_settled(actor, case, "")
    else:
        await keep_within_balance(actor, await load_case(actor, case.id))
        morning = next_working_morning(clock.now(), await agency_zone(actor))
        whose = (case.next_action_user_id, case.next_action_queue_id)
        await set_next(actor, case, Next(NextAction.REVIEW, morning, *whose, "plan_completed"))


async def _expect(actor: Actor, case: CaseFile, standing: Standing, status: PlanStatus, *, changed: bool) -> None:
    """Who looks at the case when: after the next payment is due; at once where one is late, or the agreement broke."""
    if not changed and case.next_action not in ABOUT_PLAN:
        return  # somebody has set something else to do
    zone = await agency_zone(actor)
    following = standing.following
    if status is PlanStatus.ACTIVE and following is not None:
        looks_on = add_working_days(following.due_on, 2, case.debtor_country, case.debtor_region)
        action, at = NextAction.CHECK_PLAN, datetime.combine(looks_on, OPENS, zone)
    elif changed:
        action, at = NextAction.CALL_ABOUT_PLAN, next_working_morning(clock.now(), zone)
    else:
        return
    if (case.next_action, case.next_action_at) != (action, at):
        whose = (case.next_action_user_id, case.next_action_queue_id)
        await set_next(actor, case, Next(action, at, *whose, WORDS[status]))


DUE: Final = """
select case_id from plans where agency_id = $1 and status in ('active', 'grace') and case_id > $2
order by case_id limit 500
"""
LAPSED: Final = """
select id, case_id from plans
where agency_id = $1 and status in ('draft', 'offered', 'approved') and valid_until < $2 and id > $3 order by id limit 500
"""


@job("plans.judge_due")
async def judge_due(payload: Payload) -> None:
    """Each day: judge what runs in an agency, and let offers lapse whose time is over; each case in its transaction."""
    actor = system(UUID(payload["agency_id"]))
    last = UUID(int=0)
    while cases := await _some_due(actor, last):
        for case_id in cases:
            async with transaction(actor.scope):
                await _new_day(actor, case_id)
        last = cases[-1]
    await _let_lapse(actor)


async def _some_due(actor: Actor, last: UUID) -> list[UUID]:
    async with transaction(actor.scope, read_only=True):
        return [row["case_id"] for row in await sql(DUE, actor.agency_id, last)]


async def _new_day(actor: Actor, case_id: UUID) -> None:
    case = await load_case(actor, case_id, lock=True)
    await post_due_interest(actor, case, await agency_day(actor))
    await judge_plan(actor, case_id)
    await refresh(actor, case_id)


async def _let_lapse(actor: Actor) -> None:
    last = UUID(int=0)
    while True:
        async with transaction(actor.scope, read_only=True):
            rows = await sql(LAPSED, actor.agency_id, await agency_day(actor), last)
        for row in rows:
            async with transaction(actor.scope):
                await lapse(actor, row["case_id"], row["id"])
        if len(rows) < 500:
            return
        last = rows[-1]["id"]


async def lapse(actor: Actor, case_id: UUID, plan_id: UUID) -> None:
    """An offer whose time is over is none any more; the whole balance is what it always was."""
    case = await load_case(actor, case_id, lock=True)
    plan = await load_plan(actor, plan_id)
    if plan.is_before and plan.valid_until < await agency_day(actor):
        morning = next_working_morning(clock.now(), await agency_zone(actor))
        whose = (case.next_action_user_id, case.next_action_queue_id)
        await end_plan(actor, case, plan.id, "lapsed", Next(NextAction.CALL, morning, *whose, "offer_lapsed"))
