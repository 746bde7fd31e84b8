"""What was begun and never handed over goes after the agency's days: placements with their rows and files, drafts of
cases, batches of documents. What was handed over stays, and of a placement the row that says what became of it.

The rows are changed first and a job after the commit removes what lies in storage, which finds nothing the second time.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from cases.intake.columns.debtor_list import drop_lists
from cases.intake.placement import PlacementFile
from portal import clock
from portal.audit.record import record
from portal.identity import made_at
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.storage import store
from portal.tenancy.database import sql, sql_one, sql_value, transaction

AT_ONCE: Final = 500
"""So many placements, drafts or batches in one transaction."""
SURELY_NAMED: Final = timedelta(days=2)
"""Whatever lies in quarantine has its row by then, or nobody will ever look for it."""
WAITING: Final = ("columns", "checked", "rejected")
"""The steps at which a placement waits for its client."""

KEPT: Final = "select unfinished_days, time_zone from agencies where id = $1"


async def removed_on(actor: Actor, since: datetime | None) -> date | None:
    """The day on which something goes that nobody has touched ``since``, unless somebody goes on with it."""
    if since is None:
        return None
    row = await sql_one(KEPT, actor.agency_id)
    assert row is not None
    return (since + timedelta(days=row["unfinished_days"])).astimezone(ZoneInfo(row["time_zone"])).date()


async def placement_removed_on(actor: Actor, placement: PlacementFile) -> date | None:
    """The day on which a placement goes that its client leaves as it is; None where it does not wait for one."""
    if placement.step not in WAITING or placement.cleared_at is not None:
        return None
    steps = (placement.received_at, placement.looked_at, placement.mapped_at, placement.checked_at)
    return await removed_on(actor, max(at for at in steps if at is not None))


@job("placements.clear_unfinished")
async def clear_unfinished(payload: Payload) -> None:
    """Remove what one agency's clients began and did not go on with, and what lies in quarantine without a row."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        days = await sql_value("select unfinished_days from agencies where id = $1", actor.agency_id)
    before = clock.now() - timedelta(days=days)
    for clear in (_placements, _drafts, _batches):
        while True:
            async with transaction(actor.scope):
                if await clear(actor, before) < AT_ONCE:
                    break
    await _sweep(actor)


# One that waits for the job which makes its cases is not looked at; one that was turned down then is.
PLACEMENTS: Final = """
update placements p
set status = case when p.status in ('received', 'checking') then 'cancelled' else p.status end, cleared_at = $3,
    object_key = null, proposal = null, summary = '{}'
from (select id, status from placements
      where agency_id = $1 and acknowledged_at is null and cleared_at is null and received_at < $2
        and greatest(looked_at, mapped_at, checked_at, received_at) < $2
        and (handed_over_at is null or status = 'rejected')
      order by received_at limit $4 for no key update skip locked) as old
where p.agency_id = $1 and p.id = old.id
returning p.id, p.client_id, old.status as before, p.status as after
"""


async def _placements(actor: Actor, before: datetime) -> int:
    gone = await sql(PLACEMENTS, actor.agency_id, before, clock.now(), AT_ONCE)
    ids = [row["id"] for row in gone]
    await sql("delete from placement_rows where agency_id = $1 and placement_id = any($2)", actor.agency_id, ids)
    for row in gone:
        await record(
            actor, "placement.cleared", "placement", row["id"], client_id=row["client_id"],
            before={"status": row["before"]}, after={"status": row["after"]},
        )  # fmt: skip
        await enqueue("placements.erase", {"agency_id": actor.agency_id, "placement_id": row["id"]})
    await drop_lists(actor.agency_id, ids)
    return len(gone)


@job("placements.erase")
async def erase(payload: Payload) -> None:
    """Remove the file of a placement that was cleared away, in every version."""
    actor, placement_id = system(UUID(payload["agency_id"])), UUID(payload["placement_id"])
    async with transaction(actor.scope, read_only=True):
        cleared = await sql_value(
            "select cleared_at from placements where agency_id = $1 and id = $2", actor.agency_id, placement_id
        )
    if cleared is not None:
        await store.remove(store.quarantine_key(actor.agency_id, "placements", placement_id))


DRAFTS: Final = """
delete from case_drafts where agency_id = $1 and id in (
    select id from case_drafts where agency_id = $1 and updated_at < $2 order by updated_at limit $3)
returning id, client_id
"""


async def _drafts(actor: Actor, before: datetime) -> int:
    gone = await sql(DRAFTS, actor.agency_id, before, AT_ONCE)
    for row in gone:
        await record(actor, "case_draft.cleared", "case_draft", row["id"], client_id=row["client_id"])
    return len(gone)


# Whatever of them waited was given up long before (`cases.documents.folder.clearing`), and nothing of it lies in storage.
BATCHES: Final = """
select id, client_id from document_batches b
where b.agency_id = $1 and b.created_at < $2 and not exists (
    select from batch_files f where f.agency_id = $1 and f.batch_id = b.id
      and (f.state not in ('refused', 'dropped', 'unpacked') or f.created_at >= $2))
order by id limit $3
"""


async def _batches(actor: Actor, before: datetime) -> int:
    gone = await sql(BATCHES, actor.agency_id, before, AT_ONCE)
    ids = [row["id"] for row in gone]
    await sql("delete from batch_files where agency_id = $1 and batch_id = any($2)", actor.agency_id, ids)
    await sql("delete from document_batches where agency_id = $1 and id = any($2)", actor.agency_id, ids)
    for row in gone:
        await record(actor, "batch.cleared", "document_batch", row["id"], client_id=row["client_id"])
    return len(gone)


NAMED: Final = """
select id from documents where agency_id = $1 and id = any($2) and state in ('awaited', 'arrived')
union all
select id from batch_files where agency_id = $1 and id = any($2) and state in ('awaited', 'arrived', 'unpacking', 'filing')
union all
select id from placements where agency_id = $1 and id = any($2) and object_key is not null
union all
select id from debtor_lists where agency_id = $1 and id = any($2)
"""


async def _sweep(actor: Actor) -> None:
    """Remove what was stored by requests that broke off before their row was kept, or after it was given up."""
    old = datetime.now(UTC) - SURELY_NAMED  # an id tells the real time at which it was made
    lying: dict[UUID, str] = {}
    async for key in store.listing(f"{store.quarantine_key(actor.agency_id)}/"):
        object_id = UUID(key.rsplit("/", 1)[1])
        if made_at(object_id) < old:
            lying[object_id] = key
        if len(lying) == AT_ONCE:
            await _remove_unnamed(actor, lying)
            lying = {}
    await _remove_unnamed(actor, lying)


async def _remove_unnamed(actor: Actor, lying: Mapping[UUID, str]) -> None:
    async with transaction(actor.scope, read_only=True):
        named = {row["id"] for row in await sql(NAMED, actor.agency_id, list(lying))}
    for object_id, key in lying.items():
        if object_id not in named:
            await store.remove(key)
