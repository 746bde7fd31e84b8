"""The client confirms that it has the goods or owes what is set off, or says why not; and what stands may end."""

from typing import Final
from uuid import UUID

from billing.outcomes.record import WAITS, post_value
from billing.outcomes.register import OutcomeFile, load_outcome
from billing.outcomes.words import Kind, Status
from cases.casework import CaseFile, Next, NextAction, load_case, set_next, tell
from cases.pauses import end_rest
from cases.situation import refresh
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql_value

DECIDE: Final = """
update outcomes set status = $3, decided_by = $4, decided_by_name = $5, decided_at = $6, answer = $7
where agency_id = $1 and id = $2 and status = 'proposed' returning id
"""
END: Final = """
update outcomes set status = $3, ended_by_name = $4, ended_at = $5, ended_because = $6
where agency_id = $1 and id = $2 and status = $7 returning id
"""


async def decide(
    actor: Actor, outcome_id: UUID, *, confirmed: bool, answer: str = "", shown: str | None = None
) -> OutcomeFile:
    """Confirm for the client what the agency recorded, which posts it, or say why not; once, however often it is sent.

    Raises:
        NotFound: there is none such for the actor.
        Refused: it was decided otherwise, the case has closed, a refusal says no reason, or it no longer does what was
            ``shown``.
    """
    actor.require("outcomes.confirm")
    case = await load_case(actor, (await load_outcome(actor, outcome_id)).case_id, lock=True)
    outcome = await load_outcome(actor, outcome_id)
    status = Status.STANDS if confirmed else Status.DECLINED
    if outcome.status is status and outcome.decided_at is not None:
        return outcome
    if confirmed and not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if not confirmed and not answer.strip():
        raise Refused(N_("Please say why not."), field="answer", code="missing")
    who = (actor.user_id, actor.name, clock.now())
    if await sql_value(DECIDE, actor.agency_id, outcome.id, status, *who, answer.strip()) is None:
        raise Refused(N_("This was decided already."), code="decided")
    await _tell(actor, case, outcome, "outcome.confirmed" if confirmed else "outcome.declined", answer.strip())
    if confirmed:
        await post_value(actor, case, outcome, shown)
    else:
        async with with_the_agencys_eyes(actor) as portal:
            await _go_on(portal, await load_case(portal, case.id), outcome)
    return await load_outcome(actor, outcome.id)


async def end(actor: Actor, outcome_id: UUID, because: str) -> OutcomeFile:
    """Withdraw a proposal, release collateral, or end a rest before its time.

    What a court or an insolvency stays ends by the word of those who lead negotiators; so does collateral.

    Raises:
        NotFound: there is none such here.
        Forbidden: it is not the actor's to end.
        Refused: it has ended already, is of a kind that is taken back on its payment, or no reason is given.
    """
    actor.require("cases.work")
    case = await load_case(actor, (await load_outcome(actor, outcome_id)).case_id, lock=True)
    outcome = await load_outcome(actor, outcome_id)
    proposed = outcome.status is Status.PROPOSED
    if not proposed and (outcome.kind is Kind.COLLATERAL or outcome.ground in ("court", "insolvency")):
        actor.require("plans.approve")
    if not proposed and not outcome.lasts(await agency_day(actor)):
        raise Refused(N_("This has ended already."), code="ended")
    if not proposed and not because.strip():
        raise Refused(N_("Please fill this in."), field="because", code="missing")
    after = Status.WITHDRAWN if proposed else Status.ENDED
    values = (after, actor.name, clock.now(), because.strip(), outcome.status)
    if await sql_value(END, actor.agency_id, outcome.id, *values) is None:
        raise Refused(N_("This has ended already."), code="ended")
    await _tell(actor, case, outcome, f"outcome.{after}", because.strip())
    if proposed:
        await _go_on(actor, case, outcome)
    elif outcome.rests and case.is_open:
        await end_rest(actor, case)
    return await load_outcome(actor, outcome.id)


async def _tell(actor: Actor, case: CaseFile, outcome: OutcomeFile, kind: str, why: str) -> None:
    facts: dict[str, object] = {
        "outcome_id": outcome.id,
        "outcome": str(outcome.kind),
        "amount_minor": outcome.value_minor,
        "currency": outcome.currency,
    }
    await tell(actor, case, kind, "money", {**facts, "text": why})
    await record(
        actor, kind, "outcome", outcome.id, client_id=case.client_id, facts={**facts, "case_id": case.id},
        personal={"reason": why} if why else None,
    )  # fmt: skip


async def _go_on(actor: Actor, case: CaseFile, outcome: OutcomeFile) -> None:
    """Nothing is waited for any more: who proposed it takes the case up again."""
    if case.is_open and case.next_action_reason == WAITS:
        whose = (outcome.asked_by, case.next_action_queue_id)
        await set_next(actor, case, Next(NextAction.CALL, clock.now(), *whose, "outcome_decided"))
    await refresh(actor, case.id)
