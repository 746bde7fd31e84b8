"""How somebody of a client is told of a closed statement: by a link with the sums, or with the PDF attached.

The PDF names debtors, so that it goes by mail only to who asked for it.
"""

from typing import Final

from portal.audit.record import record
from portal.people.actor import Actor
from portal.tenancy.database import sql_value

CHOSEN: Final = "select attached from statement_by_mail where agency_id = $1 and client_id = $2 and user_id = $3"
CHOOSE: Final = """
insert into statement_by_mail (id, agency_id, client_id, user_id, attached) values (uuidv7(), $1, $2, $3, $4)
on conflict (agency_id, client_id, user_id) do update set attached = excluded.attached
where statement_by_mail.attached <> excluded.attached returning id
"""


async def is_attached(actor: Actor) -> bool:
    """Whether the actor gets statements as PDF."""
    return bool(await sql_value(CHOSEN, actor.agency_id, actor.client_id, actor.user_id))


async def choose(actor: Actor, *, attached: bool) -> None:
    """Have one's own statements mailed as PDF, or a link to them."""
    actor.require("statements.receive")
    if attached == await is_attached(actor):
        return
    await sql_value(CHOOSE, actor.agency_id, actor.client_id, actor.user_id, attached)
    await record(
        actor, "statement_by_mail.chosen", "client", actor.client_id, client_id=actor.client_id,
        before={"attached": not attached}, after={"attached": attached},
    )  # fmt: skip
