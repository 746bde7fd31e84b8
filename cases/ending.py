"""What ends with a case that is closed for another reason than its negotiator's: what is owed, agreed, promised, disputed, held."""

from datetime import datetime

from cases.casework import CaseFile, tell
from cases.plans.ending import end_plans
from cases.promises.make import withdraw_open
from portal.ledger.journal import Line, by_component, owe_less
from portal.ledger.tables import Component
from portal.people.actor import Actor
from portal.tenancy.database import sql


def owed_by_component(case: CaseFile) -> dict[Component, int]:
    """What is owed on a case, in minor units."""
    return {
        Component.PRINCIPAL: case.principal_minor,
        Component.INTEREST: case.interest_minor,
        Component.COSTS: case.costs_minor,
    }


def rest_of(case: CaseFile) -> tuple[Line, ...]:
    """The lines by which nothing more is owed on a case; none when nothing is."""
    return by_component(owe_less, case.id, owed_by_component(case), case.currency, client=case.client_id)


async def end_open_matters(actor: Actor, case: CaseFile, now: datetime) -> None:
    """Nobody waits any more for a payment or an answer to a dispute, nor holds the case. The caller holds its row."""
    await withdraw_open(actor, case, now)
    await end_plans(actor, case, "case_closed")
    ended = await sql(
        "update disputes set answered_at = $3 where agency_id = $1 and case_id = $2 and answered_at is null returning id",
        *(actor.agency_id, case.id, now),
    )
    if ended:
        await tell(actor, case, "dispute.ended", "contact")
    await sql(
        "update cases set on_hold_until = null, hold_reason = '' where agency_id = $1 and id = $2",
        *(actor.agency_id, case.id),
    )
