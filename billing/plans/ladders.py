"""The versions of who may agree to what, for one client or by default: read, and changed by adding the next one."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from billing.plans.authority import Ladder, as_content, ladder_in, shipped
from cases.clients import load_client
from portal import clock
from portal.audit.record import as_json, record
from portal.editing import Change, ChangedMeanwhile
from portal.identity import new_id
from portal.money import exponent
from portal.people.actor import Actor
from portal.tenancy.database import sql

HISTORY: Final = 50


@dataclass(frozen=True, slots=True)
class LadderVersion:
    """A version of the limits. ``ladder`` is None where a client stopped having its own; ``id`` where they ship."""

    id: UUID | None
    number: int
    ladder: Ladder | None
    changed_by_name: str
    changed_at: datetime | None


OWN_OR_DEFAULT: Final = """
select distinct on (client_id) * from authority_ladders
where agency_id = $1 and (client_id = $2 or client_id is null) order by client_id, version desc
"""


async def ladder_for(actor: Actor, client_id: UUID) -> LadderVersion:
    """The limits that hold for a client: its own, else the agency's, else those that ship. For the agency's people."""
    rows = {row["client_id"]: row for row in await sql(OWN_OR_DEFAULT, actor.agency_id, client_id)}
    for kept in (rows.get(client_id), rows.get(None)):
        if kept is not None and kept["content"] is not None:
            return _version(kept)
    return LadderVersion(None, 0, as_shipped(actor), "", None)


def as_shipped(actor: Actor) -> Ladder:
    """The limits of an agency that has not set its own, in its base currency."""
    return shipped(actor.base_currency, exponent(actor.base_currency))


VERSIONS: Final = """
select * from authority_ladders where agency_id = $1 and client_id is not distinct from $2 order by version desc limit $3
"""


async def versions_of_ladder(actor: Actor, client_id: UUID | None) -> list[LadderVersion]:
    """The versions made for a client, or of the default, newest first."""
    actor.require("authority.read")
    return [_version(row) for row in await sql(VERSIONS, actor.agency_id, client_id, HISTORY)]


async def kept_ladder(actor: Actor, client_id: UUID | None) -> Ladder | None:
    """The limits as they stand for a client or by default; None where there are none of their own.

    Raises:
        NotFound: there is no such client.
    """
    if client_id is not None:
        await load_client(actor, client_id)
    rows = await sql(VERSIONS, actor.agency_id, client_id, 1)
    return _version(rows[0]).ladder if rows else None


ADD: Final = """
insert into authority_ladders (id, agency_id, client_id, version, content, changed_by, changed_by_name, changed_at)
values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8)
"""


async def change_ladder(actor: Actor, client_id: UUID | None, wanted: Ladder | None, seen: Ladder | None) -> None:
    """Add the next version for a client, or of the default; ``seen`` is what stood there when the change began.

    ``wanted`` None: the client has no limits of its own any more. What was offered keeps the version it was judged by.

    Raises:
        NotFound: there is no such client.
        ChangedMeanwhile: others changed the limits by then.
    """
    actor.require("authority.manage")
    if client_id is not None:
        await load_client(actor, client_id)
    lock = f"authority {actor.agency_id} {client_id}"
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", lock)
    rows = await sql(VERSIONS, actor.agency_id, client_id, 1)
    before = _version(rows[0]) if rows else None
    now = before.ladder if before else None
    if now != seen:
        by = Change(before.changed_by_name, before.changed_at) if before and before.changed_at else None
        raise ChangedMeanwhile(now, by)
    if wanted == seen:
        return
    number = before.number + 1 if before else 1
    content = None if wanted is None else as_json(as_content(wanted))
    await sql(ADD, *(new_id(), actor.agency_id, client_id, number, content, actor.user_id, actor.name, clock.now()))
    await record(
        actor,
        "authority.changed",
        "client" if client_id else "agency",
        client_id or actor.agency_id,
        client_id=client_id,
        facts={"version": number},
        before={} if seen is None else as_content(seen),
        after={} if wanted is None else as_content(wanted),
    )


def _version(row: asyncpg.Record) -> LadderVersion:
    content = json.loads(row["content"]) if row["content"] else None
    ladder = None if content is None else ladder_in(content)
    return LadderVersion(row["id"], row["version"], ladder, row["changed_by_name"], row["changed_at"])
