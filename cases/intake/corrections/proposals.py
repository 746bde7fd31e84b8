"""What is proposed for many rows, taken up in all of them: dates in another form, names of countries, amounts.

A job works through them in batches; done twice it finds nothing left to do, and a killed one goes on where it was.
"""

import json
from typing import Final
from uuid import UUID

from cases.intake.check import CheckContext
from cases.intake.corrections.amend import open_for_correction
from cases.intake.corrections.recheck import recheck, recount, rows_by_number, with_proposals
from cases.intake.grid import PROPOSED_TEXTS
from cases.intake.placement import COLUMNS, PlacementFile, placement_file
from cases.intake.reading import context_of
from portal import clock
from portal.audit.record import as_json, record
from portal.errors import NotFound
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.tenancy.database import sql, sql_one, transaction

BATCH: Final = 1000

ASK: Final = "update placements set amending = $3::jsonb, status = 'checking' where agency_id = $1 and id = $2"


async def use_all_proposals(actor: Actor, placement_id: UUID, code: str) -> None:
    """Have a job fill in what is proposed for a kind of error, in every row that has it.

    Raises:
        NotFound: there is no such kind of error.
        Refused: the rows may not be corrected any more.
    """
    if code not in PROPOSED_TEXTS:
        raise NotFound
    placement = await open_for_correction(actor, placement_id)
    asked = {"code": code, "by": actor.name, "by_id": actor.user_id, "at": clock.now()}
    await sql(ASK, actor.agency_id, placement.id, as_json(asked))
    await enqueue("placements.use_proposals", {"agency_id": actor.agency_id, "placement_id": placement.id})
    await record(
        actor,
        "placement.proposals_used",
        "placement",
        placement.id,
        client_id=placement.client_id,
        facts={"code": code, "rows": placement.summary.get("proposals", {}).get(code, 0)},
    )


AMENDING: Final = f"""
select {COLUMNS} from placements where agency_id = $1 and id = $2 and amending is not null for no key update
"""  # noqa: S608 - own column names

NEXT: Final = """
select row_number from placement_rows
where agency_id = $1 and placement_id = $2 and state = 'error' and row_number > $3 and issues @> $4::jsonb
order by row_number limit $5
"""


@job("placements.use_proposals")
async def take_up(payload: Payload) -> None:
    """Fill in what somebody asked for, a batch at a time, and let the figures follow."""
    actor, placement_id, last = system(UUID(payload["agency_id"])), UUID(payload["placement_id"]), 0
    while True:
        async with transaction(actor.scope):
            found = await sql_one(AMENDING, actor.agency_id, placement_id)
            if found is None:
                return
            placement = placement_file(found)
            context = await context_of(actor.agency_id, placement.client_id)
            last = await _batch(actor, placement, context, last)
            if not last:
                await recount(placement)
                return


async def _batch(actor: Actor, placement: PlacementFile, context: CheckContext, after: int) -> int:
    """The next rows with such an error; gives the last one's number, 0 when there are no more."""
    asked = placement.amending or {}
    wanted = json.dumps([{"code": asked["code"]}])
    numbers = [row["row_number"] for row in await sql(NEXT, actor.agency_id, placement.id, after, wanted, BATCH)]
    rows = await rows_by_number(placement, numbers)
    written = {row.row: with_proposals(row.written, context, asked["code"]) for row in rows}
    changed = [row for row in rows if written[row.row] != row.written]
    note = {name: asked[name] for name in ("by", "by_id", "at")}
    if changed:
        await recheck(actor, placement, changed, {row.row: written[row.row] for row in changed}, context, note)
    return numbers[-1] if numbers else 0
