"""What invoices and credit notes have in common: a numbered document between the agency and a client, kept as it was set."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from billing.invoices.tables import InvoiceKind
from billing.statements.register import VAT_WORDINGS
from cases.clients import VatTreatment
from portal.pages.text import N_

PAGE: Final = 50
NEWEST: Final = UUID(int=2**128 - 1)
UNTAXED: Final = {
    InvoiceKind.CLAWBACK: N_("returned money is no supply and bears none"),
    InvoiceKind.COSTS: N_("costs paid for you and passed on as they were (disbursements) bear none"),
}
"""What is no supply of the agency, and why it bears no VAT; what is one bears it by the client's treatment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An invoice or a credit note. Minor units of ``currency``."""

    id: UUID
    client_id: UUID
    number: str
    currency: str
    issued_on: date
    net_minor: int
    vat_rate: Decimal
    vat_minor: int
    vat_treatment: VatTreatment
    total_minor: int
    statement_id: UUID | None
    """Whose fees an invoice asks for, or which a credit note corrects."""
    client_name: str
    client_address: str
    client_vat_number: str
    agency_name: str
    agency_address: str
    agency_vat_number: str
    issued_by_name: str
    issued_at: datetime
    journal_id: UUID | None

    def taxed_as(self, kind: InvoiceKind | None) -> str:
        """How it is taxed, a msgid, being of a kind."""
        return UNTAXED[kind] if kind in UNTAXED else VAT_WORDINGS[self.vat_treatment]


def columns(of: type[Paper], but: Sequence[str] = ()) -> list[str]:
    """The columns of a table of papers, without those that come from elsewhere."""
    return [field.name for field in fields(of) if field.name not in but]
