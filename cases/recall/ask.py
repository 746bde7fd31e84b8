"""What the client does: asks for a case back, leaves it after all, or insists when the agency objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cases.casework import CaseFile, NextAction, load_case, tell, tell_each
from cases.recall.register import RecallFile, latest_recall, rules_of, rules_of_each, standing_recall
from cases.recall.tables import RecallStatus
from cases.recall.words import REASONS
from cases.situation import refresh
from portal import clock
from portal.audit.record import Event, as_json, record, record_each
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql

INSERT: Final = """
insert into recalls (id, agency_id, client_id, case_id, reason, note, status, placement_recall_id, asked_by, asked_by_name,
                     asked_at, final_on, terms)
select id, $2, client_id, case_id, $5, $6, 'pending', $7, $8, $9, $10, final_on, terms::jsonb
from unnest($1::uuid[], $3::uuid[], $4::uuid[], $11::date[], $12::text[]) as asked (id, client_id, case_id, final_on, terms)
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """Why a client wants cases back; ``placement_recall_id`` when it asked for a whole placement."""

    reason: str
    note: str = ""
    placement_recall_id: UUID | None = None

    def check(self) -> None:
        """Raises Refused where it says too little."""
        if self.reason not in REASONS:
            raise Refused(N_("Please choose."), field="reason", code="missing")
        if self.reason == "other" and not self.note:
            raise Refused(N_("Please fill this in."), field="note", code="missing")


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
    wish = Wish(reason, note.strip())
    wish.check()
    earlier = await latest_recall(actor, case)
    if earlier is not None and earlier.is_alive:
        raise Refused(N_("This case has been asked for already."), code="asked_already")
    [recall_id] = await ask_each(actor, [case], wish)
    async with with_the_agencys_eyes(actor) as portal:
        await set_aside(portal, [case])
    return recall_id


async def ask_each(actor: Actor, cases: Sequence[CaseFile], wish: Wish) -> list[UUID]:
    """Write down that open cases of one client are asked for; gives the ids of their recalls. They are to be set aside."""
    rules, ids = await rules_of_each(actor, cases), sorted(new_id() for _ in cases)  # listed in the order of the cases
    await sql(
        INSERT,
        *(
            ids,
            actor.agency_id,
            [case.client_id for case in cases],
            [case.id for case in cases],
            wish.reason,
            wish.note,
        ),
        *(wish.placement_recall_id, actor.user_id, actor.name, clock.now(), [each.final_on for each in rules]),
        [as_json(each.as_facts()) for each in rules],
    )
    facts = [{"reason": wish.reason, "final_on": each.final_on} for each in rules]
    await tell_each(actor, cases, "recall.asked", "client", [{**each, "note": wish.note} for each in facts])
    events = [Event(case.id, facts=each) for case, each in zip(cases, facts, strict=True)]
    personal = {"note": wish.note} if wish.note else None
    await record_each(actor, "recall.asked", "case", events, client_id=cases[0].client_id, personal=personal)
    return ids


async def set_aside(actor: Actor, cases: Sequence[CaseFile]) -> None:
    """Nobody works cases while they are asked for. The transaction sees what the agency sees."""
    await sql(
        "update cases set recall_asked_on = (select ($3 at time zone time_zone)::date from agencies where id = $1),"
        " claimed_by = null, claimed_until = null, last_activity_at = $3 where agency_id = $1 and id = any($2)",
        *(actor.agency_id, [case.id for case in cases], clock.now()),
    )
    await refresh(actor, *(case.id for case in cases))


async def leave_it(actor: Actor, case_id: UUID) -> None:
    """Leave a case with the agency that was asked for; somebody there looks at it again.

    Raises:
        NotFound: there is no such case for the actor, or it is not asked for.
    """
    actor.require("recalls.ask")
    case = await load_case(actor, case_id, lock=True)
    recall = await standing_recall(actor, case)
    await leave_each(actor, {recall.id: case})
    async with with_the_agencys_eyes(actor) as portal:
        await take_up_again(portal, [case], "recall_withdrawn")


async def leave_each(actor: Actor, asked: Mapping[UUID, CaseFile]) -> None:
    """Write down that cases of one client stay with the agency, by their recalls. They are to be taken up again."""
    cases = list(asked.values())
    await sql(
        "update recalls set status = $3, ended_at = $4 where agency_id = $1 and id = any($2)",
        *(actor.agency_id, list(asked), RecallStatus.WITHDRAWN, clock.now()),
    )
    await tell_each(actor, cases, "recall.withdrawn", "client")
    events = [Event(case.id) for case in cases]
    await record_each(actor, "recall.withdrawn", "case", events, client_id=cases[0].client_id)


# A case that is not accepted yet waits for what it lacks, as before.
LOOK_AGAIN: Final = """
update cases c set recall_asked_on = null, next_action = $3, next_action_at = $4, next_action_reason = $5,
                   last_activity_at = $4
where c.agency_id = $1 and c.id = any($2) and c.status <> 'closed' and c.recall_asked_on is not null
  and not (c.status = 'needs_info' and exists (
      select from case_requirements q where q.agency_id = c.agency_id and q.case_id = c.id and q.met_at is null))
returning c.id
"""


async def take_up_again(actor: Actor, cases: Sequence[CaseFile], because: str) -> None:
    """Cases of one client are worked again, from a look at them on; what was agreed to come next may lie weeks back.

    The transaction sees what the agency sees.
    """
    ids, now = [case.id for case in cases], clock.now()
    looked_at = {row["id"] for row in await sql(LOOK_AGAIN, actor.agency_id, ids, NextAction.REVIEW, now, because)}
    after = {"action": NextAction.REVIEW, "at": now}
    events = [
        Event(case.id, before={"action": case.next_action, "at": case.next_action_at}, after=after)
        for case in cases
        if case.id in looked_at
    ]
    await record_each(actor, "case.next_action_set", "case", events, client_id=cases[0].client_id)
    await sql("update cases set recall_asked_on = null where agency_id = $1 and id = any($2)", actor.agency_id, ids)
    await refresh(actor, *ids)


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
    facts = {"final_on": final_on}
    await tell(actor, case, "recall.insisted", "client", {**facts, "note": text.strip()})
    await record(
        actor, "recall.insisted", "case", case.id,
        client_id=case.client_id, facts=facts, personal={"note": text.strip()},
    )  # fmt: skip
    async with with_the_agencys_eyes(actor) as portal:
        await set_aside(portal, [case])
    return recall
