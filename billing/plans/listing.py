"""Lists of agreements: what waits for a word, what is offered, runs, or has ended; what changed last comes first."""

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from portal.errors import NotFound
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql

PAGE: Final = 50
GROUPS: Final = {
    "waiting": ["offered"],
    "offered": ["approved"],
    "running": ["active", "grace"],
    "drafts": ["draft"],
    "ended": ["broken", "completed", "cancelled", "superseded"],
}
GROUP_TEXTS: Final = {
    "waiting": N_("Wait for approval"),
    "offered": N_("Offered"),
    "running": N_("Running"),
    "drafts": N_("Drafts"),
    "ended": N_("Ended"),
}
COUNTED: Final = 1000
"""More are not counted."""

# Each status has its own range of the index; the newest page of each is enough for the newest page of all.
LIST: Final = """
select p.id, p.case_id, p.version, p.status, p.currency, p.forgiven_minor, p.to_pay_minor, p.fee_minor, p.paid_minor,
       p.arrears_minor, p.next_due_on, p.next_due_minor, p.breaks_on, p.ends_on, p.valid_until, p.rung, p.ended_because,
       p.made_by_name, p.changed_at, c.number, c.debtor_name, k.name as client_name
from unnest($2::text[]) as wanted (status)
cross join lateral (
    select * from plans where agency_id = $1 and status = wanted.status and (changed_at, id) < ($3, $4)
    order by changed_at desc, id desc limit $5) p
join cases c on c.agency_id = $1 and c.id = p.case_id
join clients k on k.agency_id = $1 and k.id = p.client_id
order by p.changed_at desc, p.id desc limit $5
"""
COUNTS: Final = """
select wanted.status, counted.plans from unnest($2::text[]) as wanted (status)
cross join lateral (select count(*) as plans from (
    select from plans where agency_id = $1 and status = wanted.status limit $3) as found) counted
"""
LATEST: Final = (datetime.fromisoformat("9999-12-31T00:00:00+00:00"), UUID(int=2**128 - 1))


async def list_plans(
    actor: Actor, group: str, after: str | None
) -> tuple[list[asyncpg.Record], str | None, dict[str, int]]:
    """A page of a group, where the next begins (None: it is the last), and how many each group holds.

    Raises:
        NotFound: the place cannot be read.
    """
    actor.require("plans.read")
    rows = await sql(LIST, actor.agency_id, GROUPS[group], *_place(after), PAGE + 1)
    following = f"{rows[PAGE - 1]['changed_at'].isoformat()}_{rows[PAGE - 1]['id']}" if len(rows) > PAGE else None
    every = [status for statuses in GROUPS.values() for status in statuses]
    counted = {row["status"]: row["plans"] for row in await sql(COUNTS, actor.agency_id, every, COUNTED)}
    counts = {name: sum(counted[status] for status in statuses) for name, statuses in GROUPS.items()}
    return rows[:PAGE], following, counts


def _place(text: str | None) -> tuple[datetime, UUID]:
    if not text:
        return LATEST
    try:
        moment, _, plan_id = text.replace(" ", "+").rpartition("_")
        place = datetime.fromisoformat(moment)
        return (place, UUID(plan_id)) if place.tzinfo else LATEST
    except ValueError:
        raise NotFound from None
