"""The table of invoices to clients."""

from decimal import Decimal
from enum import StrEnum

from piccolo.columns import UUID, BigInt, Date, Numeric, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class InvoiceKind(StrEnum):
    """What an invoice is about."""

    CLAWBACK = "clawback"
    """Money that went back after its remittance, and that no later money pays."""
    FEES = "fees"
    """Fees that a statement does not keep back: all under gross remittance, those on direct payments under combined."""


class ClientInvoice(Tenant, Table, tablename="client_invoices"):
    """What a client is asked to transfer to the agency. Until it is paid no remittance takes it as well."""

    client_id = UUID(default=None, null=False)
    number = Text(default=None, null=False)
    kind = Text(default="clawback")
    currency = Text(default=None, null=False)
    issued_on = Date(default=None, null=False)
    due_on = Date(default=None, null=False)
    net_minor = BigInt(default=None, null=False)
    vat_rate = Numeric(digits=(6, 4), default=Decimal(0))
    vat_minor = BigInt(default=0)
    vat_treatment = Text(default="outside")
    credited_minor = BigInt(default=0, help_text="Given back to the client for money that went back, and taken off.")
    total_minor = BigInt(default=None, null=False, help_text="net and VAT, less what is credited.")
    statement_id = UUID(default=None, null=True, help_text="The statement whose fees it asks for.")
    client_name = Text(default="", help_text="As it was when it was issued, like what follows.")
    client_address = Text(default="")
    client_vat_number = Text(default="")
    agency_name = Text(default="")
    agency_address = Text(default="")
    agency_vat_number = Text(default="")
    issued_by = UUID(default=None, null=False)
    issued_by_name = Text(default="")
    issued_at = Timestamptz(default=None, null=False)
    journal_id = UUID(default=None, null=False)
    paid_on = Date(default=None, null=True)
    paid_reference = Text(default="")
    paid_by_name = Text(default="")
    paid_at = Timestamptz(default=None, null=True)
    paid_journal_id = UUID(default=None, null=True)
