"""The tables of claw-backs, and of payouts that the bank returned."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Date, Text, Timestamptz
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
    credit_note_id = UUID(default=None, null=True, help_text="The credit note by which fee and VAT are given back.")


class ReturnedStatus(StrEnum):
    """How far a payout that the bank returned is."""

    WAITING = "waiting"
    """The money is in the trust account again and the client's (T2010), until it is paid again."""
    PAID = "paid"
    """It was paid again, to an account that two people entered and confirmed since."""
    UNDONE = "undone"
    """The bank's line was something else: it never came back."""


class ReturnedPayout(Tenant, Table, tablename="returned_payouts"):
    """What a client was to be paid by a statement and the bank sent back (event 10). Only what became of it changes."""

    client_id = UUID(default=None, null=False)
    statement_id = UUID(default=None, null=False)
    currency = Text(default=None, null=False)
    amount_minor = BigInt(default=None, null=False)
    detail_id = UUID(default=None, null=True, help_text="The account that it had been sent to, where one was known.")
    returned_on = Date(default=None, null=False)
    why = Text(default="", help_text="In the bank's words.")
    journal_id = UUID(default=None, null=False)
    told_by_name = Text(default="")
    told_at = Timestamptz(default=None, null=False)
    status = Text(default="waiting")
    paid_detail_id = UUID(default=None, null=True, help_text="The account that it was paid to the second time.")
    paid_on = Date(default=None, null=True)
    paid_reference = Text(default="")
    paid_by_name = Text(default="")
    paid_at = Timestamptz(default=None, null=True)
    paid_journal_id = UUID(default=None, null=True)
