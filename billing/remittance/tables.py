"""The table of claw-backs."""

from piccolo.columns import UUID, BigInt, Date, Text
from piccolo.table import Table

from portal.identity import Tenant


class Clawback(Tenant, Table, tablename="clawbacks"):
    """What a client owes us because money that it was paid went back afterwards (O1230). Taken from its next money.

    The part of it that the fee and its VAT were is given back to the client at once, so that it owes only the rest; of a
    payment that the client itself had received, nothing but fee and VAT goes back, and the claw-back is below nought.
    """

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    case_number = Text(default="")
    debtor_name = Text(default="", help_text="As it was when the money went back.")
    payment_id = UUID(default=None, null=False, help_text="The payment that takes the other one back.")
    currency = Text(default=None, null=False)
    on_day = Date(default=None, null=False)
    why = Text(default=None, null=False, help_text="charged_back, refunded, or a reason of a return.")
    gross_minor = BigInt(default=None, null=False, help_text="What the client had of the payment, before fee and VAT.")
    fee_minor = BigInt(default=None, null=False)
    vat_minor = BigInt(default=None, null=False)
    owed_minor = BigInt(default=None, null=False, help_text="gross less fee less VAT.")
    statement_id = UUID(default=None, null=True, help_text="The first approved statement that told the client of it.")
    invoice_id = UUID(default=None, null=True, help_text="The invoice that asks for it, because nothing came in.")
