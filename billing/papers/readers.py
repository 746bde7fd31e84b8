"""Who of a client is told of its papers: its administrators, each in the own language."""

from typing import Final
from uuid import UUID

import asyncpg

from portal.pages.text import known_language
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one, sql_value

READERS: Final = """
select m.user_id from memberships m
where m.agency_id = $1 and m.client_id = $2 and m.role = 'admin' and m.ended_at is null order by m.user_id
"""
READER: Final = """
select u.email, u.name, u.language, u.time_zone from memberships m join users u on u.id = m.user_id
where m.agency_id = $1 and m.client_id = $2 and m.user_id = $3 and m.role = 'admin' and m.ended_at is null
  and u.disabled_at is null
"""


async def language_of(actor: Actor, client_id: UUID) -> str:
    """The language in which a client's papers are set."""
    said = await sql_value("select language from clients where agency_id = $1 and id = $2", actor.agency_id, client_id)
    return known_language(said) or "en"


async def readers_of(actor: Actor, client_id: UUID) -> list[UUID]:
    """The users to be told."""
    return [row["user_id"] for row in await sql(READERS, actor.agency_id, client_id)]


async def reader(actor: Actor, client_id: UUID, user_id: UUID) -> asyncpg.Record | None:
    """One of them as they are written to; None once they have left or may not sign in."""
    return await sql_one(READER, actor.agency_id, client_id, user_id)
