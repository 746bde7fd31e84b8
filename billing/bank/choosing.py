"""On which trust account something was, said by whoever books it by hand: asked only where several are kept in a currency.

What is left unsaid stands on the first of them until the bank tells of it on another (`billing.bank.matching.keep`).
"""

from typing import Final
from uuid import UUID

from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql

OPEN: Final = """
select id, name, right(coalesce(nullif(iban, ''), account_number), 4) as ends from bank_accounts
where agency_id = $1 and book = 'trust' and currency = $2 and closed_on is null order by position
"""


async def trust_accounts(actor: Actor, currency: str) -> list[tuple[str, str]]:
    """The open trust accounts in a currency as a form's choices; none where there is nothing to choose."""
    rows = await sql(OPEN, actor.agency_id, currency)
    return [(str(row["id"]), f"{row['name']} · {row['ends']}") for row in rows] if len(rows) > 1 else []


async def chosen_account(actor: Actor, bank_account_id: UUID | None, currency: str) -> UUID | None:
    """The account that a form names, if it names one.

    Raises:
        NotFound: it is no open trust account of the agency in this currency.
    """
    if bank_account_id is not None and bank_account_id not in {
        row["id"] for row in await sql(OPEN, actor.agency_id, currency)
    }:
        raise NotFound
    return bank_account_id
