"""What the portal itself does by rule, in the course of what a person or a system asked for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

from portal.people.actor import Actor, system
from portal.people.permissions import CLIENT_ROLES, Role
from portal.tenancy.database import as_job, enter, savepoint


def on_behalf(actor: Actor) -> Actor:
    """The portal itself, in the course of what the actor asked for."""
    return replace(
        system(actor.agency_id, actor.agency_name, actor.base_currency, actor.time_zone), request_id=actor.request_id
    )


def in_the_name_of(agency_id: UUID, role: str, user_id: UUID | None, name: str, client_id: UUID) -> Actor:
    """Whoever asked for what a job does, as far as their right to do so reached then: that they asked was allowed.

    ``client_id`` is the client it is about, theirs where the role is a client's.
    """
    held = Role(role)
    of_client = held in CLIENT_ROLES or held is Role.CLIENT_KEY
    return Actor(
        kind="api_key" if held is Role.CLIENT_KEY else "user",
        agency_id=agency_id,
        agency_name="",
        base_currency="",
        role=held,
        user_id=user_id,
        name=name,
        client_id=client_id if of_client else None,
    )


@asynccontextmanager
async def with_the_agencys_eyes(actor: Actor) -> AsyncIterator[Actor]:
    """A part of the transaction that sees what the agency sees, for what follows by rule from what a client did.

    People of a client may not post, nor do they see what the order of the queue is made of. What was refused within
    leaves nothing behind, and the transaction sees again what it saw before.
    """
    async with savepoint():  # a rollback to it brings the former scope back by itself
        await enter(as_job(actor.agency_id))
        yield on_behalf(actor)
        await enter(actor.scope)
