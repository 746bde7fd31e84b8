"""Taking a case in hand: one person at a time, for a lease that runs out by itself."""

from datetime import timedelta
from uuid import UUID

from cases.casework import CaseFile, load_case, tell
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one, sql_value

LEASE = timedelta(minutes=15)
"""How long a claimed case stays with a person who does nothing on it."""

SOON = timedelta(minutes=15)
"""A next action this near counts as due."""

# Two statements and not one: a row that somebody else is just taking is skipped, not waited for.
NEXT = """
select id from cases
where agency_id = $1 and status <> 'closed' and band < 6 and next_action_at <= $3
  and (next_action_user_id is null or next_action_user_id = $2)
  and (claimed_until is null or claimed_until < $4 or claimed_by = $2)
  and ($5::uuid is null or next_action_queue_id = $5)
  and ($6::uuid is null or id <> $6)
order by band, rank, id
limit 1
for no key update skip locked
"""

TAKE = """
update cases set claimed_by = $3, claimed_until = $4
where agency_id = $1 and id = $2 and (claimed_until is null or claimed_until < $5 or claimed_by = $3 or $6)
"""

# What is taken and what is let go for it, in one order: two who take over each other's case wait, and do not block.
HOLD = "select from cases where agency_id = $1 and (id = $2 or claimed_by = $3) order by id for no key update"

RELEASE = "update cases set claimed_by = null, claimed_until = null where agency_id = $1 and claimed_by = $2"


async def claim_next(actor: Actor, *, queue_id: UUID | None = None, after: UUID | None = None) -> UUID | None:
    """Take the first case in order that is due and free, and let go of any other; None when nothing waits.

    ``after`` is the case just left, which is not offered again at once. However many ask at the same moment, no case
    is given to two people.
    """
    actor.require("cases.work")
    now = clock.now()
    # Let go first: the search waits for nobody, while a release may wait for whoever takes that case over.
    await sql(RELEASE, actor.agency_id, actor.user_id)
    case_id = await sql_value(NEXT, actor.agency_id, actor.user_id, now + SOON, now, queue_id, after)
    if case_id is None:
        return None
    await sql(TAKE, actor.agency_id, case_id, actor.user_id, now + LEASE, now, False)
    await _tell_taken(actor, await load_case(actor, case_id))
    return UUID(str(case_id))


async def claim(actor: Actor, case_id: UUID, *, steal: bool = False) -> None:
    """Take one particular case; one's own is kept for a new lease.

    Raises:
        Refused: somebody else holds it, and this actor may not or does not want to take it over.
    """
    actor.require("cases.steal" if steal else "cases.work")
    await sql(HOLD, actor.agency_id, case_id, actor.user_id)
    case = await load_case(actor, case_id, lock=True)
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    now = clock.now()
    held = case.claimed_until is not None and case.claimed_until >= now and case.claimed_by != actor.user_id
    if held and not steal:
        name = await sql_value("select name from users where id = $1", case.claimed_by)
        minutes = max(1, round((case.claimed_until - now).total_seconds() / 60)) if case.claimed_until else 1
        raise Refused(
            N_("%(name)s has this case for another %(minutes)s min."), code="claimed", name=name or "?", minutes=minutes
        )
    mine = case.claimed_by == actor.user_id and case.claimed_until is not None and case.claimed_until >= now
    if not mine:
        await sql(RELEASE, actor.agency_id, actor.user_id)
    await sql(TAKE, actor.agency_id, case.id, actor.user_id, now + LEASE, now, steal)
    if not mine:
        await _tell_taken(actor, case)


async def release(actor: Actor) -> None:
    """Let go of whatever the actor holds."""
    actor.require("cases.work")
    await sql(RELEASE, actor.agency_id, actor.user_id)


async def held(actor: Actor) -> UUID | None:
    """The case the actor holds now."""
    row = await sql_one(
        "select id from cases where agency_id = $1 and claimed_by = $2 and claimed_until >= $3",
        *(actor.agency_id, actor.user_id, clock.now()),
    )
    return row["id"] if row else None


async def _tell_taken(actor: Actor, case: CaseFile) -> None:
    await tell(actor, case, "case.claimed", "system", client_sees=False)
    await record(actor, "case.claimed", "case", case.id, client_id=None, facts={"number": case.number})
