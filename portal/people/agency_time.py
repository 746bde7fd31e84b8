"""What day it is at the agency: its days begin, end and are counted there, wherever people sit."""

from datetime import date
from zoneinfo import ZoneInfo

from portal import clock
from portal.people.actor import Actor
from portal.tenancy.database import sql_value


async def agency_zone(actor: Actor) -> ZoneInfo:
    """The time zone of the actor's agency, whatever the actor's own is."""
    return ZoneInfo(await sql_value("select time_zone from agencies where id = $1", actor.agency_id))


async def agency_day(actor: Actor) -> date:
    """Today at the agency."""
    return clock.now().astimezone(await agency_zone(actor)).date()
