"""Queues of an agency, as its owner sets them up."""

from uuid import UUID

from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value


async def open_queue(actor: Actor, name: str) -> UUID:
    """Add a queue behind those there are; gives its id. The first one receives what clients place.

    Raises:
        Refused: it has no name, or there is one of this name.
    """
    actor.require("agency.manage")
    if not name.strip() or len(name) > 120:
        raise Refused(N_("A name of 1 to 120 characters."), field="name", code="bad_name")
    if await sql_value("select true from queues where agency_id = $1 and name = $2", actor.agency_id, name):
        raise Refused(N_("There is a queue of this name already."), field="name", code="taken")
    queue_id = new_id()
    await sql(
        "insert into queues (id, agency_id, name, position)"
        " select $2, $1, $3, coalesce(max(position), 0) + 1 from queues where agency_id = $1",
        *(actor.agency_id, queue_id, name),
    )
    await record(actor, "queue.opened", "queue", queue_id, after={"name": name})
    return queue_id
