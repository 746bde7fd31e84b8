"""A file of a batch on its way: how it is sent, what of it is here already, and a first look once it has arrived.

Asked for again after a broken connection, a small file gets a new form, and of a large one only the missing parts are
sent. Storage is called before a row is written: nothing is locked while it takes its time.
"""

from dataclasses import dataclass
from typing import Final

from cases.documents.evidence import CLEAR_AFTER
from cases.documents.folder.batch import BatchFile, State, load_file
from cases.documents.words import REFUSALS
from portal.audit.record import record
from portal.errors import Refused
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.storage import multipart, store
from portal.storage.sniff import HEAD_BYTES, sniff
from portal.tenancy.database import sql_value, without_connection


@dataclass(frozen=True, slots=True)
class InParts:
    """A large file's way: ``there`` are the numbers of the parts that need not be sent again."""

    part_bytes: int
    count: int
    there: tuple[int, ...]


NOT_AWAITED: Final = N_("This file is not waited for any more.")


async def way_for(actor: Actor, file: BatchFile) -> store.UploadForm | InParts:
    """How the browser sends a file: a form for exactly its key, type and size, or in parts.

    Raises:
        Refused: the file has arrived, or is not taken.
    """
    actor.require("documents.submit")
    _awaited(file)
    if file.size_bytes < multipart.IN_PARTS_FROM:
        return store.presigned_upload(file.key, file.content_type, largest=file.size_bytes, smallest=file.size_bytes)
    there = await _parts_there(file)
    if there is None:
        await _begin(actor, file)
    return InParts(multipart.PART_BYTES, multipart.parts_of(file.size_bytes), there or ())


def _awaited(file: BatchFile) -> None:
    if file.state is State.REFUSED:
        raise Refused(REFUSALS.get(file.refusal, N_("The file was refused.")), field="file", code=file.refusal)
    if file.state is not State.AWAITED:
        raise Refused(NOT_AWAITED, field="file", code="not_awaited")


async def _parts_there(file: BatchFile) -> tuple[int, ...] | None:
    """The whole parts that have arrived; None when no upload is under way. A part of another size is sent again."""
    if file.upload_id is None:
        return None
    try:
        parts = await multipart.arrived(file.key, file.upload_id, file.size_bytes)
    except store.NotStored:
        return None
    return tuple(p.part_number for p in parts if p.size == multipart.length_of(p.part_number, file.size_bytes))


async def _begin(actor: Actor, file: BatchFile) -> None:
    """Begin an upload in parts; where two began one at a time, the first stays."""
    begun = await multipart.begin(file.key, file.content_type)
    written = await sql_value(
        "update batch_files set upload_id = $4 where agency_id = $1 and id = $2 and state = 'awaited'"
        " and upload_id is not distinct from $3 returning id",
        *(actor.agency_id, file.id, file.upload_id, begun),
    )
    if written is None:
        await multipart.abort(file.key, begun)


def part_address(actor: Actor, file: BatchFile, number: int) -> str:
    """Where one part of a large file is sent, within a minute.

    Raises:
        Refused: the file has arrived, or has no such part.
    """
    actor.require("documents.submit")
    _awaited(file)
    if file.upload_id is None or not 1 <= number <= multipart.parts_of(file.size_bytes):
        raise Refused(NOT_AWAITED, field="file", code="not_awaited")
    return multipart.part_address(file.key, file.upload_id, number)


async def arrive(actor: Actor, file: BatchFile) -> BatchFile:
    """Look whether a file is here, whole and what its name says; asked again, it is as it was found first.

    Raises:
        Refused: it has not arrived; it can still be sent.
        StoreAway: the storage does not answer; ask again later.
    """
    actor.require("documents.submit")
    if file.state is not State.AWAITED:
        return file
    async with without_connection():
        refusal = await _first_look(file)
    state = State.REFUSED if refusal else State.UNPACKING if file.is_archive else State.ARRIVED
    if not await settle(actor, file, state, refusal):
        return await load_file(actor, file.batch_id, file.id)
    if state is State.UNPACKING:
        await enqueue("folders.unpack", {"agency_id": actor.agency_id, "file_id": file.id})
    return await load_file(actor, file.batch_id, file.id)


async def _first_look(file: BatchFile) -> str:
    """Why what arrived is refused; empty when it may stay."""
    if file.upload_id is not None and (refusal := await _join(file, file.upload_id)):
        return refusal
    try:
        sent = await store.stat(file.key)
    except store.NotStored:
        raise Refused(REFUSALS["not_arrived"], field="file", code="not_arrived") from None
    if sent.size_bytes != file.size_bytes:
        return "size_differs"
    head = await store.read(sent.key, sent.version, length=min(HEAD_BYTES, sent.size_bytes))
    try:
        sniff(file.name, head)
    except Refused as refused:
        return refused.code
    return ""


async def _join(file: BatchFile, upload_id: str) -> str:
    """Make the parts one object, once their total is what was announced."""
    try:
        parts = await multipart.arrived(file.key, upload_id, file.size_bytes)
    except store.NotStored:
        return ""  # joined before, by somebody who was stopped before writing it down
    if len(parts) < multipart.parts_of(file.size_bytes):
        raise Refused(REFUSALS["not_arrived"], field="file", code="not_arrived")
    if sum(part.size or 0 for part in parts) != file.size_bytes:
        await multipart.abort(file.key, upload_id)
        return "size_differs"
    await multipart.finish(file.key, upload_id, parts)
    return ""


async def settle(actor: Actor, file: BatchFile, state: State, refusal: str = "") -> bool:
    """Write down what became of a file; False when it is not as it was any more. What is not kept leaves quarantine."""
    settled = await sql_value(
        "update batch_files set state = $4, refusal = $5 where agency_id = $1 and id = $2 and state = $3 returning id",
        *(actor.agency_id, file.id, file.state, state, refusal),
    )
    if settled is None:
        return False
    if state in (State.REFUSED, State.DROPPED, State.UNPACKED):
        await enqueue("folders.clear", {"agency_id": actor.agency_id, "file_id": file.id}, after=CLEAR_AFTER)
    await record(
        actor,
        f"batch.file_{state}",
        "document_batch",
        file.batch_id,
        client_id=file.client_id,
        facts={"refusal": refusal, "size_bytes": file.size_bytes},
        personal={"file_name": file.path},
    )
    return True


async def drop(actor: Actor, file: BatchFile) -> None:
    """Take a file out of its batch, whether it has come or not; one that is filed stays.

    Raises:
        Refused: it is being filed or is a document already.
    """
    actor.require("documents.submit")
    if file.state is State.DROPPED:
        return
    takes = (State.AWAITED, State.ARRIVED, State.REFUSED)
    if file.state not in takes or not await settle(actor, file, State.DROPPED):
        raise Refused(N_("This file can not be taken out any more."), field="file", code="not_awaited")
