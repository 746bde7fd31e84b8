"""A client says how its file is read and what its columns mean; then the file is checked like any other."""

import json
from uuid import UUID

from cases.intake.columns.choices import DEBTOR, gaps
from cases.intake.columns.list_beside import list_of
from cases.intake.columns.memory import remember
from cases.intake.columns.proposal import Proposal
from cases.intake.files.column_map import ColumnMap
from cases.intake.files.shape import Shape
from cases.intake.placement import PlacementFile, keep_reference, load_placement
from portal import clock
from portal.audit.record import as_json, record
from portal.errors import NotFound, Refused
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value


async def load_proposal(actor: Actor, placement: PlacementFile) -> Proposal:
    """What was proposed of the file.

    Raises:
        NotFound: nothing was, since it has the simple form or was not looked at yet.
    """
    facts = await sql_value(
        "select proposal from placements where agency_id = $1 and id = $2", actor.agency_id, placement.id
    )
    if facts is None:
        raise NotFound
    return Proposal.from_facts(json.loads(facts))


SHAPE = """
update placements set shape = $3::jsonb, looked_at = null, mapped_at = null, proposal = null, column_map = null
where agency_id = $1 and id = $2
"""


async def choose_shape(actor: Actor, placement_id: UUID, shape: Shape) -> None:
    """Have the file looked at anew as the client says it is to be read. Another sheet or delimiter has its own header.

    Raises:
        Refused: its columns are confirmed already, or it was cancelled.
    """
    actor.require("placements.submit")
    placement = await _waiting(actor, placement_id)
    before = Shape.from_facts(placement.shape or {})
    await sql(SHAPE, actor.agency_id, placement.id, as_json(shape.to_facts()))
    payload: dict[str, str | UUID] = {"agency_id": actor.agency_id, "placement_id": placement.id}
    if (shape.header_row, shape.header_rows) == (before.header_row, before.header_rows):
        payload["columns"] = "header"
    await enqueue("placements.check", payload)
    await record(
        actor,
        "placement.shape_chosen",
        "placement",
        placement.id,
        client_id=placement.client_id,
        before={"shape": before.told},
        after={"shape": shape.told},
    )


CONFIRM = """
update placements set column_map = $3::jsonb, mapped_at = $4 where agency_id = $1 and id = $2
"""


async def confirm(actor: Actor, placement_id: UUID, column_map: ColumnMap) -> None:
    """Take the client's word for what the columns mean, remember it for next time, and have the file checked.

    Raises:
        Refused: something that no case can be without is not said, or the columns are confirmed already.
    """
    actor.require("placements.submit")
    placement = await _waiting(actor, placement_id)
    listed = await list_of(actor.agency_id, placement.id)
    for code, question in gaps(column_map, listed.fields if listed else frozenset()):
        raise Refused(question, field=code, code="gap")
    if listed and listed.fields and not column_map.debtor.columns:
        raise Refused(
            N_("Which column is your number of the debtor? By it the names are found in the list."),
            field=DEBTOR,
            code="gap",
        )
    proposal = await load_proposal(actor, placement)
    facts = column_map.to_facts()
    await sql(CONFIRM, actor.agency_id, placement.id, as_json(facts), clock.now())
    await remember(actor, placement, proposal.columns, column_map)
    await enqueue("placements.check", {"agency_id": actor.agency_id, "placement_id": placement.id})
    await record(
        actor,
        "placement.columns_confirmed",
        "placement",
        placement.id,
        client_id=placement.client_id,
        facts={"columns": list(dict.fromkeys(column.caption for column in column_map.columns()))},
    )


AGAIN = """
update placements set status = 'received', checked_at = null, mapped_at = null, check_run = null, summary = '{}',
                      looked_at = $3, content_digest = null, problem = null
where agency_id = $1 and id = $2
"""


async def ask_again(actor: Actor, placement_id: UUID) -> None:
    """Go back from the check to the columns, as long as nothing was handed over.

    Raises:
        Refused: it was handed over or cancelled, or it came from a client's system, which has no columns to choose.
    """
    actor.require("placements.submit")
    placement = await load_placement(actor, placement_id, lock=True)
    if placement.step == "columns":
        return
    rejected = placement.step == "rejected" and placement.handed_over_at is None and placement.cleared_at is None
    if not (placement.step == "checked" or rejected) or placement.form != "csv" or placement.door != "web":
        raise Refused(N_("The columns of this placement cannot be changed any more."), code="not_checked")
    await keep_reference(placement)
    looked_at = clock.now() if placement.shape is not None else None
    await sql(AGAIN, actor.agency_id, placement.id, looked_at)
    await sql("delete from placement_rows where agency_id = $1 and placement_id = $2", actor.agency_id, placement.id)
    if looked_at is None:  # the simple form: its columns were never proposed
        whose: dict[str, str | UUID] = {"agency_id": actor.agency_id, "placement_id": placement.id}
        await enqueue("placements.check", {**whose, "columns": "columns"})
    await record(actor, "placement.columns_asked", "placement", placement.id, client_id=placement.client_id)


async def _waiting(actor: Actor, placement_id: UUID) -> PlacementFile:
    """The placement, held, while it waits for its columns."""
    placement = await load_placement(actor, placement_id, lock=True)
    if placement.step != "columns":
        raise Refused(N_("The columns of this placement are confirmed already."), code="not_waiting")
    return placement
