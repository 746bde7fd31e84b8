"""The identity of a placement's content: whether the same cases were handed over before."""

import hashlib
import json
from collections.abc import Iterable

from cases.intake.draft import CaseDraft, InvoiceDraft

_ENCODER = json.JSONEncoder(separators=(",", ":"))


class ContentDigest:
    """SHA-256 over drafts in their order, added as they are read.

    A due date that follows from the client's terms is left out: a change of terms does not make the same content
    another one.
    """

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, draft: CaseDraft) -> None:
        """Takes the next draft in."""
        self._digest.update(_ENCODER.encode(_content(draft)).encode("ascii") + b"\n")

    def digest(self) -> bytes:
        """What was added so far, as bytes."""
        return self._digest.digest()


def content_digest(drafts: Iterable[CaseDraft]) -> str:
    """The digest of all drafts, in hex, whatever file or door they came from."""
    whole = ContentDigest()
    for draft in drafts:
        whole.add(draft)
    return whole.digest().hex()


def _content(draft: CaseDraft) -> list[object]:
    """All that the client said of the case, in an order that must never change."""
    debtor, address = draft.debtor, draft.debtor.address
    content: list[object] = [
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
    if debtor.registration_number or debtor.tax_id:
        content.append({"registration_number": debtor.registration_number, "tax_id": debtor.tax_id})
    if draft.interest_minor or draft.costs_minor or draft.credits or draft.contacts:
        content.append(_beside(draft))
    if draft.second_placement:
        content.append({"second_placement": True})
    return content


def _beside(draft: CaseDraft) -> list[object]:
    """What few claims have; a claim without it keeps the identity that it has had from the beginning."""
    return [
        draft.interest_minor,
        draft.costs_minor,
        [
            [credit.kind.value, credit.number, str(credit.on or ""), credit.invoice_number, credit.amount_minor]
            for credit in draft.credits
        ],
        [
            [contact.name, contact.position, contact.email, contact.phone, contact.authorised]
            for contact in draft.contacts
        ],
    ]


def _invoice(invoice: InvoiceDraft) -> list[object]:
    issued_on = invoice.issued_on.isoformat() if invoice.issued_on else None
    due_on = None if invoice.due_assumed else invoice.due_on.isoformat()
    return [invoice.number, issued_on, due_on, invoice.amount_minor]
