"""Interest of a case as systems see it: what has accrued to a day and is in no balance, and by which rates."""

from cases.casework import CaseFile
from cases.interest.accrue import accrued
from cases.interest.rules import Stretch
from portal.money import decimal_string
from portal.people.actor import Actor
from portal.people.agency_time import agency_day


async def interest_as_json(actor: Actor, case: CaseFile) -> dict[str, object] | None:
    """What has accrued to today beside the balance; null where the case is closed, or nothing is asked for on it."""
    accrual = await accrued(actor, case, await agency_day(actor))
    if accrual is None:
        return None
    return {
        "as_of": accrual.through.isoformat(),
        "accrued": decimal_string(accrual.minor, case.currency),
        "rates": [_rate(each) for each in accrual.stretches if each.through == accrual.through],
    }


def _rate(stretch: Stretch) -> dict[str, object]:
    """What a sum bears on the last day."""
    return {
        "component": str(stretch.component),
        "since": stretch.since.isoformat(),
        "rate": None if stretch.rate is None else f"{stretch.rate.normalize():f}",
        "for_days": stretch.day_count,
        "basis": stretch.source,
        "paused": stretch.paused or None,
    }
