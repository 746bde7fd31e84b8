"""`portal verify`: everything that was promised to hold is proved again from what is stored.

Each agency is looked at as a job of its own. The cases and their documents are read by plain SQL, since the shell knows
nothing of the packages above it; they bring proofs of their own (`portal.check.proof`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import asyncpg

from portal import clock
from portal.audit.heads import heads_prefix, read_heads
from portal.audit.prove import prove as prove_trail
from portal.check import PROOFS, Check, Proof
from portal.errors import NotFound
from portal.ledger.prove import prove as prove_ledger
from portal.settings import Settings
from portal.storage import locks, store
from portal.storage.store import NotStored, StoreAway
from portal.tenancy.database import DB, Scope, as_job, sql, transaction

SOON = timedelta(days=1)
"""Within it a job has locked what was released, and has removed what was to go."""
AT_ONCE = 4
"""Documents that are hashed at the same time."""
LISTED = 20
"""So many faults of one kind are listed, the rest is counted."""

SAMPLE = """
select d.id, d.object_key, d.version_id, d.sha256, d.size_bytes, d.kept_until, d.held_at,
       coalesce(d.released_at, d.created_at) as released_at,
       (select e.facts ->> 'sha256' from audit_events e
        where e.agency_id = d.agency_id and e.subject_kind = 'document' and e.subject_id = d.id
          and e.action = 'document.released' limit 1) as told
from documents d where d.agency_id = $1 and d.state = 'released' order by random() limit $2
"""

# The trail is sealed: it still knows a document whose row was taken away. One whose time was over was told to go.
TAKEN_AWAY = """
select e.subject_id from audit_events e
where e.agency_id = $1 and e.action = 'document.released' and not exists (
    select from documents d where d.agency_id = e.agency_id and d.id = e.subject_id and (d.state = 'released'
        or d.state = 'removed' and exists (
            select from audit_events r
            where r.agency_id = e.agency_id and r.subject_kind = 'document' and r.subject_id = e.subject_id
              and r.action = 'document.removed')))
order by e.subject_id
"""

IDLE = """
select number from cases
where agency_id = $1 and status <> 'closed'
  and (next_action is null or next_action_at is null
       or (next_action_user_id is null and next_action_queue_id is null))
order by number
"""

# A case that waits to be accepted and lacks nothing would wait for ever.
FORGOTTEN = """
select number from cases c
where c.agency_id = $1 and c.status = 'needs_info' and c.next_action_reason = 'acceptance' and not exists (
    select from case_requirements q where q.agency_id = c.agency_id and q.case_id = c.id and q.met_at is null)
order by number
"""

# A document that is being looked at may have its copy already; one that is never finished is given up and cleared.
# Whoever draws a picture stores it before the row says so.
ON_THEIR_WAY = """
select agency_id || '/documents/' || id as object_key from documents
where agency_id = $1 and state in ('awaited', 'arrived')
union all
select agency_id || '/pictures/' || id from documents where agency_id = $1 and state = 'released'
"""

# Whatever names an object does so in a column of this name.
NAMING = """
select table_name from information_schema.columns
where table_schema = 'public' and column_name = 'object_key' order by table_name
"""

NAMED = 'select object_key, true as needed from "{}" where agency_id = $1 and object_key is not null'
# What was refused was never kept, and what was removed is soon gone.
DOCUMENTS = """
select object_key, state = 'released' as needed from documents
where agency_id = $1 and (removed_at is null or removed_at > $2)
"""

Progress = Callable[[str, int, int], None]
"""Called with what is looked at, how much of it is done, and how much there is."""


@dataclass
class _Found:
    """What one kind of check has looked at so far, over all agencies."""

    looked_at: str
    faults: list[str] = field(default_factory=list)
    counted: int = 0

    def check(self, name: str) -> Check:
        if not self.faults:
            return Check(name, True, self.looked_at.format(self.counted))
        listed = "; ".join(self.faults[:LISTED])
        more = len(self.faults) - LISTED
        return Check(name, False, listed + (f"; and {more} more" if more > 0 else ""))


async def run(
    settings: Settings,
    *,
    agency: str | None = None,
    sample_documents: int | None = 100,
    progress: Progress | None = None,
) -> list[Check]:
    """Prove everything, or what is of one agency by its slug; ``sample_documents`` chosen by chance, all with None.

    Raises:
        NotFound: there is no such agency.
    """
    say = progress or (lambda what, done, of: None)
    async with _opened(settings):
        async with transaction(Scope(kind="operator"), read_only=True):
            known = {row["id"]: row["slug"] for row in await sql("select id, slug from all_agencies()")}
        agencies = {id: slug for id, slug in known.items() if agency in (None, slug)}
        if agency is not None and not agencies:
            raise NotFound
        checks = await _ledger(agencies, say)
        checks.append(await _trail(agencies, say))
        checks.append(await _next_actions(agencies))
        checks.append(await _not_accepted(agencies))
        checks += [await _proved(proof, agencies) for proof in PROOFS]
        checks.append(await _documents(agencies, sample_documents, say))
        checks.append(await _orphans(agencies, say))
    return checks


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[None]:
    """The database and the storage, opened here unless they are open already."""
    store.configure(settings)
    opened_here = not DB.pool
    if opened_here:
        await DB.open(settings.database_url, pool_size=4)
    try:
        yield
    finally:
        if opened_here:
            await DB.close()


Agencies = Mapping[UUID, str]


async def _ledger(agencies: Agencies, say: Progress) -> list[Check]:
    """The invariants of the ledger."""
    found: dict[str, _Found] = {}
    for done, (agency_id, slug) in enumerate(agencies.items()):
        say("ledger", done, len(agencies))
        async with transaction(as_job(agency_id), read_only=True):
            proved = await prove_ledger(agency_id)
        for one in proved:
            kind = found.setdefault(one.name, _Found("{} agencies"))
            kind.counted += 1
            details = [one.detail] if isinstance(one.detail, str) else one.detail
            kind.faults += [] if one.ok else [f"{slug}: {detail}" for detail in details]
    return [kind.check(f"ledger: {name}") for name, kind in found.items()]


async def _trail(agencies: Agencies, say: Progress) -> Check:
    """The chain of seals of each agency, and the heads that were put away."""
    found = _Found("{} events and journals under seals")
    for done, (agency_id, slug) in enumerate(agencies.items()):
        say("audit chain", done, len(agencies))
        try:
            heads = await read_heads(agency_id)
        except StoreAway as error:
            found.faults.append(f"{slug}: the heads put away could not be read ({error})")
            heads = []
        async with transaction(as_job(agency_id), read_only=True):
            proof = await prove_trail(agency_id, heads)
        found.counted += proof.covered
        found.faults += [f"{slug}: {flaw.text}" for flaw in proof.flaws]
    return found.check("audit chain")


async def _next_actions(agencies: Agencies) -> Check:
    """No open case without a next action."""
    found = _Found("{} agencies")
    for agency_id, slug in agencies.items():
        async with transaction(as_job(agency_id), read_only=True):
            idle = await sql(IDLE, agency_id)
        found.counted += 1
        found.faults += [f"{slug}: case {row['number']} has none" for row in idle]
    return found.check("every open case has a next action")


async def _not_accepted(agencies: Agencies) -> Check:
    """No case waits to be accepted that lacks nothing any more."""
    found = _Found("{} agencies")
    for agency_id, slug in agencies.items():
        async with transaction(as_job(agency_id), read_only=True):
            forgotten = await sql(FORGOTTEN, agency_id)
        found.counted += 1
        found.faults += [f"{slug}: case {row['number']} lacks nothing" for row in forgotten]
    return found.check("every case that is not accepted lacks something")


async def _proved(proof: Proof, agencies: Agencies) -> Check:
    """What a package above the shell brought to be proved."""
    found = _Found(proof.looked_at)
    for agency_id, slug in agencies.items():
        async with transaction(as_job(agency_id), read_only=True):
            looked_at, faults = await proof.prove(agency_id)
        found.counted += looked_at
        found.faults += [f"{slug}: {fault}" for fault in faults]
    return found.check(proof.name)


async def _documents(agencies: Agencies, sample: int | None, say: Progress) -> Check:
    """Documents against the digests that were taken when they were released."""
    found = _Found("{} documents hashed")
    each = None if sample is None else -(-sample // max(len(agencies), 1))
    for agency_id, slug in agencies.items():
        async with transaction(as_job(agency_id), read_only=True):
            rows = await sql(SAMPLE, agency_id, each)
            gone = await sql(TAKEN_AWAY, agency_id)
        found.faults += [f"{slug}: document {row['subject_id']} was released and is kept no more" for row in gone]
        for begin in range(0, len(rows), AT_ONCE):
            say(f"documents of {slug}", begin, len(rows))
            faults = await asyncio.gather(*(_document(row) for row in rows[begin : begin + AT_ONCE]))
            found.faults += [f"{slug}: {fault}" for fault in faults if fault]
        found.counted += len(rows)
    return found.check("documents")


async def _document(row: asyncpg.Record) -> str | None:
    """What is wrong with one document: its bytes, and its row beside what the trail tells of its release."""
    if row["told"] not in (None, row["sha256"].hex()):
        return f"document {row['id']} has another digest than was written down when it was released"
    try:
        stored = await store.stat(row["object_key"], row["version_id"])
        digest = await store.sha256(row["object_key"], stored.version)
        lock = await locks.lock_of(row["object_key"], stored.version)
    except NotStored:
        return f"document {row['id']} is not in the storage"
    except (StoreAway, ValueError) as error:
        return f"document {row['id']} could not be read ({error})"
    if digest != row["sha256"]:
        return f"document {row['id']} is not what it was when it was released"
    if stored.size_bytes != row["size_bytes"]:
        return f"document {row['id']} has another size"
    return _lock(row, lock)


def _lock(row: asyncpg.Record, lock: locks.Lock) -> str | None:
    """Whether the storage keeps a document as its row says."""
    if row["kept_until"] is None:
        late = row["released_at"] < clock.now() - SOON
        return f"document {row['id']} was released over a day ago and is not locked" if late else None
    if row["kept_until"] > clock.now() and not lock.lasts(row["kept_until"]):
        return f"document {row['id']} is not locked as long as was written down"
    if row["held_at"] and row["held_at"] < clock.now() - SOON and not lock.held:
        return f"document {row['id']} is on legal hold, and the storage does not know it"
    return None


async def _orphans(agencies: Agencies, say: Progress) -> Check:
    """Objects that no row names, and rows whose object is not there. What is in quarantine is on its way."""
    found = _Found("{} objects, each with its row")
    for done, (agency_id, slug) in enumerate(agencies.items()):
        say("orphans", done, len(agencies))
        kept = heads_prefix(agency_id)
        try:
            objects = {key async for key in store.listing(f"{agency_id}/") if not store.in_quarantine(key)}
        except StoreAway as error:
            found.faults.append(f"{slug}: the storage could not be listed ({error})")
            continue
        # Asked after the listing: what is stored in between has its row, and what is released has its object.
        rows = await _named_objects(agency_id)
        found.counted += len(objects)
        stray = sorted(key for key in objects if key not in rows and not key.startswith(kept))
        found.faults += [f"{slug}: {key} is named by no row" for key in stray]
        for key in sorted(key for key, needed in rows.items() if needed and key not in objects):
            if not await _exists(key):
                found.faults.append(f"{slug}: {key} is named by a row and not in the storage")
    return found.check("orphans")


async def _exists(key: str) -> bool:
    try:
        await store.stat(key)
    except (NotStored, ValueError):
        return False
    return True


async def _named_objects(agency_id: UUID) -> dict[str, bool]:
    """The objects that rows name, and whether each must be there: an upload that is awaited or was refused need not."""
    named: dict[str, bool] = {}
    async with transaction(as_job(agency_id), read_only=True):
        named |= {row["object_key"]: False for row in await sql(ON_THEIR_WAY, agency_id)}
        tables: Sequence[str] = [row["table_name"] for row in await sql(NAMING)]
        for table in tables:
            documents = table == "documents"
            rows = await (
                sql(DOCUMENTS, agency_id, clock.now() - SOON) if documents else sql(NAMED.format(table), agency_id)
            )
            for row in rows:
                if not store.in_quarantine(row["object_key"]):
                    named[row["object_key"]] = named.get(row["object_key"], False) or row["needed"]
    return named
