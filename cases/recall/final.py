"""A recall becomes final: the rest of the claim leaves the books, the case closes and its reference is free again.

It is taken out by a journal of its own, so that what was placed, what came and what went back stay to be read. Money that
comes afterwards brings as much of the claim back as it pays (`billing.payments.after_recall`).
"""

import logging
from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from cases.casework import CaseFile, load_case, tell_each
from cases.ending import close_each, end_open_matters, rest_of
from cases.recall.mail import enqueue_mails
from cases.recall.register import RecallFile, standing_recall
from cases.recall.tables import RecallStatus
from cases.situation import refresh
from portal import clock
from portal.audit.record import Event, record, record_each
from portal.errors import NotFound, Unanswered, told
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.ledger.journal import JournalDraft, post
from portal.people.actor import Actor, system
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_value, transaction

LOG = logging.getLogger("cases.recall")
SOURCE: Final = "recall"
CLOSE_CODE: Final = "withdrawn"


async def make_final(actor: Actor, case: CaseFile, recall: RecallFile) -> None:
    """Give a case back. The caller holds its row, and has seen that it is open and the recall pending."""
    await make_final_each(actor, {recall.id: case})
    await enqueue_mails(actor, recall, "final")


async def make_final_each(actor: Actor, asked: Mapping[UUID, CaseFile]) -> None:
    """Give cases of one client back, by their recalls; as :func:`make_final`, for all of them at once."""
    now, cases = clock.now(), list(asked.values())
    await sql(
        "update recalls set status = $3, ended_at = $4 where agency_id = $1 and id = any($2)",
        *(actor.agency_id, list(asked), RecallStatus.FINAL, now),
    )
    await _take_out(actor, {str(recall_id): case for recall_id, case in asked.items()}, await agency_day(actor))
    await end_open_matters(actor, cases, now)
    ids = [case.id for case in cases]
    await sql("update cases set recall_asked_on = null where agency_id = $1 and id = any($2)", actor.agency_id, ids)
    facts = [{"amount_minor": case.balance_minor, "currency": case.currency} for case in cases]
    await tell_each(actor, cases, "recall.final", "client", facts)
    events = [Event(case.id, facts=each) for case, each in zip(cases, facts, strict=True)]
    await record_each(actor, "recall.final", "case", events, client_id=cases[0].client_id)
    await close_each(actor, cases, CLOSE_CODE)
    await refresh(actor, *ids)


async def _take_out(actor: Actor, known_by: Mapping[str, CaseFile], on: date) -> None:
    """Post one journal a case that still owes something, by the name under which it posts once."""
    owed = {name: lines for name, case in known_by.items() if (lines := rest_of(case))}
    await post(actor, [JournalDraft(SOURCE, name, "claim recalled", on, lines) for name, lines in owed.items()])


RECALLED: Final = """
select (r.ended_at at time zone a.time_zone)::date from recalls r join agencies a on a.id = r.agency_id
where r.agency_id = $1 and r.case_id = $2 and r.status = 'final'
"""


async def take_out_recalled(actor: Actor, case: CaseFile, because: UUID, on: date) -> None:
    """Money on a case went back ``on`` a day: if the case was recalled by then, so does the claim that it had paid.

    ``because`` names what went back, once for all. The caller holds the case's row, and read it afterwards.
    """
    recalled_on = await sql_value(RECALLED, actor.agency_id, case.id)
    if recalled_on is not None:
        await _take_out(actor, {f"{case.id} after {because}": case}, max(on, recalled_on))


DUE: Final = """
select r.case_id from recalls r where r.agency_id = $1 and r.status = 'pending' and r.final_on <= $2
order by r.final_on, r.id limit 1000
"""


@job("recalls.make_final")
async def make_due_final(payload: Payload) -> None:
    """Every recall of an agency that nobody answered in time, each in a transaction of its own; twice is once.

    One that fails keeps none of the others waiting: it is told of at the end, and tried again with the job.
    """
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        today = await agency_day(actor)
        due = [row["case_id"] for row in await sql(DUE, actor.agency_id, today)]
    failed: Exception | None = None
    for case_id in due:
        try:
            async with transaction(actor.scope):
                await _one_due(actor, case_id)
        except Unanswered:
            raise
        except Exception as error:
            LOG.warning("the recall of case %s could not be made final: %s", case_id, told(error))
            failed = failed or error
    if failed is not None:
        raise failed
    if len(due) == 1000:
        await make_due_final(payload)


async def _one_due(actor: Actor, case_id: UUID) -> None:
    """It may have been answered since, or the case ended in another way."""
    case = await load_case(actor, case_id, lock=True)
    try:
        recall = await standing_recall(actor, case)
    except NotFound:
        return
    if recall.status is not RecallStatus.PENDING or recall.final_on > await agency_day(actor):
        return
    if case.is_open:
        await make_final(actor, case, recall)
    else:
        await _lapse(actor, case, recall)


async def _lapse(actor: Actor, case: CaseFile, recall: RecallFile) -> None:
    await sql(
        "update recalls set status = $3, ended_at = $4 where agency_id = $1 and id = $2",
        *(actor.agency_id, recall.id, RecallStatus.LAPSED, clock.now()),
    )
    await sql("update cases set recall_asked_on = null where agency_id = $1 and id = $2", *(actor.agency_id, case.id))
    await record(actor, "recall.lapsed", "case", case.id, client_id=case.client_id)
    await refresh(actor, case.id)
