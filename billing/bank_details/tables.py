"""Accounts that money is sent to: the agency's, into which debtors pay, and the clients', to which remittances go."""

from enum import StrEnum

from piccolo.columns import UUID, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class DetailStatus(StrEnum):
    """What became of a version of an account."""

    PROPOSED = "proposed"
    """Entered by one person; nobody is told to pay here, and nothing is."""
    IN_FORCE = "in_force"
    """Confirmed by another: money goes here."""
    REPLACED = "replaced"
    """A later version took its place."""
    DECLINED = "declined"
    """Not confirmed, or taken back by who entered it."""
    ENDED = "ended"
    """Money goes there no more, and nothing is in its place."""


class BankDetail(Tenant, Table, tablename="bank_details"):
    """One version of an account for a currency, the agency's own or a client's. What it says is never changed."""

    client_id = UUID(default=None, null=True, help_text="Whose account it is; null: the agency's, for its debtors.")
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
