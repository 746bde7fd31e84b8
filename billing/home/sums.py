"""The sums behind a client's home: three queries over its own rows, each answered from one index."""

from datetime import date, timedelta

from billing.home.recovery import Placed, Promised, Received
from portal.people.actor import Actor
from portal.tenancy.database import sql

# A case placed in error was never placed.
PLACED = """
select currency, (placed_on - extract(day from placed_on)::int + 1) as month, count(*) as cases,
       sum(placed_minor)::bigint as placed_minor, count(*) filter (where status <> 'closed') as open_cases,
       coalesce(sum(principal_minor + interest_minor + costs_minor) filter (where status <> 'closed'), 0)::bigint
           as open_minor
from cases where agency_id = $1 and client_id = $2 and close_code is distinct from 'placed_in_error'
group by 1, 2 order by 1, 2
"""

RECEIVED = """
with paid as (
    select p.currency, c.placed_on, p.received_on, sum(p.amount_minor) as amount_minor, sum(p.fee_minor) as fee_minor
    from payments p join cases c on c.agency_id = p.agency_id and c.client_id = p.client_id and c.id = p.case_id
    where p.agency_id = $1 and p.client_id = $2 and c.agency_id = $1 and c.client_id = $2
    group by 1, 2, 3)
select currency, (placed_on - extract(day from placed_on)::int + 1) as placed_month,
       (received_on - extract(day from received_on)::int + 1) as month, sum(amount_minor)::bigint as amount_minor,
       sum(fee_minor)::bigint as fee_minor,
       coalesce(sum(amount_minor) filter (where received_on >= $3), 0)::bigint as week_minor
from paid group by 1, 2, 3 order by 1, 2, 3
"""

PROMISED = """
select c.currency, p.status, count(*) as promises,
       sum(greatest(p.amount_minor - p.received_minor, 0))::bigint as outstanding_minor
from promises p join cases c on c.agency_id = p.agency_id and c.client_id = p.client_id and c.id = p.case_id
where p.agency_id = $1 and p.client_id = $2 group by 1, 2 order by 1, 2
"""


async def placed(actor: Actor) -> list[Placed]:
    """What the client placed, by currency and month."""
    return [Placed(**row) for row in await sql(PLACED, actor.agency_id, actor.client_id)]


async def received(actor: Actor, today: date) -> list[Received]:
    """What came back, by currency, month of placement and month."""
    monday = today - timedelta(days=today.weekday())
    return [Received(**row) for row in await sql(RECEIVED, actor.agency_id, actor.client_id, monday)]


async def promised(actor: Actor) -> list[Promised]:
    """What debtors promised, by currency and what became of it."""
    return [Promised(**row) for row in await sql(PROMISED, actor.agency_id, actor.client_id)]
