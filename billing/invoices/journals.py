"""The journals of invoices to clients: what is asked for becomes a receivable (O1200), and a transfer pays it (event 7).

Journals of this source are an invoice's alone: a remittance takes what else a client owes, never what it is asked to
transfer (`billing.remittance.shares`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from portal.ledger.accounts import CHART, Holder
from portal.ledger.journal import JournalDraft, Line, cr, dr
from portal.ledger.tables import Book

SOURCE: Final = "invoice"


def issued(invoice_id: UUID, client_id: UUID, owed: Sequence[Line], on: date) -> JournalDraft:
    """A client owes by an invoice what it owed as ``owed``: the accounts that are cleared, more credits than debits."""
    total = -sum(line.amount_minor for line in owed)
    receivable = dr(Book.OPERATING, 1200, total, owed[0].currency, client=client_id)
    return JournalDraft(SOURCE, f"{invoice_id}:issued", "invoice", on, (receivable, *owed))


def paid(
    payment_id: UUID, client_id: UUID, minor: int, currency: str, on: date, account: UUID | None = None
) -> JournalDraft:
    """The client transferred some of what it owes to the agency's own account; ``account`` is the one at the bank."""
    lines = (
        dr(Book.OPERATING, 1100, minor, currency, bank_account=account),
        cr(Book.OPERATING, 1200, minor, currency, client=client_id),
    )
    return JournalDraft(SOURCE, f"{payment_id}:paid", "invoice paid", on, lines)


def credited(
    credit_note_id: UUID, client_id: UUID, account: int, net_minor: int, vat_minor: int, currency: str, on: date
) -> JournalDraft:
    """A credit note takes some of an invoice back: on ``account`` what it asked for, with its VAT (O Dr4090 Dr2100 Cr1200 of fees)."""
    holder = client_id if CHART[account].holder is Holder.CLIENT else None
    lines = [dr(Book.OPERATING, account, net_minor, currency, client=holder)] if net_minor else []
    if vat_minor:
        lines.append(dr(Book.OPERATING, 2100, vat_minor, currency))
    lines.append(cr(Book.OPERATING, 1200, net_minor + vat_minor, currency, client=client_id))
    return JournalDraft(SOURCE, f"{credit_note_id}:credited", "credit note", on, tuple(lines))
