"""Holding a case for a while, noting something on it, and closing it."""

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from cases.casework import CLAIM_GONE, CLOSE_CODES, CaseFile, Next, NextAction, load_case, move, set_next, tell
from cases.claims import take_out_claims
from cases.ending import end_open_matters
from cases.plans.ending import end_plans
from cases.situation import refresh
from cases.tables import CaseStatus
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day, agency_zone
from portal.tenancy.database import sql

HOLD_REASONS = {
    "client_asked": N_("The client asked"),
    "papers": N_("Waiting for papers"),
    "insolvency": N_("Insolvency being checked"),
    "talks": N_("Talks under way"),
    "other": N_("Another reason"),
}
REST_REASONS: Final = {
    "extension": N_("Extension with a guarantee"),
    "standstill": N_("Standstill agreed"),
    "stay": N_("Stayed by a court or an insolvency"),
}
"""Why a case rests by what was agreed or ordered (`billing.outcomes`): nobody holds or resumes it by hand meanwhile, and
the contact guard keeps to it."""
WHY_HELD: Final = HOLD_REASONS | REST_REASONS
LONGEST_HOLD = 180

PAYABLE_CODES = frozenset({"paid_in_full", "settled_in_full", "recovered_otherwise"})
"""Close codes that the money sets by itself, never a person."""
NEVER_CHOSEN = PAYABLE_CODES | {"declined"}
"""Close codes that a person does not choose: those, and the one of declining, which takes the claim out of the books."""


async def hold(actor: Actor, case_id: UUID, until: date, reason: str) -> None:
    """Leave a case alone through ``until``; the morning after, it is reviewed.

    Raises:
        Refused: the case is closed, the day is past or too far away, or the reason is unknown.
    """
    actor.require("cases.work")
    case = await load_case(actor, case_id, lock=True)
    zone = ZoneInfo(actor.time_zone)
    today = clock.now().astimezone(zone).date()
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if reason not in HOLD_REASONS:
        raise Refused(N_("Please choose."), field="reason", code="missing")
    if not today <= until <= today + timedelta(days=LONGEST_HOLD):
        raise Refused(
            N_("Between today and %(days)s days ahead."), field="until", code="out_of_range", days=LONGEST_HOLD
        )
    _rests_by_no_word(case)
    await rest(actor, case, until, reason)


async def rest(actor: Actor, case: CaseFile, until: date, reason: str) -> None:
    """Leave an open case, whose row the caller has locked, alone through a day for one of :data:`WHY_HELD`."""
    await sql(
        "update cases set on_hold_until = $3, hold_reason = $4 where agency_id = $1 and id = $2",
        *(actor.agency_id, case.id, until, reason),
    )
    facts = {"until": until, "reason": reason}
    await tell(actor, case, "case.held", "system", facts)
    await record(actor, "case.held", "case", case.id, client_id=case.client_id, facts=facts)
    morning = datetime.combine(until + timedelta(days=1), time(8), await agency_zone(actor))
    await set_next(actor, case, Next(NextAction.REVIEW, morning, case.next_action_user_id, reason="hold_over"))
    await refresh(actor, case.id)


def _rests_by_no_word(case: CaseFile) -> None:
    """What was agreed with the debtor, or ordered, ends on its own page, where it is kept why."""
    if case.hold_reason in REST_REASONS:
        raise Refused(N_("This case rests by what was agreed or ordered: end that first."), code="rests")


async def resume(actor: Actor, case_id: UUID) -> None:
    """End a hold before its time."""
    actor.require("cases.work")
    case = await load_case(actor, case_id, lock=True)
    if case.on_hold_until is None:
        raise Refused(N_("The case is not on hold."), code="not_held")
    _rests_by_no_word(case)
    await end_rest(actor, case)


async def end_rest(actor: Actor, case: CaseFile) -> None:
    """An open case, whose row the caller has locked, is left alone no longer: somebody reviews it now."""
    await sql(
        "update cases set on_hold_until = null, hold_reason = '' where agency_id = $1 and id = $2",
        actor.agency_id,
        case.id,
    )
    await tell(actor, case, "case.resumed", "system")
    await record(actor, "case.resumed", "case", case.id, client_id=case.client_id, before={"until": case.on_hold_until})
    await set_next(actor, case, Next(NextAction.REVIEW, clock.now(), actor.user_id, reason="resumed"))
    await refresh(actor, case.id)


async def note(actor: Actor, case_id: UUID, text: str, *, client_sees: bool = False) -> None:
    """Write something down on the timeline.

    Raises:
        Refused: there is no text.
    """
    actor.require("cases.work")
    case = await load_case(actor, case_id)
    if not text:
        raise Refused(N_("Please fill this in."), field="note", code="missing")
    await tell(actor, case, "note.written", "contact", {"text": text}, client_sees=client_sees)
    await record(
        actor,
        "note.written",
        "case",
        case.id,
        client_id=case.client_id if client_sees else None,
        personal={"text": text},
    )


async def close(actor: Actor, case_id: UUID, code: str) -> None:
    """Close a case that will not be paid, with the code that says why.

    Withdrawn or placed in error, its reference may be placed again: then its claim leaves the books with it.

    Raises:
        Refused: the code is unknown, is one that only money sets, or the case is closed already; or its client has asked
            for it back, and waits for an answer to that.
    """
    actor.require("cases.work")
    case = await load_case(actor, case_id, lock=True)
    if code not in CLOSE_CODES or code in NEVER_CHOSEN:
        raise Refused(N_("Say why the case closes."), field="close_code", code="close_code")
    if case.recall_asked_on is not None:
        raise Refused(N_("The client has asked for this case back. Answer that first."), code="recall_pending")
    if case.is_open and code in CLAIM_GONE:
        await take_out_claims(actor, [case.id], await agency_day(actor))
        await end_open_matters(actor, [case], clock.now())
    elif case.is_open:
        await end_plans(actor, [case], "case_closed", clock.now())
    await move(actor, case, CaseStatus.CLOSED, close_code=code)
    await refresh(actor, case.id)
