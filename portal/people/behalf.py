"""What the portal itself does by rule, in the course of what a person or a system asked for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from portal.people.actor import Actor, system
from portal.tenancy.database import as_job, enter, savepoint


def on_behalf(actor: Actor) -> Actor:
    """The portal itself, in the course of what the actor asked for."""
    return replace(
        system(actor.agency_id, actor.agency_name, actor.base_currency, actor.time_zone), request_id=actor.request_id
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
