"""How the invoices of a case stand, as its papers, payments and disputes say."""

from typing import Final

from cases.casework import CaseFile
from cases.invoices.rules import Paper, Standing, stand
from portal.people.actor import Actor
from portal.tenancy.database import sql

PAPERS: Final = """
with credited as (
    select invoice_number as number, sum(amount_minor)::bigint as minor from case_credits
    where agency_id = $1 and case_id = $2 and invoice_number <> '' group by invoice_number),
paid as (
    select invoice_id as id, sum(amount_minor)::bigint as minor from invoice_shares
    where agency_id = $1 and case_id = $2 group by invoice_id),
disputed as (
    select invoice_id as id, sum(amount_minor)::bigint as minor from disputes
    where agency_id = $1 and case_id = $2 and answered_at is null and amount_minor is not null group by invoice_id)
select i.id, i.number, i.issued_on, i.due_on, i.amount_minor, coalesce(k.minor, 0) as credited_minor,
       coalesce(p.minor, 0) as paid_minor, coalesce(d.minor, 0) as disputed_minor
from invoices i
left join credited k on k.number = i.number
left join paid p on p.id = i.id
left join disputed d on d.id = i.id
where i.agency_id = $1 and i.case_id = $2
"""
BESIDE: Final = """
select coalesce((select sum(amount_minor) from invoice_shares
                 where agency_id = $1 and case_id = $2 and invoice_id is null), 0)::bigint as rest_paid_minor,
       exists (select from disputes where agency_id = $1 and case_id = $2 and answered_at is null and amount_minor is null)
           as whole
"""


async def standing_of(actor: Actor, case: CaseFile, principal_minor: int | None = None) -> Standing:
    """How a case's invoices stand with its principal, or as if so much of that were open."""
    papers = [Paper(**row) for row in await sql(PAPERS, actor.agency_id, case.id)]
    beside = (await sql(BESIDE, actor.agency_id, case.id))[0]
    return stand(papers, case.principal_minor if principal_minor is None else principal_minor, **beside)
