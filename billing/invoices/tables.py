"""The tables of invoices to clients, of the transfers that pay them, and of credit notes."""

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
    COSTS = "costs"
    """Costs that the agency advanced and no debtor repaid."""


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
    issued_by = UUID(default=None, null=True, help_text="None where a rule issued it.")
    issued_by_name = Text(default="")
    issued_at = Timestamptz(default=None, null=False)
    journal_id = UUID(default=None, null=False)
    paid_minor = BigInt(default=0, help_text="What transfers have paid of it, as it stands.")
    corrected_minor = BigInt(default=0, help_text="What credit notes take off it.")
    settled_on = Date(default=None, null=True, help_text="The day from which nothing of it is left to be paid.")


class InvoicePayment(Tenant, Table, tablename="invoice_payments"):
    """A transfer by which a client paid an invoice or a part of one. Booked in error, it is taken back."""

    client_id = UUID(default=None, null=False)
    invoice_id = UUID(default=None, null=False)
    amount_minor = BigInt(default=None, null=False)
    paid_on = Date(default=None, null=False)
    reference = Text(default=None, null=False, help_text="The bank's.")
    journal_id = UUID(default=None, null=False)
    booked_by = UUID(default=None, null=True)
    booked_by_name = Text(default="")
    booked_at = Timestamptz(default=None, null=False)
    taken_back_on = Date(default=None, null=True)
    taken_back_by_name = Text(default="")
    taken_back_at = Timestamptz(default=None, null=True)
    taken_back_journal_id = UUID(default=None, null=True)


class CreditReason(StrEnum):
    """Why a credit note is made."""

    WENT_BACK = "went_back"
    """Money went back after its remittance, and with it its fee."""
    ERROR = "error"
    """The invoice was issued in error."""
    AGREED = "agreed"
    """Agency and client agreed on less."""


class CreditNote(Tenant, Table, tablename="credit_notes"):
    """What is given back of a statement's fees, or taken off an invoice. It names which of them it corrects."""

    client_id = UUID(default=None, null=False)
    number = Text(default=None, null=False)
    why = Text(default=None, null=False)
    statement_id = UUID(default=None, null=True, help_text="The statement it corrects.")
    invoice_id = UUID(default=None, null=True, help_text="The invoice it corrects.")
    told_by = UUID(default=None, null=True, help_text="The later statement that tells of it.")
    currency = Text(default=None, null=False)
    issued_on = Date(default=None, null=False)
    net_minor = BigInt(default=None, null=False)
    vat_rate = Numeric(digits=(6, 4), default=Decimal(0))
    vat_minor = BigInt(default=0)
    vat_treatment = Text(default="outside")
    total_minor = BigInt(default=None, null=False)
    client_name = Text(default="", help_text="As it was when it was issued, like what follows.")
    client_address = Text(default="")
    client_vat_number = Text(default="")
    agency_name = Text(default="")
    agency_address = Text(default="")
    agency_vat_number = Text(default="")
    issued_by = UUID(default=None, null=True)
    issued_by_name = Text(default="")
    issued_at = Timestamptz(default=None, null=False)
    journal_id = UUID(default=None, null=True, help_text="Of an invoice's; what went back is booked with the payment.")
