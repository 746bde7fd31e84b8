"""Write-offs of claims."""

from piccolo.columns import JSONB, UUID, BigInt, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class WriteOff(Tenant, Table, tablename="write_offs"):
    """What somebody proposed to give up of a claim, with what it was judged by, and what became of it."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    status = Text(default="proposed", help_text="proposed, approved, declined, withdrawn or undone.")
    currency = Text(default=None, null=False)
    principal_minor = BigInt(default=None, null=False)
    interest_minor = BigInt(default=None, null=False)
    costs_minor = BigInt(default=None, null=False)
    owed_minor = BigInt(default=None, null=False, help_text="What was owed when it was proposed.")
    claimed_minor = BigInt(default=None, null=False, help_text="What was claimed then, whatever was paid on it.")
    forgiven_minor = BigInt(default=None, null=False, help_text="What of that had been given up before.")
    fee_minor = BigInt(default=None, null=True, help_text="The fee it would have borne if it had been paid that day.")
    reason = Text(default=None, null=False)
    note = Text(default="")
    rung = Text(default=None, null=False, help_text="Whose word it needs: own (a colleague), supervisor or client.")
    checks = JSONB(default="[]", help_text="What was looked at for it, with the limits.")
    ladder_id = UUID(default=None, null=True, help_text="The version of the limits; none: those that ship.")
    asked_by = UUID(default=None, null=False)
    asked_by_name = Text(default="")
    asked_at = Timestamptz(default=None, null=False)
    decided_by = UUID(default=None, null=True)
    decided_by_name = Text(default="")
    decided_at = Timestamptz(default=None, null=True)
    answer = Text(default="", help_text="Why it was declined, or what was said with the approval.")
    journal_id = UUID(default=None, null=True)
    close_code = Text(default="", help_text="As what its case closed by it; empty where something is left.")
    undone_journal_id = UUID(default=None, null=True)
    undone_by = UUID(default=None, null=True, help_text="None: money that had come before it went back.")
    undone_by_name = Text(default="")
    undone_at = Timestamptz(default=None, null=True)
    undone_because = Text(default="")
