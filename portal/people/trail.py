"""Telling the agencies what happened to the account of somebody who belongs to them.

A user's credentials serve every agency they work for, so that a changed password or a failed sign-in is an event in
each of them. Signing in is told only to the agency that is entered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from portal.audit.record import record
from portal.people.actor import Actor
from portal.people.permissions import Role
from portal.tenancy.database import Scope, as_job, enter, sql


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMembership:
    """One of the agencies or clients for which the transaction's user may act."""

    id: UUID
    role: Role
    agency_id: UUID
    agency_name: str
    base_currency: str
    is_sample: bool
    client_id: UUID | None
    client_name: str


async def own_memberships() -> list[OwnMembership]:
    """For whom the transaction's user may act, over all agencies, by name."""
    return [
        OwnMembership(
            id=row["membership_id"],
            role=Role(row["role"]),
            agency_id=row["agency_id"],
            agency_name=row["agency_name"],
            base_currency=row["base_currency"],
            is_sample=row["is_sample"],
            client_id=row["client_id"],
            client_name=row["client_name"] or "",
        )
        for row in await sql("select * from own_memberships()")
    ]


async def tell_agencies(
    user_id: UUID,
    action: str,
    *,
    kind: str = "user",
    name: str = "",
    facts: Mapping[str, object] | None = None,
    personal: Mapping[str, str] | None = None,
    request_id: UUID | None = None,
) -> None:
    """Write an event about a user's account into the trail of every agency they belong to, once each.

    ``kind`` is ``visitor`` where it is not certain that it was they. Changes the transaction's scope, and leaves it
    as that of the user alone.
    """
    await enter(Scope(user_id=user_id))
    agencies = {one.agency_id: one for one in await own_memberships()}
    for one in agencies.values():
        await enter(as_job(one.agency_id))
        actor = Actor(
            kind=kind,
            agency_id=one.agency_id,
            agency_name=one.agency_name,
            base_currency=one.base_currency,
            user_id=user_id if kind == "user" else None,
            name=name if kind == "user" else "",
            request_id=request_id,
        )
        await record(actor, action, "user", user_id, facts=facts, personal=personal)
    await enter(Scope(user_id=user_id))
