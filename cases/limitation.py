"""When a claim becomes statute-barred: a day that a person writes down, with how it was counted."""

from datetime import date
from uuid import UUID

from cases.casework import load_case, tell
from cases.situation import refresh
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql


async def set_limitation(actor: Actor, case_id: UUID, ends_on: date, note: str) -> None:
    """Write down the last day on which the claim can be pursued, and why it is that day.

    Raises:
        NotFound: there is no such case here.
        Refused: the case is closed, the day lies before the claim fell due, or nothing says how it was counted.
    """
    actor.require("cases.work")
    case = await load_case(actor, case_id, lock=True)
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if ends_on <= case.oldest_due_on:
        raise Refused(N_("Limitation begins when the claim falls due."), field="ends_on", code="too_early")
    if not note.strip():
        raise Refused(N_("Please fill this in."), field="note", code="missing")
    await sql("update cases set limitation_on = $3 where agency_id = $1 and id = $2", actor.agency_id, case.id, ends_on)
    facts = {"ends_on": ends_on, "note": note}
    await tell(actor, case, "limitation.set", "system", facts, client_sees=False)
    await record(
        actor,
        "limitation.set",
        "case",
        case.id,
        before={"ends_on": case.limitation_on},
        after={"ends_on": ends_on},
        personal={"note": note},
    )
    await refresh(actor, case.id)
