"""When an agency is at work."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from portal.people.actor import Actor
from portal.tenancy.database import sql_value

OPENS: Final = time(8)
"""When an agency's working day begins, by its own clock."""


def next_working_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """The next time the agency opens, Monday to Friday: well within the five days in which a first call is due."""
    day: date = now.astimezone(zone).date()
    opens = datetime.combine(day, OPENS, zone)
    while opens <= now or opens.weekday() >= 5:
        day += timedelta(days=1)
        opens = datetime.combine(day, OPENS, zone)
    return opens


async def agency_zone(actor: Actor) -> ZoneInfo:
    """The time zone of the actor's agency, whatever the actor's own is."""
    name: str = await sql_value("select time_zone from agencies where id = $1", actor.agency_id)
    return ZoneInfo(name)
