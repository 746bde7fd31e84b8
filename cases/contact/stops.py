"""Somebody at a debtor asks not to be contacted: on some channels, or at all. The contact guard holds everybody to it."""

from collections.abc import Collection
from uuid import UUID
from zoneinfo import ZoneInfo

from cases.casework import load_case, tell
from cases.contact.question import Channel
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound
from portal.identity import new_id
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

INSERT = """
insert into contact_stops (id, agency_id, debtor_id, person_id, channels, since, note, recorded_by)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def stop_contact(
    actor: Actor, case_id: UUID, person_id: UUID | None, channels: Collection[Channel] = (), note: str = ""
) -> UUID:
    """Write down that a person, or with None everybody at the debtor, asked not to be contacted; gives the stop's id.

    No ``channels`` means: on none at all. It holds for all cases of the debtor. A debtor asks for it on its own page,
    within what the agency sees.

    Raises:
        NotFound: there is no such case here, or the person is not of its debtor.
    """
    actor.require("claim.answer" if actor.kind == "debtor" else "cases.work")
    case = await load_case(actor, case_id)
    known = "select name from debtor_people where agency_id = $1 and debtor_id = $2 and id = $3"
    name = await sql_value(known, actor.agency_id, case.debtor_id, person_id) if person_id else ""
    if name is None:
        raise NotFound
    stop_id, named = new_id(), ",".join(sorted(channels))
    since = clock.now().astimezone(ZoneInfo(actor.time_zone)).date()
    await sql(INSERT, stop_id, actor.agency_id, case.debtor_id, person_id, named, since, note, actor.user_id)
    await tell(
        actor, case, "contact.stopped", "contact", {"note": note, "channels": named, "person": name}, client_sees=False
    )
    facts = {"channels": named, "stop_id": stop_id, "everybody": person_id is None}
    await record(
        actor, "contact.stopped", "debtor", case.debtor_id, facts=facts, personal={"note": note} if note else None
    )
    return stop_id
