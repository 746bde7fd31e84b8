"""What only the client can supply: asked for, and waited for."""

from datetime import datetime
from uuid import UUID

from cases.acceptance.requirements import lacking_of
from cases.casework import Next, NextAction, load_case, move, set_next, tell
from cases.situation import refresh
from cases.tables import CaseStatus
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor


async def ask_for_papers(actor: Actor, case_id: UUID, text: str, remind_at: datetime) -> None:
    """Ask the client for something without which the case cannot go on; ``remind_at`` somebody looks after it.

    Raises:
        NotFound: there is no such case here.
        Refused: the case is not in work, or nothing is asked for.
    """
    actor.require("cases.work")
    case = await load_case(actor, case_id, lock=True)
    if not text.strip():
        raise Refused(N_("Please fill this in."), field="text", code="missing")
    await move(actor, case, CaseStatus.NEEDS_INFO)
    await tell(actor, case, "papers.asked", "client", {"text": text})
    await record(actor, "papers.asked", "case", case.id, client_id=case.client_id, personal={"text": text})
    await set_next(actor, case, Next(NextAction.GET_DOCUMENTS, remind_at, case.next_action_user_id, reason="papers"))
    await refresh(actor, case.id)


async def go_on(actor: Actor, case_id: UUID, following: Next) -> None:
    """Take a case back into work: what was missing has come.

    Raises:
        NotFound: there is no such case here.
        Refused: the case does not wait for anything, or for what it needs before it is accepted at all.
    """
    actor.require("cases.work")
    case = await load_case(actor, case_id, lock=True)
    if case.status is not CaseStatus.NEEDS_INFO:
        raise Refused(N_("The case does not wait for papers."), code="not_waiting")
    if await lacking_of(actor, case):
        raise Refused(N_("The case is not accepted yet: something is still missing."), code="not_accepted")
    await move(actor, case, CaseStatus.ACTIVE)
    await set_next(actor, case, following)
    await refresh(actor, case.id)
