"""The agency's word on a case that falls short: an answer is accepted, a requirement waived or asked for again, or the
case declined, which takes its claim out of the books and frees its reference."""

from typing import Final
from uuid import UUID

from cases.acceptance.following import follow_up
from cases.acceptance.requirements import Requirement, load_requirement, settled
from cases.casework import CaseFile, load_case, move, tell
from cases.claims import take_out_claims
from cases.situation import refresh
from cases.tables import CaseStatus
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql_value

DECLINED: Final = "declined"
"""The close code of a case that the agency did not take."""

SETTLE: Final = """
update case_requirements set met_at = $3, met_by = $4, settled_by = $5, settled_by_name = $6, reason = $7
where agency_id = $1 and id = $2 and met_at is null returning id
"""


async def accept_answer(actor: Actor, requirement_id: UUID) -> UUID:
    """Take the client's answer for what was asked; gives the case.

    Raises:
        NotFound: there is no such requirement here.
        Refused: it is settled already, or there is no answer.
    """
    actor.require("requirements.decide")
    case, asked = await load_requirement(actor, requirement_id)
    if asked.answered_at is None:
        raise Refused(N_("There is no answer yet."), code="no_answer")
    await _settle(actor, asked, "answer", "")
    await tell(actor, case, "requirement.accepted", "system", asked.told())
    facts = {"lacks": asked.code, "kind": asked.kind}
    await record(actor, "requirement.accepted", "case", case.id, client_id=case.client_id, facts=facts)
    await follow_up(actor, case.id)
    return case.id


async def waive(actor: Actor, requirement_id: UUID, reason: str) -> UUID:
    """Take the case without what was asked; gives it. The reason stays in the house.

    Raises:
        NotFound: there is no such requirement here.
        Refused: it is settled already, or no reason is given.
    """
    actor.require("requirements.decide")
    case, asked = await load_requirement(actor, requirement_id)
    why = _said(reason, f"reason-{requirement_id}")
    await _settle(actor, asked, "waived", why)
    await tell(actor, case, "requirement.waived", "system", asked.told())
    facts = {"lacks": asked.code, "kind": asked.kind}
    await record(actor, "requirement.waived", "case", case.id, facts=facts, personal={"reason": why})
    await follow_up(actor, case.id)
    return case.id


async def _settle(actor: Actor, asked: Requirement, met_by: str, reason: str) -> None:
    """Refused where its document was released in this very moment, which holds no row of the case."""
    who = (actor.user_id, actor.name)
    if await sql_value(SETTLE, actor.agency_id, asked.id, clock.now(), met_by, *who, reason) is None:
        raise settled()


ASK_AGAIN: Final = """
update case_requirements
set question = $3, asked_at = $4, answer = '', cannot_supply = false, answered_at = null, answered_by = null,
    answered_by_name = ''
where agency_id = $1 and id = $2 and met_at is null returning id
"""


async def ask_again(actor: Actor, requirement_id: UUID, question: str) -> UUID:
    """Ask the client once more, saying what is wanted; gives the case. An earlier answer stays on the timeline.

    Raises:
        NotFound: there is no such requirement here.
        Refused: it is settled already, or nothing is asked.
    """
    actor.require("requirements.ask")
    case, asked = await load_requirement(actor, requirement_id)
    text = _said(question, f"question-{requirement_id}")
    if await sql_value(ASK_AGAIN, actor.agency_id, asked.id, text, clock.now()) is None:
        raise settled()
    lacks = [{"code": asked.code, "params": dict(asked.params)}]
    await tell(actor, case, "requirements.asked", "system", {"lacks": lacks, "question": text})
    facts, personal = {"lacks": asked.code, "kind": asked.kind}, {"text": text}
    await record(
        actor, "requirement.asked_again", "case", case.id, client_id=case.client_id, facts=facts, personal=personal
    )
    await follow_up(actor, case.id)
    return case.id


async def decline(actor: Actor, case_id: UUID, reason: str) -> None:
    """Do not take a case: it closes, nothing is owed on it, its reference may be placed again, its client is told why.

    Raises:
        NotFound: there is no such case here.
        Refused: the case was accepted already or is closed, or no reason is given.
    """
    actor.require("requirements.decide")
    case = await load_case(actor, case_id, lock=True)
    if not await waits_for_acceptance(actor, case):
        raise Refused(N_("Only a case that waits for something it lacks can be declined."), code="not_waiting")
    why = _said(reason, "reason")
    await take_out_claims(actor, [case.id], await agency_day(actor))
    await tell(actor, case, "case.declined", "client", {"reason": why})
    facts, personal = {"number": case.number}, {"reason": why}
    await record(actor, "case.declined", "case", case.id, client_id=case.client_id, facts=facts, personal=personal)
    await move(actor, case, CaseStatus.CLOSED, close_code=DECLINED)
    await refresh(actor, case.id)
    await enqueue("acceptance.tell_declined", {"agency_id": actor.agency_id, "case_id": case.id})


WAITS: Final = """
select exists (select from case_requirements where agency_id = $1 and case_id = $2 and met_at is null)
"""


async def waits_for_acceptance(actor: Actor, case: CaseFile) -> bool:
    """Whether the agency has not accepted the case yet."""
    waits: bool = case.status is CaseStatus.NEEDS_INFO and await sql_value(WAITS, actor.agency_id, case.id)
    return waits


def _said(text: str, field: str) -> str:
    if not text.strip():
        raise Refused(N_("Please fill this in."), field=field, code="missing")
    return text.strip()
