"""Judging a promise again, because money that kept it went back."""

from cases.casework import CaseFile
from cases.promises.make import RECEIPTS, judge_open
from cases.promises.tables import PromiseStatus
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

LAST = """
select p.id, p.status, p.amount_minor, p.judged_on, least((p.created_at at time zone a.time_zone)::date, p.due_on) as made_on
from promises p join agencies a on a.id = p.agency_id
where p.agency_id = $1 and p.case_id = $2 and p.status in ('kept', 'partly_kept')
  and not exists (select from promises later where later.agency_id = p.agency_id and later.case_id = p.case_id
                  and later.created_at > p.created_at)
"""


async def judge_anew(actor: Actor, case: CaseFile) -> PromiseStatus | None:
    """Judge the case's last promise again if it was kept by money that is no longer there.

    Earlier promises, on which a later one stands, are left as they were judged. The caller holds the case's row, and
    refreshes its situation afterwards. Gives the promise's new status if it ended now; None when it is open, or was
    not touched.
    """
    row = await sql_one(LAST, actor.agency_id, case.id)
    if row is None:
        return None
    receipts = await sql(RECEIPTS, actor.agency_id, case.id, row["made_on"])
    received = sum(receipt["amount_minor"] for receipt in receipts if receipt["effective_on"] <= row["judged_on"])
    if received >= row["amount_minor"] or (row["status"] == PromiseStatus.PARTLY_KEPT and received > 0):
        return None
    await sql(
        "update promises set status = 'open', ended_at = null where agency_id = $1 and id = $2",
        *(actor.agency_id, row["id"]),
    )
    return await judge_open(actor, case)
