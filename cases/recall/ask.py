"""What the client does: asks for a case back, leaves it after all, or insists when the agency objects."""

from uuid import UUID

from cases.acceptance.following import follow_up
from cases.acceptance.requirements import lacking_of
from cases.casework import CaseFile, Next, NextAction, load_case, set_next, tell
from cases.recall.register import RecallFile, latest_recall, rules_of, standing_recall
from cases.recall.tables import RecallStatus
from cases.recall.words import REASONS
from cases.situation import refresh
from portal import clock
from portal.audit.record import as_json, record
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql

INSERT = """
insert into recalls (id, agency_id, client_id, case_id, reason, note, status, asked_by, asked_by_name, asked_at, final_on,
                     terms)
values ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9, $10, $11)
"""


async def ask_back(actor: Actor, case_id: UUID, reason: str, note: str = "") -> UUID:
    """Ask for a case back. Until it is answered nobody contacts the debtor. Gives the recall's id.

    Raises:
        NotFound: there is no such case for the actor.
        Refused: the case is closed, has been asked for already, or no reason is given.
    """
    actor.require("recalls.ask")
    case = await load_case(actor, case_id, lock=True)
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if reason not in REASONS:
        raise Refused(N_("Please choose."), field="reason", code="missing")
    if reason == "other" and not note.strip():
        raise Refused(N_("Please fill this in."), field="note", code="missing")
    earlier = await latest_recall(actor, case)
    if earlier is not None and earlier.is_alive:
        raise Refused(N_("This case has been asked for already."), code="asked_already")
    rules, recall_id = await rules_of(actor, case), new_id()
    await sql(
        INSERT,
        *(recall_id, actor.agency_id, case.client_id, case.id, reason, note.strip(), actor.user_id, actor.name),
        *(clock.now(), rules.final_on, as_json(rules.as_facts())),
    )
    facts = {"reason": reason, "note": note.strip(), "final_on": rules.final_on}
    await tell(actor, case, "recall.asked", "client", facts)
    await record(actor, "recall.asked", "case", case.id, client_id=case.client_id, facts=facts)
    await _set_aside(actor, case)
    return recall_id


async def _set_aside(actor: Actor, case: CaseFile) -> None:
    """Nobody works the case while it is asked for."""
    async with with_the_agencys_eyes(actor):
        await sql(
            "update cases set recall_asked_on = (select ($3 at time zone time_zone)::date from agencies where id = $1),"
            " claimed_by = null, claimed_until = null, last_activity_at = $3 where agency_id = $1 and id = $2",
            *(actor.agency_id, case.id, clock.now()),
        )
        await refresh(actor, case.id)


async def leave_it(actor: Actor, case_id: UUID) -> None:
    """Leave a case with the agency that was asked for; somebody there looks at it again.

    Raises:
        NotFound: there is no such case for the actor, or it is not asked for.
    """
    actor.require("recalls.ask")
    case = await load_case(actor, case_id, lock=True)
    recall = await standing_recall(actor, case)
    await sql(
        "update recalls set status = $3, ended_at = $4 where agency_id = $1 and id = $2",
        *(actor.agency_id, recall.id, RecallStatus.WITHDRAWN, clock.now()),
    )
    await tell(actor, case, "recall.withdrawn", "client")
    await record(actor, "recall.withdrawn", "case", case.id, client_id=case.client_id)
    async with with_the_agencys_eyes(actor) as portal:
        await take_up_again(portal, case, "recall_withdrawn")


async def take_up_again(actor: Actor, case: CaseFile, because: str) -> None:
    """The case is worked again, from a look at it on; what was agreed to come next may lie weeks back."""
    await sql("update cases set recall_asked_on = null where agency_id = $1 and id = $2", *(actor.agency_id, case.id))
    if case.is_open and case.recall_asked_on is not None:
        if await lacking_of(actor, case):  # it is not accepted yet, and waits for what it lacks as before
            await follow_up(actor, case.id)
        else:
            whose = (case.next_action_user_id, case.next_action_queue_id)
            await set_next(actor, case, Next(NextAction.REVIEW, clock.now(), *whose, because))
    await refresh(actor, case.id)


async def insist(actor: Actor, case_id: UUID, text: str) -> RecallFile:
    """Ask again for a case to which the agency objected, saying why; the time for an answer begins anew.

    Raises:
        NotFound: there is no such case for the actor, or it is not asked for.
        Refused: nobody objected, the case has closed meanwhile, or nothing is said.
    """
    actor.require("recalls.ask")
    case = await load_case(actor, case_id, lock=True)
    recall = await standing_recall(actor, case)
    if recall.status is not RecallStatus.OBJECTED:
        raise Refused(N_("Nobody has objected."), code="not_objected")
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if not text.strip():
        raise Refused(N_("Please fill this in."), field="insistence", code="missing")
    final_on = (await rules_of(actor, case)).final_on
    await sql(
        "update recalls set status = 'pending', insisted_at = $3, insistence = $4, final_on = $5"
        " where agency_id = $1 and id = $2",
        *(actor.agency_id, recall.id, clock.now(), text.strip(), final_on),
    )
    facts = {"note": text.strip(), "final_on": final_on}
    await tell(actor, case, "recall.insisted", "client", facts)
    await record(actor, "recall.insisted", "case", case.id, client_id=case.client_id, facts=facts)
    await _set_aside(actor, case)
    return recall
