"""Whose word an offer needs says yes or no: a supervisor, or the client in the portal, with its effect before their eyes."""

from typing import Final
from uuid import UUID

from billing.plans.authority import Rung
from cases.casework import CaseFile, Next, NextAction, load_case, set_next, tell
from cases.claim_page.links import send_link
from cases.plans.ending import say_agreement
from cases.plans.register import PlanFile, load_plan
from cases.plans.tables import PlanStatus
from cases.situation import refresh
from portal import clock
from portal.audit.record import as_json, record
from portal.errors import Forbidden, Refused
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql, sql_value

DECIDE: Final = """
insert into plan_decisions (agency_id, client_id, case_id, plan_id, rung, approved, reason, effect, offered_by, decided_by,
                            decided_by_name, decided_at)
values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12)
"""
MOVE: Final = """
update plans set status = $3, approved_at = case when $3 = 'approved' then $4::timestamptz end,
                 ended_at = case when $3 = 'cancelled' then $4::timestamptz end,
                 ended_because = case when $3 = 'cancelled' then 'declined' else '' end, changed_at = $4
where agency_id = $1 and id = $2 and status = 'offered' returning id
"""


def may_decide(actor: Actor, plan: PlanFile) -> bool:
    """Whether this person's word is the one that an offer waits for."""
    if plan.status is not PlanStatus.OFFERED or actor.user_id == plan.made_by:
        return False
    return actor.may("plans.decide") if plan.rung == Rung.CLIENT.name.lower() else actor.may("plans.approve")


async def decide(actor: Actor, plan_id: UUID, *, approved: bool, reason: str = "") -> PlanFile:
    """Approve an offer, or decline it with a reason; decided again the same way, it stays as it was decided.

    Raises:
        NotFound: there is no such offer for the actor.
        Forbidden: it waits for somebody else's word, or is the actor's own.
        Refused: it is decided already, its time is over, or a refusal says no reason.
    """
    actor.require("plans.read")
    plan = await load_plan(actor, plan_id)
    case = await load_case(actor, plan.case_id, lock=True)
    plan = await load_plan(actor, plan_id)
    if approved and plan.status is PlanStatus.APPROVED:
        return plan
    if plan.status is not PlanStatus.OFFERED:
        raise Refused(N_("This offer is decided already."), code="decided")
    if not may_decide(actor, plan):
        raise Forbidden
    if plan.valid_until < await agency_day(actor):
        raise Refused(N_("The time of this offer is over."), code="lapsed")
    if not approved and not reason.strip():
        raise Refused(N_("Please say why, so that a better offer can be made."), field="reason", code="missing")
    effect = {
        "owed_minor": plan.owed_minor,
        "to_pay_minor": plan.to_pay_minor,
        "forgiven_minor": plan.forgiven_minor,
        "fee_minor": plan.fee_minor,
        "net_minor": plan.net_minor,
        "currency": plan.currency,
    }
    await sql(
        DECIDE,
        *(actor.agency_id, plan.client_id, plan.case_id, plan.id, plan.rung, approved, reason.strip()),
        *(as_json(effect), plan.made_by, actor.user_id, actor.name, clock.now()),
    )
    await _carry_out(actor, case, plan, approved=approved, reason=reason.strip())
    return await load_plan(actor, plan_id)


async def _carry_out(actor: Actor, case: CaseFile, plan: PlanFile, *, approved: bool, reason: str) -> None:
    status = PlanStatus.APPROVED if approved else PlanStatus.CANCELLED
    if await sql_value(MOVE, actor.agency_id, plan.id, status.value, clock.now()) is None:
        raise Refused(N_("This offer is decided already."), code="decided")
    kind = "plan.approved" if approved else "plan.declined"
    facts = {"plan_id": plan.id, "rung": plan.rung, "amount_minor": plan.to_pay_minor, "currency": plan.currency}
    await tell(actor, case, kind, "money", {**facts, "reason": reason})
    await record(
        actor,
        kind,
        "plan",
        plan.id,
        client_id=case.client_id,
        facts=facts,
        personal={"reason": reason} if reason else None,
    )
    async with with_the_agencys_eyes(actor) as portal:
        if not approved and case.agreement in ("plan_offered", "settlement_offered"):
            await say_agreement(portal, case.id, "")
        action = NextAction.FOLLOW_OFFER if approved else NextAction.OFFER_PLAN
        whose = (plan.made_by, case.next_action_queue_id)
        if case.is_open:
            await set_next(portal, case, Next(action, clock.now(), *whose, "offer_decided"))
        await refresh(portal, case.id)
        if plan.by_debtor:
            await send_link(portal, case.id, "proposal_answered")
    if approved:
        await enqueue("plans.write_agreement", {"agency_id": actor.agency_id, "plan_id": plan.id})
