"""A list of debtors beside the file of a placement: added, its columns said, removed. It is kept with the placement alone."""

from collections.abc import Sequence
from uuid import UUID

from cases.intake.columns.list_beside import list_of
from cases.intake.files.column_map import ColumnMap
from cases.intake.files.shape import Shape
from cases.intake.placement import PlacementFile, load_placement
from cases.intake.receive import Arrival
from portal import clock
from portal.audit.record import as_json, record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.storage import store
from portal.tenancy.database import sql, sql_value, without_connection


def _key(agency_id: UUID, placement_id: UUID, list_id: UUID) -> str:
    return store.quarantine_key(agency_id, "placements", placement_id, list_id)


ADD = """
insert into debtor_lists (id, agency_id, client_id, placement_id, file_name, object_key, size_bytes, added_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def add_list(actor: Actor, placement_id: UUID, arriving: Arrival) -> None:
    """Put a list of debtors beside a placement whose columns are being said, in place of an earlier one.

    Raises:
        Refused: the columns are confirmed already.
        StoreAway: the storage does not answer; nothing was written.
    """
    actor.require("placements.submit")
    placement = await _waiting(actor, placement_id, lock=False)
    list_id = new_id()
    key = _key(actor.agency_id, placement.id, list_id)
    async with without_connection():
        await store.put(key, arriving.content, arriving.content_type, size_bytes=arriving.size_bytes)
    await _waiting(actor, placement_id)
    await _drop(placement)
    await sql(
        ADD,
        *(list_id, actor.agency_id, placement.client_id, placement.id),
        *(arriving.file_name, key, arriving.size_bytes, clock.now()),
    )
    await _look_again(placement)
    await record(
        actor,
        "placement.list_added",
        "placement",
        placement.id,
        client_id=placement.client_id,
        facts={"size_bytes": arriving.size_bytes, "sha256": arriving.digest.hex()},
        personal={"file_name": arriving.file_name},
    )


async def say_list_columns(actor: Actor, placement_id: UUID, column_map: ColumnMap) -> None:
    """Take the client's word for what the columns of the list mean, and compare it with the file anew.

    Raises:
        NotFound: there is no list.
        Refused: the number of the debtor is not among them, or nothing else is; or the columns are confirmed already.
    """
    actor.require("placements.submit")
    placement = await _waiting(actor, placement_id)
    if not column_map.debtor.columns:
        raise Refused(N_("Which column of the list is your number of the debtor?"), field="list", code="gap")
    if not column_map.fields:
        raise Refused(N_("Say at least one column of the list besides the number."), field="list", code="gap")
    said = await sql_value(
        "update debtor_lists set column_map = $3::jsonb where agency_id = $1 and placement_id = $2 returning id",
        *(actor.agency_id, placement.id, as_json(column_map.to_facts())),
    )
    if said is None:
        raise NotFound
    await _look_again(placement)
    await record(
        actor,
        "placement.list_columns_said",
        "placement",
        placement.id,
        client_id=placement.client_id,
        facts={"columns": list(dict.fromkeys(column.caption for column in column_map.columns()))},
    )


CHOOSE_SHAPE = """
update debtor_lists set shape = $3::jsonb, column_map = null where agency_id = $1 and placement_id = $2
"""


async def choose_list_shape(actor: Actor, placement_id: UUID, shape: Shape) -> None:
    """Have the list read as the client says; what its columns mean is proposed anew, and compared with the file.

    Raises:
        NotFound: there is no list, or it was not looked at yet.
        Refused: the columns are confirmed already.
    """
    actor.require("placements.submit")
    placement = await _waiting(actor, placement_id)
    listed = await list_of(actor.agency_id, placement.id)
    if listed is None or listed.shape is None:
        raise NotFound
    await sql(CHOOSE_SHAPE, actor.agency_id, placement.id, as_json(shape.to_facts()))
    await _look_again(placement)
    await record(
        actor,
        "placement.list_shape_chosen",
        "placement",
        placement.id,
        client_id=placement.client_id,
        before={"shape": listed.shape.told},
        after={"shape": shape.told},
    )


async def remove_list(actor: Actor, placement_id: UUID) -> None:
    """Take the list away again; where there is none, nothing happens.

    Raises:
        Refused: the columns are confirmed already.
    """
    actor.require("placements.submit")
    placement = await _waiting(actor, placement_id)
    if await _drop(placement):
        await record(actor, "placement.list_removed", "placement", placement.id, client_id=placement.client_id)


async def _waiting(actor: Actor, placement_id: UUID, *, lock: bool = True) -> PlacementFile:
    """The placement, while it waits for its columns; held with ``lock``."""
    placement = await load_placement(actor, placement_id, lock=lock)
    if placement.step != "columns":
        raise Refused(N_("The columns of this placement are confirmed already."), code="not_waiting")
    return placement


async def _look_again(placement: PlacementFile) -> None:
    """Have the file and the list looked at together."""
    await sql(
        "update placements set looked_at = null, mapped_at = null where agency_id = $1 and id = $2",
        *(placement.agency_id, placement.id),
    )
    whose: dict[str, str | UUID] = {"agency_id": placement.agency_id, "placement_id": placement.id}
    await enqueue("placements.check", {**whose, "columns": "columns"})


async def _drop(placement: PlacementFile) -> bool:
    """Forget the list; its file goes with a job. Whether there was one."""
    return await drop_lists(placement.agency_id, [placement.id]) > 0


async def drop_lists(agency_id: UUID, placement_ids: Sequence[UUID]) -> int:
    """Forget the lists of placements, whose files go with jobs; gives how many there were."""
    gone = await sql(
        "delete from debtor_lists where agency_id = $1 and placement_id = any($2) returning id, placement_id",
        *(agency_id, list(placement_ids)),
    )
    for row in gone:
        whose: dict[str, str | UUID] = {
            "agency_id": agency_id,
            "placement_id": row["placement_id"],
            "list_id": row["id"],
        }
        await enqueue("placements.erase_list", whose)
    return len(gone)


@job("placements.erase_list")
async def erase_list(payload: Payload) -> None:
    """Remove the file of a list that nobody needs any more."""
    await store.remove(_key(*(UUID(payload[name]) for name in ("agency_id", "placement_id", "list_id"))))
