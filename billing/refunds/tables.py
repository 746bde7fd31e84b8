"""The table of what is paid back."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Boolean, Date, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class RefundStatus(StrEnum):
    """How far a refund is."""

    ASKED = "asked"
    """One person named payee and account; another has not answered yet."""
    APPROVED = "approved"
    """May be paid, from a day on."""
    PAID = "paid"
    """Left the trust account, or was refunded by the processor."""
    DECLINED = "declined"
    """Not approved, or taken back."""
    RETURNED = "returned"
    """The bank sent it back: it is kept where it had been."""
    GONE = "gone"
    """The payment that it was a part of went back before."""


OPEN = (RefundStatus.ASKED, RefundStatus.APPROVED)
"""Spoken for, and still in the trust account."""


class Refund(Tenant, Table, tablename="refunds"):
    """A payment's surplus or a piece of suspended money on its way back. Payee and amount never change."""

    client_id = UUID(default=None, null=True)
    case_id = UUID(default=None, null=True, help_text="Null where nobody knows whose money it is.")
    payment_id = UUID(default=None, null=True, help_text="The payment that it was too much of.")
    suspense_id = UUID(default=None, null=True, help_text="Or the suspended money that it is.")
    currency = Text(default=None, null=False)
    amount_minor = BigInt(default=None, null=False)
    way = Text(default="bank", help_text="bank: a transfer; card: the processor refunded it; typed: a transfer to a payee"
               " that was typed, from before accounts were checked.")  # fmt: skip
    holder = Text(default="", help_text="The payee.")
    iban = Text(default="")
    account_number = Text(default="")
    bank_name = Text(default="")
    branch = Text(default="")
    bank_code = Text(default="")
    bic = Text(default="")
    bank_account_id = UUID(
        default=None, null=True, help_text="The trust account that its money came to, where it is known."
    )
    sent_from = Text(default="", help_text="The account that the money had come from, where a bank line says it.")
    is_other_payee = Boolean(
        default=False, help_text="Not that account; where it is unknown, not the payee named before."
    )
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
    told = Text(default="", help_text="What became of telling the old contact of another payee: sent, or why not.")
    told_to = Text(default="")
    told_at = Timestamptz(default=None, null=True)


class FiledRefund(Tenant, Table, tablename="filed_refunds"):
    """A refund stands in a payment file: in one at most, for good, whatever becomes of it."""

    file_id = UUID(default=None, null=False)
    refund_id = UUID(default=None, null=False)
    amount_minor = BigInt(default=None, null=False)
