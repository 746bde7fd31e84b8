"""Promises to pay."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class PromiseStatus(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    PARTLY_KEPT = "partly_kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class Promise(Tenant, Table, tablename="promises"):
    """A promise to pay (PTP): an amount by a date."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    contact_attempt_id = UUID(default=None, null=True)
    amount_minor = BigInt(default=None, null=False)
    received_minor = BigInt(default=0)
    due_on = Date(default=None, null=False)
    judged_on = Date(default=None, null=False, help_text="Due date plus tolerance: judged after it.")
    status = Text(default="open")
    level = Integer(default=1)
    promised_by = Text(default="")
    user_id = UUID(default=None, null=True)
    created_at = Timestamptz(default=None, null=False)
    ended_at = Timestamptz(default=None, null=True)
