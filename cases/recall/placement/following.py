"""The job that does with every case of a placement what was asked for, a batch at a time, each in its transaction.

Killed and begun again it goes on with what is left: what was done to a case shows in its recall.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from uuid import UUID

from cases.casework import COLUMNS, CaseFile, case_file
from cases.recall.answer import agree_each, object_to_each
from cases.recall.ask import Wish, ask_each, leave_each, set_aside, take_up_again
from cases.recall.final import make_final_each
from cases.recall.placement.acts import Act
from cases.recall.placement.asked import PlacementRecallFile, held
from cases.recall.placement.mail import enqueue_placement_mails
from cases.recall.tables import RecallStatus
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.people.behalf import in_the_name_of
from portal.tenancy.database import sql, transaction

BATCH: Final = 1000


@job("recalls.follow_placement")
async def follow_placement(payload: Payload) -> None:
    """Do what was asked for with every case it concerns; done twice, it is done once."""
    machine, recall_id = system(UUID(payload["agency_id"])), UUID(payload["placement_recall_id"])
    more = True
    while more:
        async with transaction(machine.scope):
            more = await _batch(machine, recall_id)


async def _batch(machine: Actor, recall_id: UUID) -> bool:
    """One batch; whether there may be more."""
    asked = await held(machine, recall_id)
    if asked is None or not asked.act:
        return False
    actor = in_the_name_of(asked.agency_id, asked.act_as, asked.act_by, asked.act_by_name, asked.client_id)
    ids = await _hold(asked)
    if not ids:
        await sql("update placement_recalls set act = '' where agency_id = $1 and id = $2", asked.agency_id, asked.id)
        if asked.act in (Act.AGREE, Act.OBJECT):
            await enqueue_placement_mails(machine, asked.id, asked.client_id)
        return False
    if asked.act == Act.ASK:
        await _ask(actor, asked, ids)
    else:
        concerned = await _concerned(asked, ids)
        if concerned:
            await DOING[Act(asked.act)](actor, asked, concerned)
    return True


# The rows are held before the cases are read: what somebody did to one in that moment is seen.
STANDS: Final = """
c.agency_id = $1 and c.placement_id = $2 and c.status <> 'closed' and not exists (
    select from recalls r where r.agency_id = $1 and r.case_id = c.id
    and (r.status in ('pending', 'objected') or r.placement_recall_id = $3))
"""
HOLD_STANDING: Final = f"select c.id from cases c where {STANDS} order by c.id limit $4 for no key update"  # noqa: S608
HOLD_ASKED: Final = """
select c.id from recalls r join cases c on c.agency_id = r.agency_id and c.id = r.case_id
where r.agency_id = $1 and r.placement_recall_id = $2 and r.status = any($3) and c.status <> 'closed'
order by c.id limit $4 for no key update of c
"""
CONCERNS: Final = {
    Act.AGREE: [RecallStatus.PENDING],
    Act.OBJECT: [RecallStatus.PENDING],
    Act.LEAVE: [RecallStatus.PENDING, RecallStatus.OBJECTED],
}


async def _hold(asked: PlacementRecallFile) -> list[UUID]:
    """Lock the next cases that it concerns."""
    if asked.act == Act.ASK:
        rows = await sql(HOLD_STANDING, asked.agency_id, asked.placement_id, asked.id, BATCH)
    else:
        rows = await sql(HOLD_ASKED, asked.agency_id, asked.id, CONCERNS[Act(asked.act)], BATCH)
    return [row["id"] for row in rows]


STILL_STANDING: Final = f"select {COLUMNS} from cases c where {STANDS} and c.id = any($4) order by c.number"  # noqa: S608


async def _ask(actor: Actor, asked: PlacementRecallFile, ids: list[UUID]) -> None:
    rows = await sql(STILL_STANDING, asked.agency_id, asked.placement_id, asked.id, ids)
    if rows:
        cases = [case_file(row) for row in rows]
        await ask_each(actor, cases, Wish(asked.reason, asked.note, asked.id))
        await set_aside(actor, cases)


STILL_CONCERNED: Final = f"""
select r.id as recall_id, {", ".join("c." + name for name in CaseFile.__slots__)}
from recalls r join cases c on c.agency_id = r.agency_id and c.id = r.case_id
where r.agency_id = $1 and r.placement_recall_id = $2 and r.status = any($3) and c.status <> 'closed' and c.id = any($4)
order by c.id
"""  # noqa: S608 - own column names


async def _concerned(asked: PlacementRecallFile, ids: list[UUID]) -> dict[UUID, CaseFile]:
    """The cases by their recalls."""
    rows = await sql(STILL_CONCERNED, asked.agency_id, asked.id, CONCERNS[Act(asked.act)], ids)
    return {row["recall_id"]: case_file(row) for row in rows}


Doing = Callable[[Actor, PlacementRecallFile, Mapping[UUID, CaseFile]], Awaitable[None]]


async def _agree(actor: Actor, _: PlacementRecallFile, cases: Mapping[UUID, CaseFile]) -> None:
    await agree_each(actor, cases)
    await make_final_each(actor, cases)


async def _object(actor: Actor, asked: PlacementRecallFile, cases: Mapping[UUID, CaseFile]) -> None:
    await object_to_each(actor, cases, asked.answer)


async def _leave(actor: Actor, _: PlacementRecallFile, cases: Mapping[UUID, CaseFile]) -> None:
    await leave_each(actor, cases)
    await take_up_again(actor, list(cases.values()), "recall_withdrawn")


DOING: Final[Mapping[Act, Doing]] = {Act.AGREE: _agree, Act.OBJECT: _object, Act.LEAVE: _leave}
