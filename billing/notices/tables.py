"""The table of notices."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Date, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class NoticeKind(StrEnum):
    """What is wrong."""

    DIFFERS = "differs"
    """The bank and the ledger differ on a trust account by what no item explains."""
    SIDES = "sides"
    """The ledger has another sum at the bank than it says whose it is."""
    CHAIN = "chain"
    """A statement does not begin with what the one before it closed with."""
    OLD = "old"
    """The last statement of a trust account is too old."""
    UNSIGNED = "unsigned"
    """A month is over, its time to be signed off as well, and two people have not signed."""


class Notice(Tenant, Table, tablename="notices"):
    """Something that is wrong, from when it was seen until it was right again."""

    kind = Text(default=None, null=False)
    about = Text(default=None, null=False, help_text="What of its kind it is about: of each one notice stands.")
    currency = Text(default=None, null=False)
    account_name = Text(default="", help_text="Of the bank account, where it is about one.")
    on_day = Date(default=None, null=False, help_text="The day whose reconciliation shows it.")
    amount_minor = BigInt(default=None, null=True)
    statement_id = UUID(default=None, null=True, help_text="The bank statement that does not follow.")
    began_at = Timestamptz(default=None, null=False)
    ended_at = Timestamptz(default=None, null=True)
