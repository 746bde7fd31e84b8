"""What lists are narrowed by, and forms choose from."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from portal.people.actor import Actor
from portal.tenancy.database import sql

MOST: Final = 1000
"""A longer list is no choice any more."""


async def clients(actor: Actor) -> Sequence[asyncpg.Record]:
    """The agency's clients by name: ``id`` and ``name``."""
    return await sql(
        "select id, name from clients where agency_id = $1 order by name, id limit $2", actor.agency_id, MOST
    )
