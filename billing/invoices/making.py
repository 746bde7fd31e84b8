"""Invoices and credit notes as papers: each is set once in the client's language, and the client's administrators are told."""

from uuid import UUID

from billing.invoices.credit_notes import CreditNote, load_credit_note
from billing.invoices.document import credit_note_pdf, invoice_pdf
from billing.invoices.register import Invoice, load_invoice
from billing.papers.kinds import Document, once_kept, paper
from billing.papers.readers import language_of, reader, readers_of
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.people.actor import Actor, system
from portal.tenancy.database import transaction


@paper("invoice", action="invoice.document_made", subject="client_invoice")
async def set_invoice(actor: Actor, invoice_id: UUID, language: str | None) -> Document:
    """An invoice as it was issued."""
    invoice = await load_invoice(actor, invoice_id)
    said = language or await language_of(actor, invoice.client_id)
    return _document(invoice, said, await invoice_pdf(actor, invoice, said))


@paper("credit_note", action="credit_note.document_made", subject="credit_note")
async def set_credit_note(actor: Actor, note_id: UUID, language: str | None) -> Document:
    """A credit note as it was issued."""
    note = await load_credit_note(actor, note_id)
    said = language or await language_of(actor, note.client_id)
    return _document(note, said, await credit_note_pdf(actor, note, said))


def _document(paper: Invoice | CreditNote, language: str, content: bytes) -> Document:
    return Document(
        content=content, language=language, number=paper.number, file_name=f"{paper.number}.pdf", told_on=paper.id,
        client_id=paper.client_id,
    )  # fmt: skip


@once_kept("invoice")
async def tell_of_invoice(actor: Actor, invoice_id: UUID) -> None:
    """Have an invoice told of."""
    await _tell(actor, "invoice", await load_invoice(actor, invoice_id))


@once_kept("credit_note")
async def tell_of_credit_note(actor: Actor, note_id: UUID) -> None:
    """Have a credit note told of."""
    await _tell(actor, "credit_note", await load_credit_note(actor, note_id))


async def _tell(actor: Actor, kind: str, paper: Invoice | CreditNote) -> None:
    for user_id in await readers_of(actor, paper.client_id):
        await enqueue("invoices.mail", {"agency_id": actor.agency_id, "kind": kind, "id": paper.id, "user_id": user_id})


@job("invoices.mail")
async def mail(payload: Payload) -> None:
    """Tell one administrator of the client, unless they left meanwhile. The figures stay behind the sign-in."""
    actor, kind, paper_id = system(UUID(payload["agency_id"])), payload["kind"], UUID(payload["id"])
    async with transaction(actor.scope, read_only=True):
        paper = await (load_invoice if kind == "invoice" else load_credit_note)(actor, paper_id)
        whom = await reader(actor, paper.client_id, UUID(payload["user_id"]))
    if whom is None:
        return
    await send_mail(
        whom["email"],
        f"billing/invoices/{kind}.txt",
        language=whom["language"],
        time_zone=whom["time_zone"],
        paper=paper,
        name=whom["name"],
    )
