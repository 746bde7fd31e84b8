"""An attempt to take money that came to nothing. Of one that the portal made on a due date, what follows: it stands on the
timeline, somebody calls about the plan, and where it will not be tried again the debtor is sent a link to pay.

All of it within one transaction, so that a failure is told once or not at all.
"""

from typing import Final
from uuid import UUID

from billing.cards.attempts import Attempt, attempt_of, attempts_on, turn_of
from billing.cards.retrying import Turn
from billing.cards.tables import CardStatus
from cases.casework import CaseFile, Next, NextAction, load_case, set_next, tell
from cases.claim_page.links import send_link
from cases.opening import next_working_morning
from cases.plans.register import lines_of, load_plan
from cases.situation import refresh
from portal import clock
from portal.audit.record import record
from portal.people.actor import Actor
from portal.people.agency_time import agency_day, agency_zone
from portal.tenancy.database import sql_value

CASE: Final = "select case_id from card_payments where agency_id = $1 and id = $2"
FAIL: Final = """
update card_payments set status = 'failed', failure_code = $3, failure_text = $4, changed_at = $5
where agency_id = $1 and id = $2 and status in ('begun', 'needs_action', 'processing') returning old.status as was
"""


async def fail(actor: Actor, card_payment_id: UUID, code: str, text: str) -> None:
    """Keep that the processor did not even begin an attempt, and do what follows; told again, nothing more happens.

    ``actor`` is the portal itself, ``code`` the processor's, ``text`` its words for the agency. The case is held from here.
    """
    case_id = await sql_value(CASE, actor.agency_id, card_payment_id)
    if case_id is None:
        return
    case = await load_case(actor, case_id, lock=True)
    was = await sql_value(FAIL, actor.agency_id, card_payment_id, code, text[:500], clock.now())
    if was is None:
        return
    facts = {"case_id": case.id, "failure_code": code}
    states = {"before": {"status": was}, "after": {"status": CardStatus.FAILED}}
    await record(
        actor, "card_payment.moved", "card_payment", card_payment_id, client_id=case.client_id, facts=facts, **states
    )
    await after_failure(actor, card_payment_id)


async def after_failure(actor: Actor, card_payment_id: UUID) -> None:
    """What follows when an attempt has failed in this transaction, which holds its case. ``actor`` is the portal itself."""
    attempt = await attempt_of(actor, card_payment_id)
    if not attempt.off_session:
        return  # its debtor sits before the page that says so
    case = await load_case(actor, attempt.case_id)
    again = await _again(actor, case, attempt)
    facts = {
        "amount_minor": attempt.amount_minor,
        "currency": attempt.currency,
        "code": attempt.failure_code,
        "attempt": attempt.attempt,
        "again_on": again.on if again else None,
    }
    await tell(actor, case, "autopay.failed", "money", facts, client_sees=False)
    await _work(actor, case, gives_up=again is None or again.on is None)


async def _again(actor: Actor, case: CaseFile, attempt: Attempt) -> Turn | None:
    """When the payment is tried again; None where the plan has no such payment any more."""
    if attempt.plan_id is None or attempt.method_id is None:
        return None
    plan = await load_plan(actor, attempt.plan_id)
    lines = await lines_of(actor, plan.id)
    due = next((line.due for line in lines if line.position == attempt.plan_position), None)
    if due is None or not plan.is_running:
        return None
    today = await agency_day(actor)
    tried = await attempts_on(actor, case.id, limit=100)
    return turn_of(tried, plan.id, due, attempt.method_id, await agency_zone(actor), today)


async def _work(actor: Actor, case: CaseFile, *, gives_up: bool) -> None:
    """Somebody calls about the plan on the next morning, unless something more urgent is to be done by then."""
    if not case.is_open:
        return
    morning = next_working_morning(clock.now(), await agency_zone(actor))
    waits = case.next_action_at is None or case.next_action_at > morning
    if waits or case.next_action in (NextAction.CHECK_PLAN, NextAction.CALL_ABOUT_PLAN):
        whose = (case.next_action_user_id, case.next_action_queue_id)
        await set_next(actor, case, Next(NextAction.CALL_ABOUT_PLAN, morning, *whose, "autopay_failed"))
        await refresh(actor, case.id)
    if gives_up:
        await send_link(actor, case.id, "autopay_failed")
