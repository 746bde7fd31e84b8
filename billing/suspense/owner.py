"""Who looks after money in suspense: whoever put it there, else nobody until somebody takes it on or is given it."""

from typing import Final
from uuid import UUID

import asyncpg

from billing.suspense.register import load_suspended
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.permissions import AGENCY_ROLES, permits
from portal.tenancy.database import sql

PEOPLE: Final = """
select m.user_id as id, u.name from memberships m join users u on u.id = m.user_id
where m.agency_id = $1 and m.client_id is null and m.role = any($2) and m.ended_at is null and u.disabled_at is null
order by lower(u.name), u.id
"""
ROLES: Final = [role.value for role in AGENCY_ROLES if permits(role, "payments.record")]


async def people_for_suspense(actor: Actor) -> list[asyncpg.Record]:
    """Those who may look after suspended money, ``id`` and ``name``, by name."""
    return await sql(PEOPLE, actor.agency_id, ROLES)


async def look_after(actor: Actor, suspense_id: UUID, user_id: UUID | None) -> None:
    """Say who looks after a piece of suspended money, oneself or another; None: nobody. The same again changes nothing.

    Raises:
        NotFound: there is no such piece, or nobody of the agency who books payments has this id.
        Refused: it is in suspense no more.
    """
    actor.require("payments.record")
    piece = await load_suspended(actor, suspense_id, lock=True)
    if not piece.is_here:
        raise Refused(N_("This money is not in suspense any more."), code="not_here")
    name = next((row["name"] for row in await people_for_suspense(actor) if row["id"] == user_id), "")
    if user_id is not None and not name:
        raise NotFound
    if user_id == piece.owner_id:
        return
    await sql("update suspense set owner_id = $3 where agency_id = $1 and id = $2", actor.agency_id, piece.id, user_id)
    await record(
        actor, "suspense.owned", "suspense", piece.id, client_id=piece.client_id,
        personal={"owner_before": piece.owner_name, "owner": name},
    )  # fmt: skip
