"""Jobs that keep quarantine empty: what was looked at leaves it, and so does what was never finished."""

from datetime import timedelta
from uuid import UUID

from portal import clock
from portal.jobs import enqueue, every, job
from portal.jobs.registry import Payload
from portal.people.actor import system
from portal.storage import store
from portal.tenancy.database import NOBODY, sql, sql_value, transaction

ABANDONED = timedelta(days=1)


@job("documents.clear_quarantine")
async def clear_quarantine(payload: Payload) -> None:
    """Remove every version of an upload from quarantine, once no form for it can be used any more.

    Of one that was refused nothing stays: whoever looked at it may have been killed after the copy, before the row.
    """
    actor, document_id = system(UUID(payload["agency_id"])), UUID(payload["document_id"])
    async with transaction(actor.scope, read_only=True):
        state = await sql_value(
            "select state from documents where agency_id = $1 and id = $2", actor.agency_id, document_id
        )
    if state in ("released", "refused"):
        await store.remove(store.quarantine_key(actor.agency_id, "documents", document_id))
    if state == "refused":
        await store.remove(store.key_of(actor.agency_id, "documents", document_id))


@every("documents.find_abandoned", "35 * * * *")
async def find_abandoned(_: Payload) -> None:
    """When an agency's day begins, what was announced long before and never sent is given up."""
    async with transaction(NOBODY):
        for row in await sql("select agency_id from days_beginning($1)", clock.now()):
            ids = {"agency_id": row["agency_id"]}
            await enqueue("documents.give_up", ids, dedupe=f"documents.give_up {row['agency_id']}")


GIVE_UP = """
update documents set state = 'refused', refusal = 'not_arrived'
where agency_id = $1 and state = 'awaited' and created_at < $2 returning id
"""


@job("documents.give_up")
async def give_up(payload: Payload) -> None:
    """Refuse what one agency's people announced over a day ago and never finished."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope):
        for row in await sql(GIVE_UP, actor.agency_id, clock.now() - ABANDONED):
            ids = {"agency_id": actor.agency_id, "document_id": row["id"]}
            await enqueue("documents.clear_quarantine", ids)
