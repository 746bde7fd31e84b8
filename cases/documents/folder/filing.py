"""The job that makes documents of a batch's files, in the name of whoever had it filed.

A file becomes the document of its own id: done twice, or taken up again after a kill, it is one document.
"""

from typing import Final
from uuid import UUID

from cases.documents.evidence import announce, complete
from cases.documents.folder.batch import (
    FILES,
    ONE_BATCH,
    Batch,
    BatchFile,
    State,
    batch_file,
)
from cases.documents.folder.sending import settle
from portal.errors import NotFound, Refused
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.people.behalf import in_the_name_of
from portal.tenancy.database import sql, sql_one, transaction


@job("folders.file")
async def file_documents(payload: Payload) -> None:
    """File what was asked for, one document after the other; each is seen on the page as soon as it is done."""
    machine, batch_id = system(UUID(payload["agency_id"])), UUID(payload["batch_id"])
    async with transaction(machine.scope, read_only=True):
        row = await sql_one(ONE_BATCH, machine.agency_id, batch_id)
    if row is None:
        return
    batch = Batch(**dict(row))
    actor = in_the_name_of(batch.agency_id, batch.filed_as, batch.filed_by, batch.filed_by_name, batch.client_id)
    while (file := await _next(actor, batch_id)) is not None:
        await _file(actor, file)


NEXT: Final = FILES + " and f.state = 'filing' order by f.id limit 1"


async def _next(actor: Actor, batch_id: UUID) -> BatchFile | None:
    async with transaction(actor.scope, read_only=True):
        row = await sql_one(NEXT, actor.agency_id, batch_id)
    return batch_file(row) if row else None


async def _file(actor: Actor, file: BatchFile) -> None:
    """One file: announced, then looked at, in transactions of their own, as when a person sends it."""
    try:
        if file.document_state is None:
            assert file.case_id is not None
            async with transaction(actor.scope):
                await announce(actor, file.case_id, file.name, file.size_bytes, file.kind, document_id=file.id)
        async with transaction(actor.scope):
            await complete(actor, file.id)
            await settle(actor, file, State.FILED)
    except (Refused, NotFound) as refused:
        code = refused.code if isinstance(refused, Refused) else "no_case"
        async with transaction(actor.scope):
            # A file whose case was closed meanwhile waits for a person again.
            waits = code in ("case_closed", "no_case")
            if await settle(actor, file, State.ARRIVED if waits else State.REFUSED, code) and waits:
                await sql(WITHOUT_CASE, actor.agency_id, file.id)


WITHOUT_CASE: Final = "update batch_files set case_id = null, match = '{}' where agency_id = $1 and id = $2"
