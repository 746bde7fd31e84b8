"""Bearer keys, for the systems of an agency or of a client. Shown once; afterwards only a hash and a hint are left."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.people.agencies import OPERATOR, agency_of_client, client_id_of, find_agency
from portal.people.arrival import new_token, token_hash
from portal.people.memberships import people_of
from portal.tenancy.database import enter, sql, transaction

PREFIX = "dpk_"
"""Every key begins so: whoever finds one in a log or a repository can tell what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as the page lists it."""

    id: UUID
    name: str
    hint: str
    created_by: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


async def keys(actor: Actor, client_id: UUID | None) -> list[ApiKey]:
    """The keys of the agency, or of one client: those that work first, the latest first."""
    rows = await sql(
        """
        select k.id, k.name, k.hint, coalesce(u.name, '') as created_by, k.created_at, k.last_used_at, k.expires_at,
               k.revoked_at
        from api_keys k left join users u on u.id = k.created_by
        where k.agency_id = $1 and k.client_id is not distinct from $2
        order by k.revoked_at is not null, k.id desc limit 200
        """,
        actor.agency_id,
        client_id,
    )
    return [ApiKey(**row) for row in rows]


async def make_key(
    actor: Actor, name: str, client_id: UUID | None, now: datetime, expires_at: datetime | None = None
) -> str:
    """Make a key for the agency's or a client's system and return it, this once.

    Raises:
        NotFound: there is no such client.
        Refused: it would have expired already, or the name is too long.
    """
    actor.require("api_keys.manage")
    if actor.kind == "user":
        client_id, _ = await people_of(actor, client_id)
    if len(name) > 80:
        raise Refused(N_("At most %(limit)s characters."), field="name", code="too_long", limit=80)
    if expires_at is not None and expires_at <= now:
        raise Refused(N_("This day is over already."), field="expires_on", code="expired")
    key, key_id = PREFIX + new_token(), new_id()
    await sql(
        """
        insert into api_keys (id, agency_id, client_id, name, key_hash, hint, created_by, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        key_id, actor.agency_id, client_id, name, token_hash(key), key[-4:], actor.user_id, now, expires_at,
    )  # fmt: skip
    facts = {"name": name, "hint": key[-4:], "expires_at": expires_at}
    await record(actor, "api_key.made", "api_key", key_id, client_id=client_id, facts=facts)
    return key


async def revoke_key(actor: Actor, key_id: UUID, now: datetime) -> tuple[str, UUID | None]:
    """Make a key useless at once; gives its hint and its client.

    Raises:
        NotFound: there is none, or it is somebody else's, or it was revoked before.
    """
    actor.require("api_keys.manage")
    row = await sql(
        "update api_keys set revoked_at = $3 where agency_id = $1 and id = $2 and revoked_at is null"
        " returning hint, client_id",
        actor.agency_id, key_id, now,
    )  # fmt: skip
    if not row:
        raise NotFound
    await record(
        actor, "api_key.revoked", "api_key", key_id, client_id=row[0]["client_id"], facts={"hint": row[0]["hint"]}
    )
    return row[0]["hint"], row[0]["client_id"]


async def add_key(*, client: str | UUID | None = None, agency: str | None = None, name: str = "") -> str:
    """The operator's command: a key for a client (by its id) or an agency (by its slug), shown this once.

    Opens its own transaction.

    Raises:
        NotFound: there is no such client or agency.
    """
    async with transaction(OPERATOR):
        client_id = client_id_of(client) if client is not None else None
        agency_id = await agency_of_client(client_id) if client_id else (await find_agency(agency or "")).id
        actor = system(agency_id)
        await enter(actor.scope)
        return await make_key(actor, name, client_id, clock.now())
