"""Handing a checked placement over: the client says so once, a job makes the cases in one transaction.

Whoever clicks twice, in two tabs, or has the job run twice, gets the first result: the request only notes that it was
asked for, and the job finds its placement acknowledged.
"""

from typing import Any
from uuid import UUID

from cases.acceptance.judging import Judgement, add_requirements, judge_new_cases
from cases.acceptance.requirements import REMIND_AFTER
from cases.intake.placed_beside import add_contacts, add_credits
from cases.intake.placed_rows import Placing, add_cases, add_debtors, add_events, gather
from cases.intake.placement import COLUMNS, GOOD, PlacementFile, load_placement, placement_file
from cases.intake.stored import summary_of
from cases.intake.summary import compare
from cases.intake.tables import PlacementStatus
from cases.intake.tally import counted, mark_duplicates
from cases.opening import next_working_morning
from portal import clock
from portal.audit.record import as_json, record
from portal.errors import Refused
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.numbering import next_number
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.people.agency_time import agency_zone
from portal.tenancy.database import sql, sql_one, sql_value, transaction


async def hand_over(actor: Actor, placement_id: UUID, *, only_all: bool = False) -> PlacementFile:
    """Ask for a checked placement to be handed over; asked again, it is as it was asked first.

    Raises:
        Refused: it is still being checked, was cancelled, holds nothing that may be placed, differs from the client's
            own figures, or has bad rows although every row or none is wanted.
    """
    actor.require("placements.submit")
    placement = await load_placement(actor, placement_id, lock=True)
    if placement.step in ("handing_over", "acknowledged"):
        return placement
    _may_be_handed_over(placement, only_all)
    await begin_handing_over(actor, placement, by=actor.user_id, by_name=actor.name, only_all=only_all)
    await record(
        actor,
        "placement.handed_over",
        "placement",
        placement.id,
        client_id=placement.client_id,
        facts={"ready": placement.ready, "bad": placement.bad, "only_all": only_all},
    )
    return await load_placement(actor, placement_id)


def _may_be_handed_over(placement: PlacementFile, only_all: bool) -> None:
    if placement.step != "checked":
        raise Refused(N_("This placement cannot be handed over any more."), code="not_checked")
    if not placement.ready:
        raise Refused(N_("No row of this placement can be handed over."), code="nothing_ready")
    if compare(placement.wanted, summary_of(placement.summary)):
        raise Refused(
            N_("Your control figures differ from the file. Correct one of them first."), code="control_mismatch"
        )
    if only_all and placement.bad:
        raise Refused(
            N_("%(bad)s rows cannot be placed, and you want all or none."),
            field="only_all",
            code="not_all",
            bad=placement.bad,
        )


BEGIN = """
update placements set handed_over_at = $3, handed_over_by = $4, handed_over_by_name = $5, only_all = $6
where agency_id = $1 and id = $2 and status = 'checking' and handed_over_at is null
"""


async def begin_handing_over(
    actor: Actor, placement: PlacementFile, *, by: UUID | None, by_name: str, only_all: bool = False
) -> None:
    """Note who hands a checked placement over, and have the job do it."""
    await sql(BEGIN, actor.agency_id, placement.id, clock.now(), by, by_name, only_all)
    await enqueue("placements.hand_over", {"agency_id": actor.agency_id, "placement_id": placement.id})


async def cancel(actor: Actor, placement_id: UUID) -> PlacementFile:
    """Drop a placement that was not handed over; dropped again, it stays dropped.

    Raises:
        Refused: it has been handed over.
    """
    actor.require("placements.submit")
    placement = await load_placement(actor, placement_id, lock=True)
    if placement.step == "cancelled":
        return placement
    if placement.step not in ("reading", "columns", "checked"):
        raise Refused(N_("This placement cannot be cancelled any more."), code="not_cancellable")
    await sql(
        "update placements set status = 'cancelled' where agency_id = $1 and id = $2", actor.agency_id, placement.id
    )
    await sql("delete from placement_rows where agency_id = $1 and placement_id = $2", actor.agency_id, placement.id)
    await record(
        actor,
        "placement.cancelled",
        "placement",
        placement.id,
        client_id=placement.client_id,
        before={"status": placement.status},
        after={"status": PlacementStatus.CANCELLED},
    )
    return await load_placement(actor, placement_id)


async def set_control(
    actor: Actor, placement_id: UUID, *, count: int | None, totals: dict[str, int] | None
) -> PlacementFile:
    """Note the client's own figures of a checked placement: rows, and minor units per currency."""
    actor.require("placements.submit")
    placement = await load_placement(actor, placement_id, lock=True)
    if placement.step != "checked":
        raise Refused(N_("This placement cannot be changed any more."), code="not_checked")
    control = {"count": count, "totals": totals}
    await sql(
        "update placements set control = $3::jsonb where agency_id = $1 and id = $2",
        *(actor.agency_id, placement.id, as_json(control)),
    )
    await record(
        actor,
        "placement.control_given",
        "placement",
        placement.id,
        client_id=placement.client_id,
        before={"control": dict(placement.control)},
        after={"control": control},
    )
    return await load_placement(actor, placement_id)


# The job


@job("placements.hand_over")
async def make_cases(payload: Payload) -> None:
    """Make the cases of a placement that was handed over; one that has been acknowledged stays as it is."""
    actor, placement_id = system(UUID(payload["agency_id"])), UUID(payload["placement_id"])
    async with transaction(actor.scope):
        if (rows := await sql_value(WAITING, actor.agency_id, placement_id)) is None:
            return
        # A transaction of its own: the agency's counter is not held while a hundred thousand cases are written.
        first = await sql_value("select take_case_numbers($1)", rows) if rows else 0
    async with transaction(actor.scope):
        # Of one client, one after the other: what the first places is a duplicate for the second.
        await sql(
            "select pg_advisory_xact_lock(hashtextextended('placing for ' || client_id, 0)) from placements where id = $1",
            placement_id,
        )
        row = await sql_one(HANDED_OVER, actor.agency_id, placement_id)
        if row is not None:
            await _make_cases(actor, placement_file(row), first)


WAITING = """
select (select count(*)::integer from placement_rows r
        where r.agency_id = p.agency_id and r.placement_id = p.id and r.state in ('ready', 'warning'))
from placements p
where p.agency_id = $1 and p.id = $2 and p.status = 'checking' and p.handed_over_at is not null
"""

HANDED_OVER = f"""
select {COLUMNS} from placements
where agency_id = $1 and id = $2 and status = 'checking' and handed_over_at is not null for no key update
"""  # noqa: S608 - own column names


async def _make_cases(actor: Actor, placement: PlacementFile, first_number: int) -> None:
    await mark_duplicates(placement)
    counts = await counted(actor.agency_id, placement.id)
    if not counts["ready"] or (placement.only_all and counts["errors"] + counts["duplicates"]):
        await _turn_down(actor, placement, counts)
        return
    placing = await _placing(actor, placement, first_number, counts["ready"])
    given = await gather(placing)
    await add_debtors(placing)
    judgement = await judge_new_cases(placing.client_id, placing.placed_on)
    await add_cases(placing)
    if given.credits:
        await add_credits(placing)
    if given.contacts:
        await add_contacts(placing)
    await _acknowledge(actor, placement, placing, counts, judgement)
    if judgement:  # after the acknowledgement: on a timeline a case is placed first, then asked about
        await add_requirements(placing.agency_id, placing.client_id, judgement, placing.now)


async def _placing(actor: Actor, placement: PlacementFile, first_number: int, rows: int) -> Placing:
    zone, now = await agency_zone(actor), clock.now()
    return Placing(
        agency_id=placement.agency_id,
        client_id=placement.client_id,
        placement_id=placement.id,
        now=now,
        placed_on=now.astimezone(zone).date(),
        first_number=first_number,
        queue_id=await _first_queue(placement.agency_id),
        first_call_at=next_working_morning(now, zone),
        remind_at=next_working_morning(now + REMIND_AFTER, zone),
        rows=rows,
    )


FIRST_QUEUE = "select id from queues where agency_id = $1 order by position, id limit 1"
ADD_QUEUE = "insert into queues (agency_id, name) values ($1, '') on conflict do nothing"


async def _first_queue(agency_id: UUID) -> UUID:
    """The agency's first queue; an agency without one gets it now, so that no case is without somebody."""
    if await sql_value(FIRST_QUEUE, agency_id) is None:
        await sql(ADD_QUEUE, agency_id)
    queue_id: UUID = await sql_value(FIRST_QUEUE, agency_id)
    return queue_id


ACKNOWLEDGE = """
update placements set status = $3, acknowledged_at = $4, acknowledgement_number = $5, summary = summary || $6::jsonb
where agency_id = $1 and id = $2
"""

RANGE = """
select (select count(distinct debtor_id) from new_cases) as debtors,
       (select number from new_cases order by row_number limit 1) as first,
       (select number from new_cases order by row_number desc limit 1) as last
"""


async def _acknowledge(
    actor: Actor, placement: PlacementFile, placing: Placing, counts: dict[str, Any], judgement: Judgement | None
) -> None:
    """Give the placement its number, last of all since others wait for the next one; begin the timelines; tell."""
    made = await sql_one(RANGE)
    assert made is not None
    number = f"{placing.placed_on.year}-A{await next_number(actor, 'acknowledgement'):05d}"
    await add_events(placing, number, placement.handed_over_by, placement.handed_over_by_name)
    bad = counts["errors"] + counts["duplicates"]
    status = PlacementStatus.PARTLY_ACCEPTED if bad else PlacementStatus.ACCEPTED
    # Not how many debtors were new to the agency: the client would learn whom a sibling has placed before.
    accepted = {
        "cases": counts["ready"],
        "totals": counts["totals"],
        "debtors": made["debtors"],
        "first_number": made["first"],
        "last_number": made["last"],
        "needs_info": judgement.cases if judgement else 0,
    }
    told = {**counts, "accepted": accepted}
    await sql(ACKNOWLEDGE, actor.agency_id, placement.id, status, placing.now, number, as_json(told))
    await sql(FORGET_PLACED, actor.agency_id, placement.id, list(GOOD))
    await sql(KEEP_ALIKE, actor.agency_id, placement.id, list(GOOD))
    await record(
        actor,
        "placement.acknowledged",
        "placement",
        placement.id,
        client_id=placement.client_id,
        facts={**accepted, "rejected": bad, "number": number, "content": (placement.content_digest or b"").hex()},
    )
    await enqueue("placements.mail_acknowledgement", {"agency_id": actor.agency_id, "placement_id": placement.id})
    await enqueue("debtors.match", {"agency_id": actor.agency_id, "placement_id": placement.id})


FORGET_PLACED = """
delete from placement_rows where agency_id = $1 and placement_id = $2 and state = any($3) and likeness is null
"""
# Of a row that looked like another claim stays what it had in common with it (`matches`).
KEEP_ALIKE = """
update placement_rows
set state = 'placed', given = '{}', issues = '[]', written = null, corrected = null,
    draft = jsonb_build_object('name', draft -> 'name', 'currency', draft -> 'currency')
where agency_id = $1 and placement_id = $2 and state = any($3)
"""


async def _turn_down(actor: Actor, placement: PlacementFile, counts: dict[str, Any]) -> None:
    """Between check and hand-over the same references were placed: nothing is left, or not all of what was wanted."""
    problem: dict[str, object] = {"code": "not_all" if counts["ready"] else "nothing_left", "params": {}}
    await sql(
        "update placements set status = 'rejected', problem = $3::jsonb, summary = summary || $4::jsonb"
        " where agency_id = $1 and id = $2",
        *(actor.agency_id, placement.id, as_json(problem), as_json(counts)),
    )
    await record(
        actor,
        "placement.turned_down",
        "placement",
        placement.id,
        client_id=placement.client_id,
        facts={"problem": problem["code"], **counts},
    )
