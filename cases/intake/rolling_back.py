"""Taking a placement back that was handed over in error: all of its cases, as long as nobody has worked one of them.

Each case closes as placed in error and its claim is mirrored in the ledger, so that nothing is owed on it, it counts in
no figure, and its reference may be placed again. Once a case was worked, a placement is not an error any more: then its
cases are asked back (`cases.recall`). As with handing over, the request only notes that it was asked for, and a job does it.
"""

from typing import Final, cast
from uuid import UUID

from cases.claims import take_out_claims
from cases.intake.placement import COLUMNS, PlacementFile, load_placement, placement_file
from cases.intake.tables import PlacementStatus
from cases.situation import refresh
from portal import clock
from portal.audit.record import as_json, record
from portal.errors import Refused
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_one, sql_value, transaction

BATCH: Final = 2000
CLOSE_CODE: Final = "placed_in_error"

# Cheap enough for a page: what a case itself says of having been worked. A note leaves no trace here.
TOUCHED: Final = """
select number from cases
where agency_id = $1 and placement_id = $2
  and ((status, next_action_reason) not in (('active', 'placed'), ('needs_info', 'acceptance'))
       or principal_minor + interest_minor + costs_minor <> placed_minor or recall_asked_on is not null
       or claimed_until > $3)
limit 1
"""


async def touched_case(actor: Actor, placement: PlacementFile) -> str | None:
    """The number of a case that was plainly worked, so that a page need not offer what would be refused."""
    return cast("str | None", await sql_value(TOUCHED, actor.agency_id, placement.id, clock.now()))


async def _worked_case(placement: PlacementFile) -> str | None:
    return cast("str | None", await sql_value("select worked_case_of($1, $2)", placement.id, clock.now()))


async def roll_back(actor: Actor, placement_id: UUID, reason: str) -> PlacementFile:
    """Ask for an acknowledged placement to be taken back; asked again, it is as it was asked first.

    Raises:
        NotFound: there is no such placement for the actor.
        Refused: it was never handed over, a case of it was worked, or no reason is given.
    """
    actor.require("placements.roll_back")
    placement = await load_placement(actor, placement_id, lock=True)
    if placement.step in ("rolling_back", "rolled_back"):
        return placement
    if placement.step != "acknowledged":
        raise Refused(N_("Only a placement that was handed over can be taken back."), code="not_acknowledged")
    if not reason.strip():
        raise Refused(N_("Say why it is taken back."), field="reason", code="missing")
    if (worked := await _worked_case(placement)) is not None:
        raise Refused(
            N_("Case %(number)s was worked already. Now the placement can only be asked back."),
            code="worked",
            number=worked,
        )
    await sql(
        "update placements set roll_back_asked_at = $3, rolled_back_by = $4, rolled_back_by_name = $5,"
        " roll_back_reason = $6, problem = null where agency_id = $1 and id = $2",
        *(actor.agency_id, placement.id, clock.now(), actor.user_id, actor.name, reason.strip()),
    )
    await record(
        actor,
        "placement.roll_back_asked",
        "placement",
        placement.id,
        client_id=placement.client_id,
        facts={"number": placement.acknowledgement_number},
        personal={"reason": reason.strip()},
    )
    await enqueue("placements.roll_back", {"agency_id": actor.agency_id, "placement_id": placement.id})
    return await load_placement(actor, placement_id)


# The job

ASKED: Final = f"""
select {COLUMNS} from placements
where agency_id = $1 and id = $2 and roll_back_asked_at is not null and status in ('accepted', 'partly_accepted')
for no key update
"""  # noqa: S608 - own column names

# Whoever works a case at this moment holds its row: either this waits and sees the work, or the other finds it closed.
LOCK: Final = """
select count(*) from (
    select from cases where agency_id = $1 and placement_id = $2 order by id for no key update) as held
"""


@job("placements.roll_back")
async def take_back(payload: Payload) -> None:
    """Close every case of a placement and mirror its claims, in one transaction; done twice, it is done once."""
    actor, placement_id = system(UUID(payload["agency_id"])), UUID(payload["placement_id"])
    async with transaction(actor.scope):
        row = await sql_one(ASKED, actor.agency_id, placement_id)
        if row is None:
            return
        placement = placement_file(row)
        await sql_value(LOCK, actor.agency_id, placement.id)
        if (worked := await _worked_case(placement)) is not None:
            await _give_up(actor, placement, worked)
            return
        await _mirror_claims(actor, placement)
        await _close_cases(actor, placement)
        await _tell(actor, placement)


GIVE_UP: Final = """
update placements set roll_back_asked_at = null, problem = $3::jsonb where agency_id = $1 and id = $2
"""


async def _give_up(actor: Actor, placement: PlacementFile, worked_case: str) -> None:
    """Somebody began to work a case after it was asked for: the placement stays as it is, and says why."""
    problem = {"code": "worked", "params": {"number": worked_case}}
    await sql(GIVE_UP, actor.agency_id, placement.id, as_json(problem))
    await record(
        actor,
        "placement.roll_back_given_up",
        "placement",
        placement.id,
        client_id=placement.client_id,
        facts={"number": placement.acknowledgement_number, "case": worked_case},
    )


AFTER: Final = "select id from cases where agency_id = $1 and placement_id = $2 and id > $3 order by id limit $4"


async def _mirror_claims(actor: Actor, placement: PlacementFile) -> None:
    """Take every claim of the placement out of the ledger."""
    today = await agency_day(actor)
    last = UUID(int=0)
    while ids := [row["id"] for row in await sql(AFTER, actor.agency_id, placement.id, last, BATCH)]:
        await take_out_claims(actor, ids, today)
        last = ids[-1]


CLOSE: Final = """
update cases set status = 'closed', close_code = $3, closed_at = $4, last_activity_at = $4, claimed_by = null,
                 claimed_until = null
where agency_id = $1 and placement_id = $2
"""

TELL: Final = """
insert into case_events (agency_id, client_id, case_id, at, kind, topic, actor_id, actor_name, facts)
select agency_id, client_id, id, $3, 'case.closed', 'client', $4, $5, jsonb_build_object('close_code', $6::text)
from cases where agency_id = $1 and placement_id = $2
"""


async def _close_cases(actor: Actor, placement: PlacementFile) -> None:
    now, last = clock.now(), UUID(int=0)
    await sql(CLOSE, actor.agency_id, placement.id, CLOSE_CODE, now)
    await sql(
        TELL,
        *(actor.agency_id, placement.id, now, placement.rolled_back_by, placement.rolled_back_by_name, CLOSE_CODE),
    )
    while ids := [row["id"] for row in await sql(AFTER, actor.agency_id, placement.id, last, BATCH)]:
        await refresh(actor, *ids)
        last = ids[-1]


async def _tell(actor: Actor, placement: PlacementFile) -> None:
    await sql(
        "update placements set status = 'rolled_back', rolled_back_at = $3 where agency_id = $1 and id = $2",
        *(actor.agency_id, placement.id, clock.now()),
    )
    await record(
        actor,
        "placement.rolled_back",
        "placement",
        placement.id,
        client_id=placement.client_id,
        facts={
            "number": placement.acknowledgement_number,
            "cases": placement.summary["accepted"]["cases"],
            "totals": placement.summary["accepted"]["totals"],
        },
        personal={"reason": placement.roll_back_reason},
        before={"status": placement.status},
        after={"status": PlacementStatus.ROLLED_BACK},
    )
