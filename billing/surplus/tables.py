"""The table of what is paid back to debtors."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Boolean, Date, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class RefundStatus(StrEnum):
    """How far a refund of surplus is."""

    ASKED = "asked"
    """One person named payee and account; another has not answered yet."""
    APPROVED = "approved"
    """May be paid, from a day on."""
    PAID = "paid"
    """Left the trust account, or was refunded by the processor."""
    DECLINED = "declined"
    """Not approved, or taken back."""
    RETURNED = "returned"
    """The bank sent it back: it is kept for the debtor again."""
    GONE = "gone"
    """The payment that it was too much of went back before."""


OPEN = (RefundStatus.ASKED, RefundStatus.APPROVED)
"""Spoken for, and still in the trust account."""


class SurplusRefund(Tenant, Table, tablename="surplus_refunds"):
    """A part of a payment that was too much, on its way back to the debtor. Payee and amount never change."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    payment_id = UUID(default=None, null=False, help_text="The payment that it was too much of.")
    currency = Text(default=None, null=False)
    amount_minor = BigInt(default=None, null=False)
    way = Text(default="bank", help_text="bank: a transfer; card: the processor refunded it.")
    holder = Text(default="", help_text="The payee.")
    iban = Text(default="")
    account_number = Text(default="")
    bank_name = Text(default="")
    branch = Text(default="")
    bank_code = Text(default="")
    bic = Text(default="")
    is_other_payee = Boolean(default=False, help_text="Another payee or account was named for the case before.")
    status = Text(default="asked")
    asked_by = UUID(default=None, null=True, help_text="Nobody where the processor told of it.")
    asked_by_name = Text(default="")
    asked_at = Timestamptz(default=None, null=False)
    decided_by = UUID(default=None, null=True)
    decided_by_name = Text(default="")
    decided_at = Timestamptz(default=None, null=True)
    pay_from = Date(default=None, null=True, help_text="Not paid before this day; known once it is approved.")
    paid_on = Date(default=None, null=True)
    paid_reference = Text(default="")
    paid_by_name = Text(default="")
    paid_at = Timestamptz(default=None, null=True)
    journal_id = UUID(default=None, null=True)
    returned_on = Date(default=None, null=True, help_text="When the bank sent it back.")
    returned_journal_id = UUID(default=None, null=True)
