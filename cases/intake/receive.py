"""A placement arrives: through the web page or from a client's system, it is stored, written down and queued.

Storage is called while no row is locked: first the file goes to the agency's quarantine, then the row is written in
the request's transaction, which a job follows.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from cases.intake.as_given import LIMITS
from cases.intake.columns.list_beside import list_of, with_debtors
from cases.intake.columns.memory import own_form
from cases.intake.issue import FILE_MESSAGES, FileFault
from cases.intake.placement import COLUMNS, PlacementFile, load_placement, placement_file
from cases.intake.reading import content_of, context_of
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.storage import store
from portal.tenancy.database import sql_one, sql_value, without_connection

CHUNK = 1024 * 1024
NOT_STORED = N_("The file could not be stored. Nothing was kept; please try again in a minute.")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What somebody hands in: a file of ``size_bytes`` in one of the forms (csv, json), by a door (web, api).

    ``reference`` is the client's own name for the placement; empty when it gave none.
    """

    content: BinaryIO
    form: str
    door: str
    file_name: str
    size_bytes: int
    digest: bytes
    reference: str = ""

    @property
    def content_type(self) -> str:
        """The type it is stored under. Whether a client's table is text or a spreadsheet, only its content tells."""
        return "application/octet-stream" if self.form == "csv" else "application/json"


@dataclass(frozen=True, slots=True)
class Received:
    """The placement that answers an arrival: a new one, or the first with the same reference and content."""

    placement: PlacementFile
    is_new: bool


class ReferenceTaken(Refused):
    """The client has another placement, with other content, under this reference (409)."""

    status = 409

    def __init__(self, reference: str, placement_id: UUID) -> None:
        super().__init__(
            N_("“%(reference)s” is the reference of another placement, with other content. Choose another reference."),
            field="reference",
            code="reference_taken",
            reference=reference,
        )
        self.placement_id = placement_id


async def arrival(
    content: BinaryIO, form: str, door: str, file_name: str, reference: str = "", *, field: str = "file"
) -> Arrival:
    """Measure what came in a ``field`` of a form.

    Raises:
        Refused: there is nothing in it, or more than a placement may hold.
    """
    size, digest = await asyncio.to_thread(_measure, content)
    if not size:
        raise Refused(FILE_MESSAGES[FileFault.EMPTY_FILE], field=field, code=FileFault.EMPTY_FILE)
    if size > LIMITS.size_bytes:
        limit = LIMITS.size_bytes // (1024 * 1024)
        raise Refused(FILE_MESSAGES[FileFault.TOO_LARGE], field=field, code=FileFault.TOO_LARGE, limit_mb=limit)
    return Arrival(content, form, door, file_name, size, digest, reference)


def _measure(content: BinaryIO) -> tuple[int, bytes]:
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while piece := content.read(CHUNK):
        size += len(piece)
        digest.update(piece)
    content.seek(0)
    return size, digest.digest()


async def receive(actor: Actor, arriving: Arrival) -> Received:
    """Store what came, write it down as a placement of the actor's client, and have it checked.

    Raises:
        ReferenceTaken: the client has another placement under this reference.
        StoreAway: the storage does not answer; nothing was written.
    """
    actor.require("placements.submit")
    if arriving.reference and (known := await _known(actor, arriving)):
        return Received(known, is_new=False)
    placement_id = new_id()
    key = store.quarantine_key(actor.agency_id, "placements", placement_id)
    async with without_connection():
        await store.put(key, arriving.content, arriving.content_type, size_bytes=arriving.size_bytes)
    if not await _write(actor, arriving, placement_id, key):
        arriving.content.seek(0)
        return Received(await _first(actor, arriving), is_new=False)
    await enqueue("placements.check", {"agency_id": actor.agency_id, "placement_id": placement_id})
    await record(
        actor,
        "placement.received",
        "placement",
        placement_id,
        client_id=actor.client_id,
        facts={
            "door": arriving.door,
            "reference": arriving.reference,
            "size_bytes": arriving.size_bytes,
            "sha256": arriving.digest.hex(),
        },
        personal={"file_name": arriving.file_name},
    )
    return Received(await load_placement(actor, placement_id), is_new=True)


WRITE = """
insert into placements (id, agency_id, client_id, reference, status, door, form, file_name, object_key, size_bytes,
                        file_digest, submitted_by, submitted_by_name, received_at)
values ($1, $2, $3, nullif($4, ''), 'received', $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (agency_id, client_id, reference) where status not in ('cancelled', 'rolled_back', 'rejected') do nothing
returning id
"""


async def _write(actor: Actor, arriving: Arrival, placement_id: UUID, key: str) -> bool:
    """Write the row; False when somebody was quicker with the same reference."""
    written = await sql_value(
        WRITE,
        *(placement_id, actor.agency_id, actor.client_id, arriving.reference, arriving.door, arriving.form),
        *(arriving.file_name, key, arriving.size_bytes, arriving.digest, actor.user_id, actor.name, clock.now()),
    )
    return written is not None


async def _first(actor: Actor, arriving: Arrival) -> PlacementFile:
    """The placement that was there first. Raises `ReferenceTaken`, also when it has gone again meanwhile."""
    known = await _known(actor, arriving)
    if known is None:
        raise ReferenceTaken(arriving.reference, UUID(int=0))
    return known


KNOWN = f"""
select {COLUMNS} from placements
where agency_id = $1 and client_id = $2 and reference = $3 and status not in ('cancelled', 'rolled_back', 'rejected')
"""  # noqa: S608 - own column names


async def _known(actor: Actor, arriving: Arrival) -> PlacementFile | None:
    """The client's placement of this reference, if it has the same content. Raises `ReferenceTaken` if it has other."""
    row = await sql_one(KNOWN, actor.agency_id, actor.client_id, arriving.reference)
    if row is None:
        return None
    known = placement_file(row)
    if known.file_digest == arriving.digest:
        return known
    if known.content_digest is not None:
        context = await context_of(actor.agency_id, known.client_id)
        listed = await list_of(actor.agency_id, known.id)
        async with with_debtors(own_form(known), listed) as own:
            content = await asyncio.to_thread(content_of, arriving.content, arriving.form, context, own)
        arriving.content.seek(0)
        if content == known.content_digest:
            return known
    raise ReferenceTaken(arriving.reference, known.id)
