"""How far the pursuit goes: from friendly reminders to the lawyers."""

from uuid import UUID

from cases.casework import Next, load_case, set_next, tell
from cases.situation import refresh
from cases.tables import Stage
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql


async def to_legal(actor: Actor, case_id: UUID, note: str, following: Next) -> None:
    """Hand a case that was pursued amicably to the lawyers.

    Raises:
        NotFound: there is no such case here.
        Refused: the case is closed, is beyond the amicable stage already, or nothing says why.
    """
    actor.require("cases.work")
    case = await load_case(actor, case_id, lock=True)
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if case.stage != Stage.AMICABLE:
        raise Refused(N_("The case is with the lawyers already."), code="not_amicable")
    if not note.strip():
        raise Refused(N_("Please fill this in."), field="note", code="missing")
    await sql("update cases set stage = $3 where agency_id = $1 and id = $2", actor.agency_id, case.id, Stage.LEGAL)
    await tell(actor, case, "case.to_legal", "system", {"note": note})
    await record(
        actor,
        "case.to_legal",
        "case",
        case.id,
        client_id=case.client_id,
        before={"stage": case.stage},
        after={"stage": Stage.LEGAL},
    )
    await set_next(actor, case, following)
    await refresh(actor, case.id)
