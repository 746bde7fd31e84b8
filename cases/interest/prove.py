"""What came into the books as interest, proved again: by the days, sums and rates that were kept with it."""

import json
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from cases.interest.rules import Stretch, total
from portal.check import proof
from portal.ledger.tables import Component
from portal.tenancy.database import sql

AT_ONCE: Final = 500

POSTED: Final = """
select p.*, c.number as case_number, j.id is not null as is_booked, coalesce(l.amount_minor, 0) as booked_minor,
       l.effective_on >= p.accrued_to as is_dated,
       coalesce((select sum(e.amount_minor) from interest_postings e
                 where e.agency_id = p.agency_id and e.case_id = p.case_id and e.number < p.number), 0) as earlier_minor
from (select * from interest_postings where agency_id = $1 and id > $2 order by id limit $3) p
join cases c on c.agency_id = p.agency_id and c.id = p.case_id
left join journals j on j.agency_id = p.agency_id and j.id = p.journal_id and j.source = 'interest'
left join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id and l.account = 9000
     and l.case_id = p.case_id and l.component = 'interest' and l.currency = p.currency
order by p.id
"""
NOT_KEPT: Final = """
select j.external_id from journals j
where j.agency_id = $1 and j.source = 'interest' and not exists (
    select from interest_postings p where p.agency_id = j.agency_id and p.journal_id = j.id)
"""


@proof("posted interest is what had accrued, less what was posted before", "{} postings of interest")
async def prove_interest(agency_id: UUID) -> tuple[int, list[str]]:
    """Each posting against its journal, those before it, and its own days, sums and rates."""
    looked_at, last = 0, UUID(int=0)
    faults = [f"interest {row['external_id']} is in the books alone" for row in await sql(NOT_KEPT, agency_id)]
    while rows := await sql(POSTED, agency_id, last, AT_ONCE):
        looked_at += len(rows)
        faults += [
            f"interest {row['number']} of case {row['case_number']} {fault}" for row in rows if (fault := _fault(row))
        ]
        last = rows[-1]["id"]
    return looked_at, faults


def _fault(row: Any) -> str:
    if not row["is_booked"] or row["booked_minor"] != row["amount_minor"] or not row["is_dated"]:
        return "differs from its journal"
    if row["before_minor"] != row["earlier_minor"]:
        return "does not go on from the one before it"
    worked_out = total([_stretch(facts) for facts in json.loads(row["facts"])["stretches"]])
    return "is not what its days, sums and rates come to" if worked_out != row["total_minor"] else ""


def _stretch(facts: dict[str, Any]) -> Stretch:
    return Stretch(
        since=date.fromisoformat(facts["since"]),
        through=date.fromisoformat(facts["through"]),
        component=Component(facts["component"]),
        minor=facts["minor"],
        rate=Decimal(facts["rate"]) if facts["rate"] is not None else None,
        day_count=facts["day_count"],
        source=facts["source"],
        is_last_known=facts["is_last_known"],
        paused=facts["paused"],
    )
