"""The table of money that nobody claims."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Date, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class MarkStatus(StrEnum):
    """What became of a mark."""

    ASKED = "asked"
    """One person says that nobody claims it."""
    MARKED = "marked"
    """Another said so too."""
    DROPPED = "dropped"
    """It is work again: not agreed to, or somebody turned up."""


class UnclaimedMoney(Tenant, Table, tablename="unclaimed_money"):
    """A mark on suspended money, or on a payment's surplus. The money stays where it is in the books."""

    suspense_id = UUID(default=None, null=True)
    payment_id = UUID(default=None, null=True, help_text="Whose surplus it is; else suspended money is marked.")
    currency = Text(default=None, null=False)
    amount_minor = BigInt(default=None, null=False, help_text="As it was when it was marked.")
    since = Date(default=None, null=False, help_text="When the money was received.")
    status = Text(default="asked")
    asked_by = UUID(default=None, null=False)
    asked_by_name = Text(default="")
    asked_at = Timestamptz(default=None, null=False)
    decided_by = UUID(default=None, null=True)
    decided_by_name = Text(default="")
    decided_at = Timestamptz(default=None, null=True)
