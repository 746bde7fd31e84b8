"""Receipts as they were made."""

from piccolo.columns import UUID, BigInt, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class PaymentReceipt(Tenant, Table, tablename="payment_receipts"):
    """The receipt of one payment. It is owed from the moment the payment is posted, and made soon after."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    payment_id = UUID(default=None, null=False)
    left_minor = BigInt(
        default=None, null=False, help_text="What was owed once the payment and all that followed was posted."
    )
    number = Text(default=None, null=True, help_text="Given when it is made; without gaps per agency.")
    language = Text(default="", help_text="The debtor's when it was made.")
    issued_at = Timestamptz(default=None, null=True)
    mail = Text(
        default="", help_text="sent, or why not: off, no_address, stopped, not_own, bad_address; empty: not yet."
    )
    mailed_to = Text(default="")
    mailed_at = Timestamptz(default=None, null=True)
