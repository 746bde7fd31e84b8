"""The table of suspended money."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Date, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class SuspenseStatus(StrEnum):
    """What became of suspended money."""

    WAITING = "waiting"
    """It stands in suspense (T2020)."""
    ASKED = "asked"
    """Still there: one person asked to send it back, and another has not answered yet."""
    APPROVED = "approved"
    """Still there: it may be sent back, from a day on."""
    MATCHED = "matched"
    """Booked to a case: a payment there says so."""
    SENT_BACK = "sent_back"
    """Paid back to whoever had sent it."""
    GONE = "gone"
    """The bank or the processor took it back from us."""


STILL_HERE = (SuspenseStatus.WAITING, SuspenseStatus.ASKED, SuspenseStatus.APPROVED)
"""The money is in suspense."""


class Suspense(Tenant, Table, tablename="suspense"):
    """Money in suspense, from the journal that brought it to the one that took it away."""

    client_id = UUID(default=None, null=True)
    case_id = UUID(default=None, null=True, help_text="Where it is known, or a part of the case is disputed.")
    payment_id = UUID(default=None, null=True, help_text="The payment it is a part of; null when nobody knew whose.")
    why = Text(default="unknown", help_text="unknown, disputed, unbooked, surplus, owed_back.")
    currency = Text(default=None, null=False)
    amount_minor = BigInt(default=None, null=False)
    received_on = Date(default=None, null=False)
    channel = Text(default="bank")
    charge_id = Text(default="", help_text="The processor's charge, when it came through the processor.")
    payer = Text(default="")
    reference = Text(default="")
    journal_id = UUID(default=None, null=False, help_text="The journal that brought it.")
    status = Text(default="waiting", help_text="waiting, asked, approved, matched, sent_back, gone.")
    recorded_by = UUID(default=None, null=True)
    recorded_at = Timestamptz(default=None, null=False)
    owner_id = UUID(default=None, null=True, help_text="Who looks after it; null: nobody yet.")
    ended_by = UUID(default=None, null=True, help_text="Who matched it, or approved sending it back.")
    ended_by_name = Text(default="")
    ended_at = Timestamptz(default=None, null=True)
    out_journal_id = UUID(default=None, null=True, help_text="The journal that took it away.")
    matched_payment_id = UUID(default=None, null=True)
    gone_why = Text(default="", help_text="Why the bank took it back by itself; empty where its payment went back.")
