"""The versions of what an agency accepts, from one client or by default: read, and changed by adding the next one.

A version is never edited, so that what a case was judged by can always be read. What is changed holds for what is
placed from then on.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from cases.acceptance.rules import Rules, as_content, rules_in
from cases.acceptance.wording import described
from cases.clients import load_client
from portal import clock
from portal.audit.record import as_json, record
from portal.editing import Change, ChangedMeanwhile
from portal.identity import new_id
from portal.pages.text import Text
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

CHANGED: Final = "acceptance.changed"
HISTORY: Final = 50
"""So many versions are listed."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the rules. ``rules`` is None where a client stopped having any of its own."""

    id: UUID
    number: int
    client_id: UUID | None
    rules: Rules | None
    changed_by_name: str
    changed_at: datetime


IN_FORCE: Final = "select * from acceptance_rules_of($1)"


async def in_force(client_id: UUID) -> Version | None:
    """The version that holds for a client of the transaction's agency: its own, else the default; None: neither."""
    row = await sql_one(IN_FORCE, client_id)
    return _version(row) if row else None


VERSIONS: Final = """
select * from acceptance_rules where agency_id = $1 and client_id is not distinct from $2
order by version desc limit $3
"""


async def versions(actor: Actor, client_id: UUID | None) -> list[Version]:
    """The versions made for a client, or of the default, newest first."""
    actor.require("acceptance.read")
    return [_version(row) for row in await sql(VERSIONS, actor.agency_id, client_id, HISTORY)]


async def kept(actor: Actor, client_id: UUID | None) -> Rules | None:
    """The rules as they stand for a client or by default, whether or not they ask for anything; None: none are kept.

    Raises:
        NotFound: there is no such client.
    """
    if client_id is not None:
        await load_client(actor, client_id)
    latest = await sql(VERSIONS, actor.agency_id, client_id, 1)
    return _version(latest[0]).rules if latest else None


async def change(actor: Actor, client_id: UUID | None, wanted: Rules | None, seen: Rules | None) -> None:
    """Add the next version for a client, or of the default; ``seen`` is what stood there when the change began.

    ``wanted`` None: the client has no rules of its own any more, or the agency no default.

    Raises:
        NotFound: there is no such client.
        ChangedMeanwhile: others changed the rules by then.
    """
    actor.require("acceptance.manage")
    if client_id is not None:
        await load_client(actor, client_id)
    lock = f"acceptance {actor.agency_id} {client_id}"
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", lock)
    latest = await sql(VERSIONS, actor.agency_id, client_id, 1)
    before = _version(latest[0]) if latest else None
    if (before.rules if before else None) != seen:
        change_ = Change(before.changed_by_name, before.changed_at) if before else None
        raise ChangedMeanwhile(before.rules if before else None, change_)
    if wanted == seen:
        return
    await _add(actor, client_id, wanted, seen, before.number + 1 if before else 1)


ADD: Final = """
insert into acceptance_rules (id, agency_id, client_id, version, content, changed_by, changed_by_name, changed_at)
values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8)
"""


async def _add(actor: Actor, client_id: UUID | None, wanted: Rules | None, seen: Rules | None, number: int) -> None:
    content = None if wanted is None else as_json(as_content(wanted))
    await sql(
        ADD,
        *(new_id(), actor.agency_id, client_id, number, content, actor.user_id, actor.name, clock.now()),
    )
    await record(
        actor,
        CHANGED,
        "client" if client_id else "agency",
        client_id or actor.agency_id,
        client_id=client_id,
        facts={"version": number},
        before={} if seen is None else as_content(seen),
        after={} if wanted is None else as_content(wanted),
    )


def _version(row: asyncpg.Record) -> Version:
    content = json.loads(row["content"]) if row["content"] else None
    return Version(
        row["id"],
        row["version"],
        row["client_id"],
        None if content is None else rules_in(content),
        row["changed_by_name"],
        row["changed_at"],
    )


async def accepted_from(actor: Actor) -> list[Text]:
    """What the agency accepts from the actor's own client, in sentences; none where it accepts everything."""
    version = await in_force(actor.client_id) if actor.client_id else None
    return described(version.rules) if version and version.rules else []
