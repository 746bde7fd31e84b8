"""What of each payment reached which invoice."""

from piccolo.columns import UUID, BigInt, Boolean, Date, Integer
from piccolo.table import Table

from portal.identity import Tenant


class InvoiceShare(Tenant, Table, tablename="invoice_shares"):
    """What of a payment's principal reached an invoice. Never changed: what goes back is a payment with shares of its own."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    payment_id = UUID(default=None, null=False)
    invoice_id = UUID(default=None, null=True, help_text="None: what no invoice could take.")
    position = Integer(default=None, null=False)
    amount_minor = BigInt(default=None, null=False, help_text="Below nought where a payment went back.")
    named = Boolean(default=False, help_text="The debtor had named the invoice; else it was the oldest due.")
    on = Date(default=None, null=False, help_text="The day of the payment.")
