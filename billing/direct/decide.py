"""The clerical check: finance posts a reported payment, with its fee, or declines it and says why."""

from datetime import date
from uuid import UUID

from billing.direct.mail import tell_outcome
from billing.direct.register import Report, load_report
from billing.direct.tables import ReportStatus
from billing.payments.receipts import record as record_payment
from billing.tables import Channel
from cases.casework import CaseFile, load_case, tell
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql

DECIDE = """
update direct_payment_reports set status = $3, payment_id = $4, answer = $5, decided_by = $6, decided_by_name = $7,
                                  decided_at = $8
where agency_id = $1 and id = $2 and status = 'reported'
"""


async def accept(
    actor: Actor, report_id: UUID, amount_minor: int | None, paid_on: date | None, *, shown: str | None = None
) -> UUID:
    """Post a reported payment; gives the payment's id, also when it was posted before.

    Amount and day may differ from the report's, when the client's books have them otherwise. ``shown`` is the
    fingerprint of the split that a person saw.

    Raises:
        NotFound: there is no such report here.
        Refused: it was declined, it cannot be a payment on this case as it stands, or the split was not shown.
    """
    case, found = await _decidable(actor, report_id)
    if found.payment_id is not None:
        return found.payment_id
    _check_open(found)
    payment_id = await record_payment(
        actor, case.id, amount_minor, paid_on, Channel.DIRECT, token=found.id, shown=shown, invoice_id=found.invoice_id
    )
    await _decided(actor, found, ReportStatus.ACCEPTED, payment_id, "")
    facts = {"payment_id": payment_id, "amount_minor": amount_minor, "currency": case.currency, "paid_on": paid_on}
    await record(
        actor, "direct_payment.accepted", "direct_payment", found.id, client_id=case.client_id,
        facts={**facts, "case_id": case.id},
    )  # fmt: skip
    return payment_id


async def decline(actor: Actor, report_id: UUID, why: str) -> None:
    """Decline a reported payment, with the reason that whoever reported it reads.

    Raises:
        NotFound: there is no such report here.
        Refused: it was decided already, or no reason is given.
    """
    case, found = await _decidable(actor, report_id)
    _check_open(found)
    why = why.strip()
    if not why:
        raise Refused(N_("Please fill this in."), field="answer", code="missing")
    await _decided(actor, found, ReportStatus.DECLINED, None, why)
    facts = {"amount_minor": found.amount_minor, "currency": found.currency}
    await tell(actor, case, "direct_payment.declined", "money", {**facts, "answer": why})
    await record(
        actor, "direct_payment.declined", "direct_payment", found.id, client_id=case.client_id,
        facts={**facts, "case_id": case.id}, personal={"answer": why},
    )  # fmt: skip


async def _decidable(actor: Actor, report_id: UUID) -> tuple[CaseFile, Report]:
    actor.require("direct_payments.decide")
    found = await load_report(actor, report_id)
    case = await load_case(actor, found.case_id, lock=True)
    return case, await load_report(actor, report_id, lock=True)


def _check_open(found: Report) -> None:
    if found.status is not ReportStatus.REPORTED:
        raise Refused(N_("This was decided already."), code="decided")


async def _decided(actor: Actor, found: Report, status: ReportStatus, payment_id: UUID | None, why: str) -> None:
    await sql(DECIDE, *(actor.agency_id, found.id, status, payment_id, why, actor.user_id, actor.name, clock.now()))
    await tell_outcome(actor, found)
