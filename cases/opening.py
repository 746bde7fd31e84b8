"""When an agency is at work."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

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
