"""Whether a case was with another agency before, or is placed again after a recall: its fees may be others."""

from uuid import UUID

from cases.casework import load_case, tell
from portal.audit.record import record
from portal.people.actor import Actor
from portal.tenancy.database import sql


async def say_second_placement(actor: Actor, case_id: UUID, second: bool) -> None:
    """Keep that a case is a second placement, or that it is none. Fees on what was paid before stay as they are.

    Raises:
        NotFound: there is no such case here.
    """
    actor.require("cases.second_placement")
    case = await load_case(actor, case_id, lock=True)
    if case.second_placement == second:
        return
    await sql(
        "update cases set second_placement = $3 where agency_id = $1 and id = $2", actor.agency_id, case.id, second
    )
    await tell(actor, case, "case.second_placement", "money", {"second_placement": second})
    await record(
        actor, "case.second_placement", "case", case.id, client_id=case.client_id,
        before={"second_placement": case.second_placement}, after={"second_placement": second},
    )  # fmt: skip
