"""The identity of a placement's content: whether the same cases were handed over before."""

import hashlib
import json
from collections.abc import Iterable

from cases.intake.draft import CaseDraft, InvoiceDraft


def content_digest(drafts: Iterable[CaseDraft]) -> str:
    """SHA-256, in hex, over the drafts in their order, whatever file or door they came from.

    A due date that follows from the client's terms is left out: a change of terms does not make the same content
    another one.
    """
    digest = hashlib.sha256()
    for draft in drafts:
        digest.update(json.dumps(_content(draft), separators=(",", ":")).encode("ascii") + b"\n")
    return digest.hexdigest()


def _content(draft: CaseDraft) -> list[object]:
    """All that the client said of the case, in an order that must never change."""
    debtor, address = draft.debtor, draft.debtor.address
    return [
        draft.reference,
        [
            debtor.kind.value,
            debtor.name,
            debtor.email_given,
            debtor.phone_given,
            debtor.language,
            debtor.contact_person,
        ],
        [address.street, address.postal_code, address.city, address.region, address.country],
        draft.currency,
        [_invoice(invoice) for invoice in draft.invoices],
        draft.description,
    ]


def _invoice(invoice: InvoiceDraft) -> list[object]:
    issued_on = invoice.issued_on.isoformat() if invoice.issued_on else None
    due_on = None if invoice.due_assumed else invoice.due_on.isoformat()
    return [invoice.number, issued_on, due_on, invoice.amount_minor]
