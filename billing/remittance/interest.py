"""What the trust account owes the agency by itself, and no statement: interest that the bank pays on it, and fees that were
earned before these books began. It is due to the agency until the next run draws it.
"""

from datetime import date
from typing import Final

from billing.remittance.run import alone
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql_value

# What was booked as interest on trust accounts or brought over as ours, less what approved runs draw. Few journals have a line
# on 4010.
UNDRAWN: Final = """
select ((select coalesce(-sum(t.amount_minor), 0)
         from journal_lines o
         join journal_lines t on t.agency_id = o.agency_id and t.journal_id = o.journal_id and t.account = 2040
         where o.agency_id = $1 and o.account = 4010 and coalesce(o.client_id, o.agency_id) = $1 and o.currency = $2
           and o.effective_on <= $3 and o.account < 9000)
        + (select coalesce(sum(due_to_operating_minor), 0) from openings
           where agency_id = $1 and currency = $2 and status = 'approved' and effective_on <= $3)
        - (select coalesce(sum(interest_minor), 0) from remittance_runs
           where agency_id = $1 and currency = $2 and status in ('approved', 'paid', 'closed')))::bigint
"""


async def undrawn_interest(actor: Actor, currency: str, on: date) -> int:
    """What is ours by a day and no approved run draws, in minor units; never below nought."""
    return max(0, int(await sql_value(UNDRAWN, actor.agency_id, currency, on)))


async def hold_undrawn(actor: Actor, currency: str, minor: int) -> None:
    """Have interest that is to be taken back be drawn by no run until the transaction ends.

    Raises:
        Refused: an approved run draws it.
    """
    await alone(actor, currency)
    if await undrawn_interest(actor, currency, date.max) < minor:
        raise Refused(N_("An approved remittance draws this interest: it cannot be taken back any more."), code="drawn")
