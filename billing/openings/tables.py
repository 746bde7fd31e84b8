"""The tables of opening balances."""

from enum import StrEnum

from piccolo.columns import UUID, Array, BigInt, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class OpeningStatus(StrEnum):
    """How far the opening balances of a currency are."""

    DRAFT = "draft"
    """Being written down; nothing is posted."""
    PROPOSED = "proposed"
    """They add up and are proved, by whoever wrote them; another person looks at them."""
    APPROVED = "approved"
    """In the books."""
    DROPPED = "dropped"
    """Given up before."""
    UNDONE = "undone"
    """Were in the books by mistake, and are not any more."""


class ItemKind(StrEnum):
    """Whose money an item is."""

    FUNDS = "funds"
    """A client's, to be paid to it: what fees were due on it were taken before (T2000)."""
    SUSPENSE = "suspense"
    """Nobody knows whose (T2020)."""
    REFUND = "refund"
    """A debtor's, who paid too much: it waits in suspense until it is sent back (T2020)."""


class Opening(Tenant, Table, tablename="openings"):
    """What stands in one currency in the morning of a day, before anything is booked here. Once approved it stays, or is undone as a whole."""

    currency = Text(default=None, null=False)
    effective_on = Date(default=None, null=False)
    status = Text(default="draft")
    version = Integer(default=1, help_text="Counts every change: an approval is of what was shown.")
    due_to_operating_minor = BigInt(default=0, help_text="Fees earned before that are still in the trust account.")
    due_from_operating_minor = BigInt(default=0, help_text="What the agency owes its clients' money.")
    vat_minor = BigInt(default=0, help_text="VAT collected and not paid to the state yet.")
    authors = Array(base_column=UUID(default=None), default=list, help_text="Everybody who wrote any of it.")
    prepared_by_name = Text(default="", help_text="Who changed it last.")
    prepared_at = Timestamptz(default=None, null=False)
    proposed_by_name = Text(default="")
    proposed_at = Timestamptz(default=None, null=True)
    approved_by = UUID(default=None, null=True)
    approved_by_name = Text(default="")
    approved_at = Timestamptz(default=None, null=True)
    journal_id = UUID(default=None, null=True)
    undone_by_name = Text(default="")
    undone_at = Timestamptz(default=None, null=True)
    undone_journal_id = UUID(default=None, null=True)
    proof_name = Text(default="", help_text="The closing list of the system before, or the bank's confirmation.")
    proof_sha256 = Bytea(default=None, null=True)
    proof_bytes = BigInt(default=0)
    object_key = Text(default="")
    version_id = Text(default="")


class OpeningBank(Tenant, Table, tablename="opening_banks"):
    """What stands on one of the agency's bank accounts."""

    opening_id = UUID(default=None, null=False)
    bank_account_id = UUID(default=None, null=False)
    amount_minor = BigInt(default=None, null=False, help_text="Below nought where an own account is overdrawn.")


class OpeningItem(Tenant, Table, tablename="opening_items"):
    """Money of others that was received before, piece by piece."""

    opening_id = UUID(default=None, null=False)
    kind = Text(default=None, null=False, help_text="funds, suspense, refund.")
    client_id = UUID(default=None, null=True, help_text="Of funds, whose they are.")
    case_id = UUID(default=None, null=True, help_text="Of funds, where the case is kept here.")
    reference = Text(default="", help_text="What the piece was known by.")
    debtor_name = Text(default="", help_text="Who paid.")
    received_on = Date(default=None, null=False)
    amount_minor = BigInt(default=None, null=False)
    statement_id = UUID(default=None, null=True, help_text="Of funds, the approved statement that tells of them.")
    suspense_id = UUID(default=None, null=True, help_text="Of the others, the piece of suspense that they became.")
