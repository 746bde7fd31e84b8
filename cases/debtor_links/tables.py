"""What debtors have in common, and what was decided about two of them."""

from piccolo.columns import JSONB, UUID, BigInt, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class DebtorKey(Tenant, Table, tablename="debtor_keys"):
    """A key under which a debtor is looked up when others are compared with it (`cases.matching.blocking`)."""

    debtor_id = UUID(default=None, null=False)
    key = BigInt(default=None, null=False, help_text="A digest: what it is of stands where it came from.")


class DebtorMatch(Tenant, Table, tablename="debtor_matches"):
    """Two debtors that may be one, with the score and its reasons; how it was decided, if it was."""

    debtor_id = UUID(default=None, null=False, help_text="The later of the two.")
    other_id = UUID(default=None, null=False)
    score = Integer(default=None, null=False, help_text="0 to 100; the reasons add up to it.")
    reasons = JSONB(default=None, null=False)
    found_at = Timestamptz(default=None, null=False)
    decision = Text(default=None, null=True, help_text="same or different; none while it waits for a person.")


class DebtorDecision(Tenant, Table, tablename="debtor_decisions"):
    """Somebody, or the score by itself, said whether two debtors are one. The latest holds; none is overwritten."""

    match_id = UUID(default=None, null=False)
    decision = Text(default=None, null=False, help_text="same or different.")
    reason = Text(default="")
    decided_by = UUID(default=None, null=True, help_text="None when the score decided by itself.")
    decided_by_name = Text(default="")
    decided_at = Timestamptz(default=None, null=False)
