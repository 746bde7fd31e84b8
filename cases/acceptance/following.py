"""What follows for a case once something about what it lacks has changed: it goes into work, waits on, or is decided."""

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from cases.acceptance.requirements import REMIND_AFTER, Requirement, lacking_of
from cases.casework import CaseFile, Next, NextAction, load_case, move, set_next
from cases.opening import next_working_morning
from cases.situation import refresh
from cases.tables import CaseStatus
from portal import clock
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.people.agency_time import agency_zone
from portal.tenancy.database import transaction

ACCEPTED: Final = "placed"
"""The reason of an accepted case's first action: it stands like any case that was just placed."""
WAITING: Final = "acceptance"
"""The reason of the next action while a case is not accepted."""


@job("acceptance.follow")
async def follow(payload: Payload) -> None:
    """Look at a case again after its client answered or supplied something; done twice, it is done once."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope):
        await follow_up(actor, UUID(payload["case_id"]))


async def follow_up(actor: Actor, case_id: UUID) -> None:
    """Take a case into work that lacks nothing any more; else say whether its client or the agency is next.

    Raises:
        NotFound: there is no such case here.
    """
    case = await load_case(actor, case_id, lock=True)
    if case.status is not CaseStatus.NEEDS_INFO:
        return
    zone = await agency_zone(actor)
    lacks = await lacking_of(actor, case)
    if not lacks:
        await move(actor, case, CaseStatus.ACTIVE)
        morning = next_working_morning(clock.now(), zone)
        await set_next(actor, case, Next(NextAction.FIRST_CALL, morning, reason=ACCEPTED))
    else:
        await _wait(actor, case, lacks, zone)
    await refresh(actor, case.id)


async def _wait(actor: Actor, case: CaseFile, lacks: list[Requirement], zone: ZoneInfo) -> None:
    asked = [each for each in lacks if each.waits_for == "client"]
    if not asked:
        following = Next(NextAction.REVIEW, clock.now(), reason=WAITING)
    else:
        action = NextAction.GET_DOCUMENTS if any(each.kind for each in asked) else NextAction.ASK_CLIENT
        following = Next(action, _look_again(max(each.asked_at for each in asked), zone), reason=WAITING)
    if (case.next_action, case.next_action_reason) != (following.action, WAITING) or asked:
        await set_next(actor, case, following)


def _look_again(asked_at: datetime, zone: ZoneInfo) -> datetime:
    return next_working_morning(max(asked_at + REMIND_AFTER, clock.now()), zone)
