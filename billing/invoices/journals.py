"""The journals of invoices to clients: what is asked for becomes a receivable (O1200), and a transfer pays it (event 7).

Journals of this source are an invoice's alone: a remittance takes what else a client owes, never what it is asked to
transfer (`billing.remittance.shares`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from portal.ledger.journal import JournalDraft, Line, cr, dr
from portal.ledger.tables import Book

SOURCE: Final = "invoice"


def issued(invoice_id: UUID, client_id: UUID, owed: Sequence[Line], on: date) -> JournalDraft:
    """A client owes by an invoice what it owed as ``owed``: the accounts that are cleared, more credits than debits."""
    total = -sum(line.amount_minor for line in owed)
    receivable = dr(Book.OPERATING, 1200, total, owed[0].currency, client=client_id)
    return JournalDraft(SOURCE, f"{invoice_id}:issued", "invoice", on, (receivable, *owed))


def paid(invoice_id: UUID, client_id: UUID, total_minor: int, currency: str, on: date) -> JournalDraft:
    """The client transferred it to the agency's own account."""
    lines = (
        dr(Book.OPERATING, 1100, total_minor, currency),
        cr(Book.OPERATING, 1200, total_minor, currency, client=client_id),
    )
    return JournalDraft(SOURCE, f"{invoice_id}:paid", "invoice paid", on, lines)
