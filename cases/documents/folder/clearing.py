"""Jobs that leave nothing of a batch behind: what is not kept leaves quarantine, what never came is given up."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from cases.documents.folder.batch import FILES, KEPT, State, batch_file
from cases.documents.folder.sending import settle
from portal import clock
from portal.jobs import enqueue, every, job
from portal.jobs.registry import Payload
from portal.people.actor import system
from portal.storage import multipart, store
from portal.tenancy.database import NOBODY, sql, sql_one, transaction

ABANDONED: Final = timedelta(days=1)
"""So long a broken upload can be taken up again; then its parts are thrown away."""

ONE: Final = FILES.replace("f.batch_id = $2", "f.id = $2")


@job("folders.clear")
async def clear(payload: Payload) -> None:
    """Remove what was sent of a file that is not kept: its parts, and every version in quarantine."""
    actor, file_id = system(UUID(payload["agency_id"])), UUID(payload["file_id"])
    async with transaction(actor.scope, read_only=True):
        row = await sql_one(ONE, actor.agency_id, file_id)
    if row is None or row["state"] not in (State.REFUSED, State.DROPPED, State.UNPACKED):
        return
    file = batch_file(row)
    if file.upload_id is not None:
        await multipart.abort(file.key, file.upload_id)
    await store.remove(file.key)


@every("folders.find_abandoned", "50 * * * *")
async def find_abandoned(_: Payload) -> None:
    """When an agency's day begins, what was announced and never came is given up, and what nobody decided on."""
    async with transaction(NOBODY):
        for row in await sql("select agency_id from days_beginning($1)", clock.now()):
            ids = {"agency_id": row["agency_id"]}
            await enqueue("folders.give_up", ids, dedupe=f"folders.give_up {row['agency_id']}")


OLD: Final = FILES.replace(
    "f.batch_id = $2",
    "((f.state = 'awaited' and f.created_at < $2) or (f.state = 'arrived' and f.created_at < $3))",
)


@job("folders.give_up")
async def give_up(payload: Payload) -> None:
    """Refuse what one agency's people announced over a day ago; take out what has waited a month for a decision."""
    actor = system(UUID(payload["agency_id"]))
    now = clock.now()
    async with transaction(actor.scope):
        for row in await sql(OLD, actor.agency_id, now - ABANDONED, now - KEPT):
            file = batch_file(row)
            if file.state is State.AWAITED:
                await settle(actor, file, State.REFUSED, "not_arrived")
            else:
                await settle(actor, file, State.DROPPED)
