"""Interest that the bank pays on the trust account: the agency's, due to it until the next run draws it."""

from datetime import date
from typing import Final

from portal.people.actor import Actor
from portal.tenancy.database import sql_value

# What was booked as interest on trust accounts, less what approved runs draw. Few journals have a line on 4010.
UNDRAWN: Final = """
select (coalesce(-sum(t.amount_minor), 0) - (
           select coalesce(sum(interest_minor), 0) from remittance_runs
           where agency_id = $1 and currency = $2 and status in ('approved', 'paid', 'closed')))::bigint
from journal_lines o join journal_lines t on t.agency_id = o.agency_id and t.journal_id = o.journal_id and t.account = 2040
where o.agency_id = $1 and o.account = 4010 and coalesce(o.client_id, o.agency_id) = $1 and o.currency = $2
  and o.effective_on <= $3 and o.account < 9000
"""


async def undrawn_interest(actor: Actor, currency: str, on: date) -> int:
    """What the bank paid by a day and no approved run draws, in minor units; never below nought."""
    return max(0, int(await sql_value(UNDRAWN, actor.agency_id, currency, on)))
