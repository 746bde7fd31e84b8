"""Closing the books: nothing is posted any more on a day that is closed. A later correction lands in the open period."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from billing.spoken import Spoken
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.formats import date_full
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql

CLOSED: Final = """
select p.through, p.closed_at, coalesce(u.name, '') as closed_by_name from closed_periods p
left join users u on u.id = p.closed_by where p.agency_id = $1 order by p.through desc limit 12
"""
INSERT: Final = """
insert into closed_periods (id, agency_id, through, closed_by, closed_at) values ($1, $2, $3, $4, $5)
"""


@dataclass(frozen=True, slots=True)
class Closed:
    """A period that was closed."""

    through: date
    closed_at: datetime
    closed_by_name: str


async def closed_periods(actor: Actor) -> list[Closed]:
    """The last periods that were closed, the latest first."""
    actor.require("ledger.read")
    return [Closed(**row) for row in await sql(CLOSED, actor.agency_id)]


async def close_through(actor: Actor, through: date | None) -> None:
    """Close the books through a day, for good. The same again changes nothing.

    Raises:
        Refused: the day is missing, not over yet, or closed already.
    """
    actor.require("ledger.close")
    if through is None:
        raise Refused(N_("Please fill this in."), field="through", code="missing")
    if through >= await agency_day(actor):
        raise Refused(N_("This day is not over yet."), field="through", code="not_over")
    closed = await closed_periods(actor)
    if closed and through == closed[0].through:
        return
    if closed and through < closed[0].through:
        raise Refused(
            N_("The books are closed through %(day)s already."),
            field="through",
            code="closed_already",
            day=Spoken(date_full, closed[0].through),
        )
    await sql(INSERT, new_id(), actor.agency_id, through, actor.user_id, clock.now())
    await record(actor, "ledger.closed", "agency", actor.agency_id, facts={"through": through})
