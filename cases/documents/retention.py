"""How long evidence is kept: under a lock from its release, longer once its case has closed, and then no more.

The lock is set by jobs after the commit, since storage is called while no row is locked: ``kept_until`` in the row is
what the storage was told, never what it will be told. Each day what a closed case or a long one asks for is made up.
A document goes by one rule alone: its case has been closed for the agency's years, its lock has ended, and no legal
hold is on it. The row stays and says so; the file is removed by a job, which finds nothing to do the second time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cases.documents.evidence import load_document
from cases.documents.pictures import picture_key
from cases.documents.tables import DocumentState
from portal import clock
from portal.audit.record import record
from portal.jobs import enqueue, every, job
from portal.jobs.registry import Payload
from portal.people.actor import system
from portal.storage import locks, store
from portal.tenancy.database import NOBODY, sql, sql_one, sql_value, transaction

AHEAD = timedelta(days=365)
"""While a case is open the end of a lock is never nearer than this."""
AT_ONCE = 2000
"""So many documents of an agency are taken up a day, and the rest on the next."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What decides how long a document is kept."""

    released_at: datetime
    closed_at: datetime | None
    """When its case closed; None while it is open."""
    years: int

    def until(self, now: datetime) -> datetime:
        """How long it is to be locked, as is known ``now``: the years after its release, and after its case closed."""
        if self.closed_at is not None:
            return max(years_after(self.released_at, self.years), years_after(self.closed_at, self.years))
        years = self.years
        while years_after(self.released_at, years) < now + AHEAD:
            years += 1
        return years_after(self.released_at, years)


def years_after(moment: datetime, years: int) -> datetime:
    """The same moment years later; 29 February becomes 1 March where there is none."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, month=3, day=1)


KEEPING = """
select d.released_at, c.closed_at, a.retention_years as years
from documents d
join cases c on c.agency_id = d.agency_id and c.id = d.case_id
join agencies a on a.id = d.agency_id
where d.agency_id = $1 and d.id = $2
"""
KEEP = """
update documents set kept_until = $3
where agency_id = $1 and id = $2 and state = 'released' and (kept_until is null or kept_until < $3) returning id
"""


@job("documents.keep")
async def keep(payload: Payload) -> None:
    """Have the storage keep a released document as long as it must be kept by now; a lock is never shortened."""
    actor, document_id = system(UUID(payload["agency_id"])), UUID(payload["document_id"])
    async with transaction(actor.scope, read_only=True):
        document = await load_document(actor, document_id)
        row = await sql_one(KEEPING, actor.agency_id, document_id)
    if document.state is not DocumentState.RELEASED or document.version_id is None or row is None:
        return
    until = Keeping(**row).until(clock.now())
    if document.kept_until and document.kept_until >= until:
        return
    if until > clock.now():  # a storage takes no lock that has ended already
        await locks.keep(document.object_key, document.version_id, until)
    async with transaction(actor.scope):
        if await sql_value(KEEP, actor.agency_id, document_id, until):
            before, after = {"kept_until": document.kept_until}, {"kept_until": until}
            await record(
                actor, "document.kept", "document", document_id,
                client_id=document.client_id, before=before, after=after,
            )  # fmt: skip


@every("documents.look_after_all", "40 * * * *")
async def look_after_all(_: Payload) -> None:
    """When an agency's day begins, its documents are looked after."""
    async with transaction(NOBODY):
        for row in await sql("select agency_id from days_beginning($1)", clock.now()):
            dedupe = f"documents.look_after {row['agency_id']}"
            await enqueue("documents.look_after", {"agency_id": row["agency_id"]}, dedupe=dedupe)


# Kept no longer than their cases ask for: by a day, since a year does not always end on the day that SQL counts.
TOO_SHORT = """
select d.id from documents d
join cases c on c.agency_id = d.agency_id and c.id = d.case_id
join agencies a on a.id = d.agency_id
where d.agency_id = $1 and d.state = 'released' and (d.kept_until is null or d.kept_until < case
    when c.closed_at is null then $2::timestamptz + interval '365 days'
    else c.closed_at + make_interval(years => a.retention_years) end)
order by d.id limit $3
"""
REMOVE = """
update documents set state = 'removed', removed_at = $2, picture = ''
where agency_id = $1 and id in (
    select d.id from documents d
    join cases c on c.agency_id = d.agency_id and c.id = d.case_id
    join agencies a on a.id = d.agency_id
    where d.agency_id = $1 and d.state = 'released' and d.held_at is null and d.kept_until <= $2
      and c.status = 'closed' and c.closed_at + make_interval(years => a.retention_years) + interval '1 day' <= $2
    order by d.id limit $3)
  and state = 'released' and held_at is null
returning id, client_id, case_id
"""


@job("documents.look_after")
async def look_after(payload: Payload) -> None:
    """One agency: lock what is locked too short, and remove what need not be kept any more."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope):
        for row in await sql(TOO_SHORT, actor.agency_id, clock.now(), AT_ONCE):
            ids = {"agency_id": actor.agency_id, "document_id": row["id"]}
            await enqueue("documents.keep", ids, dedupe=f"documents.keep {row['id']}")
        for row in await sql(REMOVE, actor.agency_id, clock.now(), AT_ONCE):
            ids = {"agency_id": actor.agency_id, "document_id": row["id"]}
            await record(
                actor, "document.removed", "document", row["id"],
                client_id=row["client_id"], facts={"case": row["case_id"]},
            )  # fmt: skip
            await enqueue("documents.erase", ids)


@job("documents.erase")
async def erase(payload: Payload) -> None:
    """Remove the file of a document that was removed, and its picture, in every version."""
    actor, document_id = system(UUID(payload["agency_id"])), UUID(payload["document_id"])
    async with transaction(actor.scope, read_only=True):
        document = await load_document(actor, document_id)
    if document.state is DocumentState.REMOVED:
        await store.remove(document.object_key)
        await store.remove(picture_key(actor.agency_id, document_id))
