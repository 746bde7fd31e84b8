"""Where a client's terms say so, what the agency advanced for a case and nobody repaid is invoiced when the case closes.

By a job, after the close: the number of an invoice is taken last before the end of a transaction, and what closes a case may
do much else. A case that is open again by then keeps its costs open; what was invoiced or repaid meanwhile is not asked for.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from billing.invoices.costs import invoice_costs_of_closed
from cases.casework import CaseFile
from cases.closing import at_close
from portal.jobs import enqueue_each, job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.tenancy.database import sql, transaction

ASKED: Final = """
select o.client_id, o.currency, string_agg(distinct o.case_id::text, ',') as case_ids from case_costs o
join clients k on k.agency_id = o.agency_id and k.id = o.client_id and k.costs_at_close
where o.agency_id = $1 and o.case_id = any($2) and o.advanced_by = 'agency' and o.taken_back_at is null
group by o.client_id, o.currency order by o.client_id, o.currency
"""


@at_close
async def ask_for_costs(actor: Actor, cases: Sequence[CaseFile]) -> None:
    """Have the costs of closed cases invoiced, one invoice a client and currency, where their clients agreed to it."""
    rows = await sql(ASKED, actor.agency_id, [case.id for case in cases])
    await enqueue_each("invoices.costs_at_close", [{"agency_id": actor.agency_id, **row} for row in rows])


@job("invoices.costs_at_close")
async def invoice_them(payload: Payload) -> None:
    """Issue the invoice; twice is once, since what is invoiced is open no more."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope):
        await invoice_costs_of_closed(
            actor,
            UUID(payload["client_id"]),
            payload["currency"],
            [UUID(each) for each in payload["case_ids"].split(",")],
        )
