"""A receipt as a paper: it gets its number, is set once, and mailed once where that is allowed.

The mail server is called between transactions. Killed at any moment, a job begins anew and finds what is done.
"""

from typing import Final
from uuid import UUID

from billing.papers.keeping import attached, kept
from billing.papers.kinds import Document, once_kept, paper
from billing.receipts.addressee import Addressee, addressee
from billing.receipts.document import as_pdf
from billing.receipts.register import Receipt, load_receipt
from cases.casework import load_case, tell
from portal import clock
from portal.audit.record import record
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.mail.postbox import Attachment, BadAddress, send_mail
from portal.numbering import next_number
from portal.people.actor import Actor, system
from portal.tenancy.database import sql, sql_value, transaction

SERIES: Final = "receipts"
MAILED: Final = "update payment_receipts set mail = $3, mailed_to = $4, mailed_at = $5 where agency_id = $1 and id = $2"


@paper("receipt", action="receipt.made", subject="payment")
async def set_receipt(actor: Actor, receipt_id: UUID, _: str | None) -> Document:
    """A receipt in the debtor's language, numbered when it is set first."""
    receipt = await _numbered(actor, receipt_id)
    case = await load_case(actor, receipt.case_id)
    return Document(
        content=await as_pdf(actor, case, receipt), language=receipt.language, number=receipt.number or "",
        file_name=f"{receipt.number}.pdf", told_on=receipt.payment_id, client_id=receipt.client_id, case_id=case.id,
    )  # fmt: skip


@once_kept("receipt")
async def mail_it(actor: Actor, receipt_id: UUID) -> None:
    """Have it mailed."""
    await enqueue("receipts.mail", {"agency_id": actor.agency_id, "receipt_id": receipt_id})


async def _numbered(actor: Actor, receipt_id: UUID) -> Receipt:
    """The receipt with its number. Whoever makes it too waits here; the next number waits until this one is committed."""
    await sql("select from payment_receipts where agency_id = $1 and id = $2 for update", actor.agency_id, receipt_id)
    receipt = await load_receipt(actor, receipt_id)
    if receipt.number is not None:
        return receipt
    case = await load_case(actor, receipt.case_id)
    written_to = await addressee(actor, case)
    number = f"R-{await next_number(actor, SERIES):06}"
    await sql(
        "update payment_receipts set number = $3, language = $4, issued_at = $5 where agency_id = $1 and id = $2",
        *(actor.agency_id, receipt_id, number, written_to.language, clock.now()),
    )
    return await load_receipt(actor, receipt_id)


@job("receipts.mail")
async def mail(payload: Payload) -> None:
    """Mail a receipt to the debtor, unless the agency sends none, no address is known, or somebody asked not to be written to."""
    actor, receipt_id = system(UUID(payload["agency_id"])), UUID(payload["receipt_id"])
    async with transaction(actor.scope, read_only=True):
        receipt = await load_receipt(actor, receipt_id)
        case = await load_case(actor, receipt.case_id)
        written_to = await addressee(actor, case)
        sends = await sql_value("select send_receipts from agencies where id = $1", actor.agency_id)
        file = await kept(actor, "receipt", receipt_id)
    if receipt.mail or file is None:
        return
    outcome = "off" if not sends else "taken_back" if receipt.taken_back_on else written_to.why_not
    if not outcome:
        outcome = await _send(receipt, case.number, written_to, await attached(file))
    async with transaction(actor.scope):
        await sql(
            "select from payment_receipts where agency_id = $1 and id = $2 for update", actor.agency_id, receipt_id
        )
        if (await load_receipt(actor, receipt_id)).mail:
            return
        sent = outcome == "sent"
        to = (written_to.email, clock.now()) if sent else ("", None)
        await sql(MAILED, actor.agency_id, receipt_id, outcome, *to)
        if sent:
            case = await load_case(actor, receipt.case_id)
            await tell(actor, case, "receipt.mailed", "money", {"number": receipt.number}, client_sees=False)
            await record(
                actor, "receipt.mailed", "payment", receipt.payment_id, facts={"number": receipt.number},
                personal={"email": written_to.email},
            )  # fmt: skip


async def _send(receipt: Receipt, case_number: str, written_to: Addressee, file: Attachment) -> str:
    """Hand it over; gives what became of it."""
    try:
        await send_mail(
            written_to.email,
            "billing/receipts/receipt.txt",
            language=written_to.language,
            time_zone=written_to.time_zone,
            attachments=[file],
            receipt=receipt,
            case_number=case_number,
            agency_name=written_to.agency_name,
        )
    except BadAddress:
        return "bad_address"
    return "sent"
