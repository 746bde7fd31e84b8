"""Documents in tests: handed in the way a person without scripts does, and what became of them."""

from __future__ import annotations

import io
from uuid import UUID

from cases.documents.evidence import DocumentFile, load_document, send_through
from cases.documents.words import Kind
from portal.people.actor import Actor
from portal.tenancy.database import transaction

PDF = b"%PDF-1.7\n" + b"an invoice " * 100 + b"\n%%EOF\n"


async def handed_in(
    actor: Actor, case_id: UUID, name: str = "invoice.pdf", content: bytes = PDF, replaces: UUID | None = None
) -> DocumentFile:
    """A document of a case, as it is once it has been sent."""
    async with transaction(actor.scope):
        return await send_through(actor, case_id, name, io.BytesIO(content), Kind.INVOICE, replaces)


async def seen(actor: Actor, document_id: UUID) -> DocumentFile:
    """The document as it is now."""
    async with transaction(actor.scope, read_only=True):
        return await load_document(actor, document_id)
