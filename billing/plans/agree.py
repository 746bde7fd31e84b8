"""An approved offer becomes an agreement once the debtor agrees to it; and what was offered or agreed may be given up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from cases.casework import CaseFile, Next, NextAction, load_case, set_next, tell
from cases.contact.people import add_guarantor
from cases.plans.ending import end_plan, say_agreement
from cases.plans.follow import judge_plan
from cases.plans.register import PlanFile, load_plan, money_for, running_plan
from cases.plans.tables import PlanStatus
from cases.promises.make import withdraw_open
from cases.situation import refresh
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import on_behalf
from portal.tenancy.database import sql, sql_one, sql_value

HOW: Final = {
    "scan": N_("A signed copy is among the documents"),
    "told": N_("Agreed in a conversation; the agreement confirms it in writing"),
    "online": N_("Agreed online, on the page of the claim"),
}
"""In what way a debtor agreed."""
RECORDED: Final = ("scan", "told")
"""Of these, what the agency's people record."""

ACCEPT: Final = """
update plans set status = 'active', accepted_at = $3, accepted_by_name = $4, accepted_how = $5, signed_document_id = $6,
                 guarantee_document_id = $7, starts_on = made_on, changed_at = $3
where agency_id = $1 and id = $2 and status = 'approved' returning id
"""
SUPERSEDE: Final = """
update plans set status = 'superseded', ended_at = $3, ended_because = 'superseded', changed_at = $3
where agency_id = $1 and id = $2
"""


async def agree(
    actor: Actor,
    plan_id: UUID,
    how: str,
    name: str,
    signed_document_id: UUID | None = None,
    guarantee_document_id: UUID | None = None,
) -> PlanFile:
    """Record that the debtor agreed: from now on its payments are expected, and an earlier version gives way to it.

    Agreed again, it stays as it was agreed.

    Raises:
        NotFound: there is no such offer, or no such document on the case.
        Refused: it is not approved, its time is over, the claim has changed since, or it is not said who agreed and how.
    """
    actor.require("cases.work")
    case = await load_case(actor, (await load_plan(actor, plan_id)).case_id, lock=True)
    plan = await load_plan(actor, plan_id)
    if plan.is_running:
        return plan
    await may_be_agreed(actor, case, plan)
    await _check_how(actor, case, how, name, signed_document_id)
    if guarantee_document_id is not None:
        await _is_released(actor, case, guarantee_document_id)
    said = Said(how, name.strip(), signed_document_id, guarantee_document_id)
    return await put_in_force(actor, actor, case, plan, said)


@dataclass(frozen=True, slots=True)
class Said:
    """How somebody agreed for the debtor. ``facts`` and ``personal`` are kept with it in the trail."""

    how: str
    name: str
    signed_document_id: UUID | None = None
    guarantee_document_id: UUID | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)


async def put_in_force(actor: Actor, said_by: Actor, case: CaseFile, plan: PlanFile, said: Said) -> PlanFile:
    """From now on an approved offer runs; the caller holds its case and has seen that it may be agreed to.

    ``said_by`` is who recorded it: one of the agency's people, or the debtor. Who guarantees it becomes known at the
    debtor, to be asked if it is broken.
    """
    before = await running_plan(actor, case)
    if before is not None:
        await _supersede(actor, case, before)
    now = clock.now()
    accepted = (now, said.name, said.how, said.signed_document_id, said.guarantee_document_id)
    if await sql_value(ACCEPT, actor.agency_id, plan.id, *accepted) is None:
        raise Refused(N_("This offer is not approved."), code="not_approved")
    if plan.guarantor:
        await add_guarantor(actor, case.id, plan.guarantor, phone=plan.guarantor_phone, email=plan.guarantor_email)
    await withdraw_open(actor, [case.id], now)
    facts: dict[str, object] = {
        "plan_id": plan.id,
        "amount_minor": plan.to_pay_minor,
        "forgiven_minor": plan.forgiven_minor,
        "currency": plan.currency,
        "how": said.how,
        "ends_on": plan.ends_on,
    }
    await tell(said_by, case, "plan.agreed", "money", {**facts, "name": said.name})
    await record(
        said_by, "plan.agreed", "plan", plan.id, client_id=case.client_id,
        facts={**facts, **said.facts}, personal={"name": said.name, **said.personal},
    )  # fmt: skip
    await say_agreement(actor, case.id, "plan_running")
    await _begin(actor, case)
    return await load_plan(actor, plan.id)


async def may_be_agreed(actor: Actor, case: CaseFile, plan: PlanFile) -> None:
    """See that an offer still stands as it was approved.

    Raises:
        Refused: it does not.
    """
    if plan.status is not PlanStatus.APPROVED:
        raise Refused(N_("This offer is not approved."), code="not_approved")
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if plan.valid_until < await agency_day(actor):
        raise Refused(N_("The time of this offer is over."), code="lapsed")
    came = sum(receipt.amount_minor for receipt in await money_for(actor, plan))
    if case.balance_minor + came != plan.owed_minor:
        raise Refused(N_("The claim has changed since this was offered. Draw it up anew."), code="claim_changed")


async def _check_how(actor: Actor, case: CaseFile, how: str, name: str, document_id: UUID | None) -> None:
    if how not in RECORDED:
        raise Refused(N_("Please choose."), field="how", code="missing")
    if not name.strip():
        raise Refused(N_("Please fill this in."), field="name", code="missing")
    if how != "scan":
        return
    if document_id is None:
        raise Refused(N_("Choose the signed copy."), field="document", code="missing")
    await _is_released(actor, case, document_id)


async def _is_released(actor: Actor, case: CaseFile, document_id: UUID) -> None:
    row = await sql_one(
        "select 1 from documents where agency_id = $1 and id = $2 and case_id = $3 and state = 'released'",
        *(actor.agency_id, document_id, case.id),
    )
    if row is None:
        raise NotFound


async def _supersede(actor: Actor, case: CaseFile, before: PlanFile) -> None:
    """A later version takes the place of what ran; what was paid on it stays what it was."""
    await sql(SUPERSEDE, actor.agency_id, before.id, clock.now())
    await record(actor, "plan.superseded", "plan", before.id, client_id=case.client_id, facts={"because": "superseded"})


async def _begin(actor: Actor, case: CaseFile) -> None:
    """Somebody looks once the first payment is due: the agreement itself says when."""
    case = await load_case(actor, case.id)
    whose = (case.next_action_user_id or actor.user_id, case.next_action_queue_id)
    await set_next(actor, case, Next(NextAction.CHECK_PLAN, clock.now(), *whose, "plan_running"))
    await judge_plan(on_behalf(actor), case.id)
    await refresh(actor, case.id)


async def give_up(actor: Actor, plan_id: UUID, reason: str) -> PlanFile:
    """Withdraw an offer or a draft; or, with the authority of those who lead, end an agreement that runs.

    Raises:
        NotFound: there is no such agreement here.
        Forbidden: it runs, and the actor leads nobody.
        Refused: it has ended already, or no reason is given for ending what was agreed.
    """
    actor.require("cases.work")
    case = await load_case(actor, (await load_plan(actor, plan_id)).case_id, lock=True)
    plan = await load_plan(actor, plan_id)
    if plan.is_running:
        actor.require("plans.approve")
        if not reason.strip():
            raise Refused(N_("Please fill this in."), field="reason", code="missing")
    because = "given_up" if plan.is_running else "withdrawn"
    whose = (case.next_action_user_id or actor.user_id, case.next_action_queue_id)
    following = Next(NextAction.CALL, clock.now(), *whose, "offer_withdrawn")
    personal = {"reason": reason.strip()} if reason.strip() else None
    if not await end_plan(actor, case, plan.id, because, following, personal):
        raise Refused(N_("This has ended already."), code="ended")
    return await load_plan(actor, plan.id)
