"""The acknowledgement by e-mail, to the person who handed the placement over."""

from uuid import UUID

from cases.intake.placement import load_placement
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.people.actor import system
from portal.tenancy.database import sql_one, transaction

RECIPIENT = """
select u.email, u.name, u.language, u.time_zone, a.name as agency_name, c.name as client_name
from placements p
join users u on u.id = p.handed_over_by
join agencies a on a.id = p.agency_id
join clients c on c.agency_id = p.agency_id and c.id = p.client_id
where p.agency_id = $1 and p.id = $2
"""


@job("placements.mail_acknowledgement")
async def mail_acknowledgement(payload: Payload) -> None:
    """Send it; a system that handed over reads the acknowledgement where it asks for the placement's status."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        placement = await load_placement(actor, UUID(payload["placement_id"]))
        recipient = await sql_one(RECIPIENT, actor.agency_id, placement.id)
    if recipient is None or placement.step != "acknowledged":
        return
    await send_mail(
        recipient["email"],
        "cases/intake/acknowledgement.txt",
        language=recipient["language"],
        time_zone=recipient["time_zone"],
        placement=placement,
        agency_name=recipient["agency_name"],
        client_name=recipient["client_name"],
        name=recipient["name"],
    )
