"""A person corrects one row of a checked placement, or leaves it out; before the hand-over, and never unseen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from cases.intake.corrections.recheck import filled_in, recheck, recount, rows_by_number, with_proposals
from cases.intake.placement import PlacementFile, keep_reference, load_placement
from cases.intake.reading import context_of
from cases.intake.stored import StoredRow
from cases.intake.written import Written
from portal import clock
from portal.audit.record import as_json, record
from portal.editing import Change, ChangedMeanwhile
from portal.errors import NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql

MOST_INVOICES: Final = 100
"""A row of more invoices is corrected in its file."""


def may_be_corrected(placement: PlacementFile) -> bool:
    """Whether its rows wait for a person: checked and not handed over, also when none of them could be taken."""
    nothing_taken = placement.step == "rejected" and placement.handed_over_at is None and placement.problem is None
    waits = placement.step == "checked" or (nothing_taken and placement.checked_at is not None)
    return waits and placement.form == "csv" and placement.door == "web"


async def load_row(actor: Actor, placement: PlacementFile, number: int) -> StoredRow:
    """A row of a placement that the actor may see.

    Raises:
        NotFound: it has no such row, or it has become a case.
    """
    actor.require("placements.read")
    rows = await rows_by_number(placement, [number])
    if not rows:
        raise NotFound
    return rows[0]


async def open_for_correction(actor: Actor, placement_id: UUID) -> PlacementFile:
    """The placement, held, while its rows may be corrected.

    Raises:
        Refused: it was handed over or cancelled, or is at work; or another one took its reference meanwhile.
    """
    actor.require("placements.submit")
    placement = await load_placement(actor, placement_id, lock=True)
    if not may_be_corrected(placement):
        raise Refused(N_("The rows of this placement cannot be corrected any more."), code="not_checked")
    if placement.step == "rejected":
        await keep_reference(placement)
    return placement


async def correct_row(
    actor: Actor, placement_id: UUID, number: int, texts: Mapping[str, str], seen: Mapping[str, str]
) -> StoredRow:
    """Write some fields of a row anew and check it again; gives the row as it is then.

    Fields are named by their spots; ``seen`` is what stood in them when the form was opened.

    Raises:
        NotFound: there is no such row.
        Refused: it may not be corrected any more.
        ChangedMeanwhile: somebody else changed the row since.
    """
    placement = await open_for_correction(actor, placement_id)
    row = await load_row(actor, placement, number)
    if row.written.texts() != dict(seen):
        raise ChangedMeanwhile(row.written.texts(), last_change(row))
    return await _rewrite(actor, placement, row, filled_in(row.written, texts))


async def use_proposals(actor: Actor, placement_id: UUID, number: int) -> StoredRow:
    """Fill in what is proposed for a row; where nothing is, it stays as it is. Raises as ``correct_row`` does."""
    placement = await open_for_correction(actor, placement_id)
    row = await load_row(actor, placement, number)
    context = await context_of(actor.agency_id, placement.client_id)
    return await _rewrite(actor, placement, row, with_proposals(row.written, context))


async def _rewrite(actor: Actor, placement: PlacementFile, row: StoredRow, written: Written) -> StoredRow:
    if written == row.written and row.state != "left_out":
        return row
    context = await context_of(actor.agency_id, placement.client_id)
    note = {"by": actor.name, "by_id": actor.user_id, "at": clock.now()}
    await recheck(actor, placement, [row], {row.row: written}, context, note)
    await recount(placement)
    now = await load_row(actor, placement, row.row)
    before, after = row.written.texts(), written.texts()
    names = [name for name in after if after[name] != before.get(name, "")]
    await record(
        actor,
        "placement.row_corrected",
        "placement",
        placement.id,
        client_id=placement.client_id,
        facts={"row": row.row, "fields": names, "state": now.state},
        personal={
            "values_before": as_json({name: before.get(name, "") for name in names}),
            "values_after": as_json({name: after[name] for name in names}),
        },
    )
    return now


LEAVE_OUT: Final = """
update placement_rows set state = 'left_out', corrected = coalesce(corrected, '[]') || $4::jsonb,
                          duplicate_of = null, duplicate_invoice = '', likeness = null
where agency_id = $1 and placement_id = $2 and row_number = $3
"""


async def leave_out(actor: Actor, placement_id: UUID, number: int, reason: str) -> None:
    """Leave a row out of what is handed over: it is neither counted nor placed. Left out twice, it is left out.

    Raises:
        NotFound: there is no such row.
        Refused: it may not be changed any more, or no reason is given.
    """
    placement = await open_for_correction(actor, placement_id)
    row = await load_row(actor, placement, number)
    if row.state == "left_out":
        return
    if not reason:
        raise Refused(N_("Say why it is left out."), field="reason", code="missing")
    note = {"by": actor.name, "by_id": actor.user_id, "at": clock.now(), "left_out": reason}
    await sql(LEAVE_OUT, actor.agency_id, placement.id, number, as_json(note))
    # Its reference is free for the next row that has it.
    await recheck(actor, placement, [row], {}, await context_of(actor.agency_id, placement.client_id), note)
    await recount(placement)
    await record(
        actor,
        "placement.row_left_out",
        "placement",
        placement.id,
        client_id=placement.client_id,
        facts={"row": number},
        personal={"reason": reason},
    )


async def take_in(actor: Actor, placement_id: UUID, number: int) -> StoredRow:
    """Take a row in again that was left out, as it was written. Raises as ``correct_row`` does."""
    placement = await open_for_correction(actor, placement_id)
    row = await load_row(actor, placement, number)
    return row if row.state != "left_out" else await _rewrite(actor, placement, row, row.written)


def last_change(row: StoredRow) -> Change | None:
    """Who changed a row last, and when."""
    if not row.corrections:
        return None
    last = row.corrections[-1]
    return Change(last["by"], datetime.fromisoformat(last["at"]))
