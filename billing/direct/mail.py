"""Mail about reported payments: the client is asked whether it was paid, and whoever reported one is told what became of it."""

from typing import Final
from uuid import UUID

from billing.direct.register import Report, load_report
from billing.direct.tables import Reporter, ReportStatus
from billing.receipts.addressee import addressee
from cases.casework import load_case
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.people.actor import Actor, system
from portal.tenancy.database import sql, sql_one, transaction

ASKED: Final = """
select user_id from memberships where agency_id = $1 and client_id = $2 and ended_at is null and role in ('admin', 'submitter')
"""
READER: Final = """
select u.email, u.name, u.language, u.time_zone, a.name as agency_name from memberships m
join users u on u.id = m.user_id and u.disabled_at is null join agencies a on a.id = m.agency_id
where m.agency_id = $1 and m.user_id = $2 and m.ended_at is null and m.client_id is not distinct from $3
"""


async def ask_client(actor: Actor, report_id: UUID, client_id: UUID) -> None:
    """Ask those of the client who may answer, one mail each. The caller sees what the agency sees."""
    for row in await sql(ASKED, actor.agency_id, client_id):
        ids = {"agency_id": actor.agency_id, "report_id": report_id, "user_id": row["user_id"]}
        await enqueue("direct_payments.ask", ids)


@job("direct_payments.ask")
async def mail_question(payload: Payload) -> None:
    """Ask one of them, unless they left or the client answered meanwhile. The debtor's name stays behind the sign-in."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        report = await load_report(actor, UUID(payload["report_id"]))
        case = await load_case(actor, report.case_id)
        reader = await sql_one(READER, actor.agency_id, UUID(payload["user_id"]), report.client_id)
    if reader is None or not report.waits_for_client:
        return
    await send_mail(
        reader["email"], "billing/direct/asked.txt", language=reader["language"], time_zone=reader["time_zone"],
        report=report, case=case, reader=reader,
    )  # fmt: skip


async def tell_outcome(actor: Actor, report: Report) -> None:
    """Tell whoever reported a payment what became of it, unless they were the agency."""
    if report.reporter is not Reporter.STAFF:
        await enqueue("direct_payments.tell", {"agency_id": actor.agency_id, "report_id": report.id})


@job("direct_payments.tell")
async def mail_outcome(payload: Payload) -> None:
    """Tell a person of the client, or the debtor where an address is known and nobody asked not to be written to.

    What was accepted the debtor reads in the receipt; only a refusal needs a letter of its own.
    """
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        report = await load_report(actor, UUID(payload["report_id"]))
        case = await load_case(actor, report.case_id)
        to_debtor = await addressee(actor, case) if report.reporter is Reporter.DEBTOR else None
        reader = await sql_one(READER, actor.agency_id, report.reported_by, report.client_id)
    if to_debtor is not None:
        if to_debtor.email and report.status is ReportStatus.DECLINED:
            await send_mail(
                to_debtor.email, "billing/direct/debtor_declined.txt",
                language=to_debtor.language, time_zone=to_debtor.time_zone, report=report, agency_name=to_debtor.agency_name,
            )  # fmt: skip
    elif reader is not None:
        await send_mail(
            reader["email"], f"billing/direct/{report.status}.txt",
            language=reader["language"], time_zone=reader["time_zone"], report=report, case=case, reader=reader,
        )  # fmt: skip
