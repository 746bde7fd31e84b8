"""Minimum fees per case, proved again: ``portal verify`` asks for it, agency by agency."""

from typing import Final
from uuid import UUID

from billing.payments.at_close import ALL_MISSING
from portal.check import proof
from portal.tenancy.database import sql

CHARGED: Final = """
select m.id, m.fee_minor, (m.fee_facts #>> '{at_close,limit_minor}')::bigint as limit_minor,
       (m.fee_facts #>> '{at_close,taken_minor}')::bigint as told_minor,
       (select coalesce(sum(f.fee_minor), 0) from payments f
        where f.agency_id = $1 and f.case_id = m.case_id and f.id < m.id)::bigint as taken_minor
from payments m where m.agency_id = $1 and m.channel = 'at_close' and m.reverses is null order by m.id
"""


@proof("a closed case that brought money has borne its minimum fee, once", "{} minimum fees at close")
async def prove_minimums(agency_id: UUID) -> tuple[int, list[str]]:
    """What was charged at closes against the fees before it, and closed cases of whose minimum something is missing."""
    charged = await sql(CHARGED, agency_id)
    wrong = [
        f"minimum fee {row['id']} is not what was missing"
        for row in charged
        if row["told_minor"] != row["taken_minor"] or row["fee_minor"] != row["limit_minor"] - row["taken_minor"]
    ]
    missing = [f"case {row['case_id']} closed below its minimum fee" for row in await sql(ALL_MISSING, agency_id)]
    return len(charged), wrong + missing
