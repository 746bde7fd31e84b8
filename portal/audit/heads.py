"""The head of each chain, put once a day where nobody can change or remove it.

A chain whose last links were cut off still fits together. Its head, kept apart under a lock and in the auditor's
mail, shows that it was longer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal import clock
from portal.audit.record import record
from portal.jobs import enqueue, every, job
from portal.mail.postbox import send_mail
from portal.people.actor import system
from portal.storage import store
from portal.storage.store import NotStored
from portal.tenancy.database import Scope, as_job, sql, sql_one, sql_value, transaction

KEPT = timedelta(days=3653)
"""Heads stay locked for ten years, as books must be kept."""

LAST = "select sequence, hash from audit_seals where agency_id = $1 order by sequence desc limit 1"
TOLD = """
select exists (select from audit_events where agency_id = $1 and action = 'audit.anchored' and facts ->> 'key' = $2)
"""
READERS = """
select u.id, u.email, u.language, u.time_zone from memberships m join users u on u.id = m.user_id
where m.agency_id = $1 and m.client_id is null and m.ended_at is null and u.disabled_at is null
  and m.role = any ($2::text[])
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a chain at some moment: everything up to ``sequence`` is proved by ``hash`` (hexadecimal)."""

    sequence: int
    hash: str
    at: str
    key: str = ""


def heads_prefix(agency_id: UUID) -> str:
    """Where an agency's heads lie."""
    return f"{agency_id}/audit/heads/"


async def last_seal(agency_id: UUID, at: datetime) -> Head | None:
    """The head of the chain now; None before the first seal. Inside the running transaction."""
    row = await sql_one(LAST, agency_id)
    return None if row is None else Head(row["sequence"], row["hash"].hex(), at.isoformat())


async def read_heads(agency_id: UUID) -> list[Head]:
    """Every head that was put away, in every version there is of it. Asks the storage: called outside transactions."""
    return [
        _read(stored.key, await store.read(stored.key, stored.version))
        async for stored in store.versions(heads_prefix(agency_id))
    ]


@every("audit.anchor", "20 0 * * *")
async def anchor_all(_: Mapping[str, str]) -> None:
    """Once a day, put the head of every agency's chain away."""
    async with transaction(Scope(kind="operator")):
        for row in await sql("select id from all_agencies()"):
            await enqueue("audit.anchor_agency", {"agency_id": row["id"]}, dedupe=f"audit.anchor_agency {row['id']}")


@job("audit.anchor_agency")
async def anchor_agency(payload: Mapping[str, str]) -> None:
    """Put the head of one agency's chain away for this day, and mail it to those who read the trail."""
    await anchor(UUID(payload["agency_id"]))


async def anchor(agency_id: UUID) -> Head | None:
    """Put the head of a chain away, once for each day; gives it, or None when there is no seal or it was done before.

    Interrupted, it goes on where it stopped: the object of the day decides which head it is.
    """
    now = clock.now()
    key = f"{heads_prefix(agency_id)}{now:%Y-%m-%d}.json"
    head = await _put_away(agency_id, key, now)
    if head is None:
        return None
    async with transaction(as_job(agency_id)):
        if await sql_value(TOLD, agency_id, key):
            return None
        facts = {"sequence": head.sequence, "hash": head.hash, "key": key}
        await record(system(agency_id), "audit.anchored", "agency", agency_id, facts=facts)
        for reader in await _readers(agency_id):
            await enqueue(
                "audit.mail_head",
                {"agency_id": agency_id, "user_id": reader, "sequence": str(head.sequence)},
            )
    return head


async def _put_away(agency_id: UUID, key: str, now: datetime) -> Head | None:
    """The head that lies under today's key, put there if nothing does yet."""
    try:
        return _read(key, await store.read(key))
    except NotStored:
        pass
    async with transaction(as_job(agency_id), read_only=True):
        head = await last_seal(agency_id, now)
    if head is not None:
        told = json.dumps({"agency": str(agency_id), "sequence": head.sequence, "hash": head.hash, "at": head.at})
        await store.put(key, told.encode(), "application/json", keep_until=now + KEPT)
    return head


def _read(key: str, content: bytes) -> Head:
    told = json.loads(content)
    return Head(int(told["sequence"]), str(told["hash"]), str(told["at"]), key)


async def _readers(agency_id: UUID) -> list[UUID]:
    """The auditors of an agency; its owners where it has none."""
    for role in ("auditor", "owner"):
        if rows := await sql(READERS, agency_id, [role]):
            return [row["id"] for row in rows]
    return []


MAIL = """
select u.email, u.language, u.time_zone, a.name as agency_name, s.hash, s.sealed_at
from users u, agencies a, audit_seals s
where u.id = $2 and a.id = $1 and s.agency_id = $1 and s.sequence = $3
"""


@job("audit.mail_head")
async def mail_head(payload: Mapping[str, str]) -> None:
    """Mail the head of a chain to one reader, who keeps it outside the portal."""
    agency_id, sequence = UUID(payload["agency_id"]), int(payload["sequence"])
    async with transaction(as_job(agency_id), read_only=True):
        row = await sql_one(MAIL, agency_id, UUID(payload["user_id"]), sequence)
    if row is None:
        return
    await send_mail(
        row["email"],
        "portal/mail/audit_head.txt",
        language=row["language"],
        time_zone=row["time_zone"],
        agency_name=row["agency_name"],
        sequence=sequence,
        hash=row["hash"].hex(),
        sealed_at=row["sealed_at"],
    )
