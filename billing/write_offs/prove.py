"""What was given up of claims, proved again: ``portal verify`` asks for it, agency by agency."""

from typing import Final
from uuid import UUID

from portal.check import proof
from portal.tenancy.database import sql

# The journal and its mirror, if there is one, by the part of the claim; more owed is positive.
FAULTS: Final = """
with kept as (select * from write_offs where agency_id = $1 and status in ('approved', 'undone')),
booked as (
    select j.id, j.kind, j.reverses, l.case_id, l.currency,
           coalesce(sum(l.amount_minor) filter (where component = 'principal'), 0) as principal,
           coalesce(sum(l.amount_minor) filter (where component = 'interest'), 0) as interest,
           coalesce(sum(l.amount_minor) filter (where component = 'costs'), 0) as costs
    from journals j join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id and l.account = 9000
    where j.agency_id = $1 and j.source = 'write-off' group by j.id, j.kind, j.reverses, l.case_id, l.currency)
select coalesce(k.id, posted.id) as id,
       case when k.id is null then 'is in the books, and nobody approved it'
            when k.decided_by is null or k.decided_by = k.asked_by then 'was not approved by a second person'
            when posted.id is null then 'is not in the books'
            when (posted.case_id, posted.currency, -posted.principal, -posted.interest, -posted.costs)
                 is distinct from (k.case_id, k.currency, k.principal_minor, k.interest_minor, k.costs_minor)
                then 'differs from what was booked'
            when (k.status = 'undone') is distinct from (back.id is not null) then 'is owed again only by one of row and books'
            when k.undone_journal_id is distinct from back.id then 'was undone by another journal'
       end as fault
from kept k
full join (select * from booked where reverses is null) posted on posted.id = k.journal_id
left join booked back on back.reverses = posted.id
order by 1
"""


@proof("every approved write-off is in the books with the same figures, by two people", "{} write-offs")
async def prove_write_offs(agency_id: UUID) -> tuple[int, list[str]]:
    """Write-offs and their journals against each other."""
    rows = await sql(FAULTS, agency_id)
    return len(rows), [f"write-off {row['id']} {row['fault']}" for row in rows if row["fault"]]
