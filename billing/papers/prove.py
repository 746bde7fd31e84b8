"""What `portal verify` proves of papers: each is the very one that was written down when it was made."""

from typing import Final
from uuid import UUID

from billing.papers.kinds import KINDS
from portal.check import proof
from portal.tenancy.database import sql, sql_value

OTHERS: Final = """
select p.kind, p.file_name from papers p
where p.agency_id = $1 and not exists (
    select from audit_events e
    where e.agency_id = $1 and e.action = any($2) and e.facts ->> 'sha256' = encode(p.sha256, 'hex'))
order by p.id
"""


@proof("papers have the digests that were written down when they were made", "{} papers")
async def prove_papers(agency_id: UUID) -> tuple[int, list[str]]:
    """The audit trail, whose seals are proved by themselves, knows the digest of every paper."""
    known: int = await sql_value("select count(*) from papers where agency_id = $1", agency_id)
    wrong = await sql(OTHERS, agency_id, [kind.action for kind in KINDS.values()])
    return known, [f"{row['kind']} {row['file_name']} is not what was written down" for row in wrong]
