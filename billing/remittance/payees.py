"""The accounts that a run pays: who entered them, and whether they are still what was approved."""

from typing import Final
from uuid import UUID

from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

ENTERED: Final = """
select k.name from statements s join clients k on k.agency_id = s.agency_id and k.id = s.client_id
join bank_details d on d.agency_id = s.agency_id and d.id::text = s.letterhead ->> 'account_id'
where s.agency_id = $1 and s.run_id = $2 and not s.deferred and s.net_minor > 0 and d.proposed_by = $3
order by k.name limit 1
"""

GIVEN_UP: Final = """
select k.name from statements s join clients k on k.agency_id = s.agency_id and k.id = s.client_id
join bank_details d on d.agency_id = s.agency_id and d.id::text = s.letterhead ->> 'account_id'
where s.agency_id = $1 and s.run_id = $2 and not s.deferred and s.net_minor > 0 and d.status in ('replaced', 'ended')
order by k.name
"""


async def check_not_enterer(actor: Actor, run_id: UUID) -> None:
    """Whoever changed the account of a client last does not approve that money goes there.

    Raises:
        Refused: the actor did.
    """
    name = await sql_value(ENTERED, actor.agency_id, run_id, actor.user_id)
    if name is not None:
        raise Refused(
            N_(
                "You entered the account of %(client)s, so that somebody else approves what is paid there. No money leaves"
                " on one person's word."
            ),
            code="payee_four_eyes",
            client=name,
        )


async def given_up_since(actor: Actor, run_id: UUID) -> list[str]:
    """The clients whose account was replaced or taken away since the run was approved, by name."""
    return [row["name"] for row in await sql(GIVEN_UP, actor.agency_id, run_id)]
