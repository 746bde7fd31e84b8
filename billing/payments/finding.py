"""Finding the case that money is for."""

from collections.abc import Sequence

import asyncpg

from billing.bank_details.account import case_number_in
from portal.people.actor import Actor
from portal.tenancy.database import sql

FOUND: int = 12

FIND = """
with hits as (
    select id, 1 as rank from cases where agency_id = $1 and number = $2
    union all
    select id, 2 from cases where agency_id = $1 and reference = $2
    union all
    select case_id, 3 from invoices where agency_id = $1 and number = $2
    union all
    (select id, 4 from cases where agency_id = $1 and debtor_name ilike '%' || $3 || '%' order by id desc limit $4)),
best as (select id, min(rank) as rank from hits group by id order by rank, id desc limit $4)
select c.id, c.number, c.reference, c.debtor_name, c.debtor_city, c.situation, c.status, c.currency,
       c.principal_minor + c.interest_minor + c.costs_minor as balance_minor, k.name as client_name
from best join cases c on c.agency_id = $1 and c.id = best.id
join clients k on k.agency_id = c.agency_id and k.id = c.client_id
order by best.rank, c.id desc
"""


async def find_cases(actor: Actor, text: str) -> Sequence[asyncpg.Record]:
    """Cases by their number, the structured reference of our letters, the client's reference, an invoice number or a part
    of the debtor's name.
    """
    asked = case_number_in(text[:40]) or " ".join(text.split())[:120]
    if not asked:
        return []
    pattern = asked.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return await sql(FIND, actor.agency_id, asked, pattern, FOUND)
