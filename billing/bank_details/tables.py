"""The agency's accounts for debtors."""

from enum import StrEnum

from piccolo.columns import UUID, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class DetailStatus(StrEnum):
    """What became of a version of an account."""

    PROPOSED = "proposed"
    """Entered by one person; no debtor sees it."""
    IN_FORCE = "in_force"
    """Confirmed by another: debtors are told to pay here."""
    REPLACED = "replaced"
    """A later version took its place."""
    DECLINED = "declined"
    """Not confirmed, or taken back by who entered it."""
    ENDED = "ended"
    """No longer shown, and nothing in its place."""


class BankDetail(Tenant, Table, tablename="bank_details"):
    """One version of the account into which debtors pay in a currency. What it says is never changed."""

    currency = Text(default=None, null=False)
    version = Integer(default=None, null=False)
    holder = Text(default=None, null=False)
    iban = Text(default="", help_text="Without blanks; empty where accounts have another number.")
    account_number = Text(default="")
    bank_name = Text(default="")
    branch = Text(default="")
    bank_code = Text(default="", help_text="CNAPS code, sort code, routing number: what names the bank at home.")
    bic = Text(default="")
    status = Text(default="proposed")
    proposed_by = UUID(default=None, null=False)
    proposed_by_name = Text(default="")
    proposed_at = Timestamptz(default=None, null=False)
    decided_by = UUID(default=None, null=True)
    decided_by_name = Text(default="")
    decided_at = Timestamptz(default=None, null=True)
    ended_by_name = Text(default="", help_text="Empty where a later version took its place.")
    ended_at = Timestamptz(default=None, null=True)
