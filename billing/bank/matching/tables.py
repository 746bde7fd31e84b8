"""What bank lines are in the books."""

from enum import StrEnum

from piccolo.columns import JSONB, UUID, BigInt, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class MatchKind(StrEnum):
    """How a line and a journal came together."""

    PAYMENT = "payment"
    """The line's money was booked to its case."""
    SUSPENSE = "suspense"
    """It waits in suspense, or did; what became of it stands there."""
    LINKED = "linked"
    """The journal was in the books before the bank told of it."""
    POSTED = "posted"
    """The line was booked as something of its own: a charge, or interest."""


class BankMatch(Tenant, Table, tablename="bank_matches"):
    """A bank line is what a journal moved on its account. The matches of a line add up to it; one that was wrong stays,
    with who took it back.
    """

    bank_line_id = UUID(default=None, null=False)
    bank_account_id = UUID(default=None, null=False, help_text="The line's: a journal's movement there is one line's.")
    instead_of = UUID(
        default=None,
        null=True,
        help_text="The account on which the books had it, where the bank told of it on another: it stands there since.",
    )
    journal_id = UUID(default=None, null=False)
    amount_minor = BigInt(default=None, null=False, help_text="Signed as the line is.")
    booked_on = Date(default=None, null=True, help_text="The line's day. Never null: the database sees to it.")
    effective_on = Date(default=None, null=True, help_text="The journal's day. Never null either.")
    kind = Text(default=None, null=False)
    confidence = Integer(default=None, null=True, help_text="0 to 100; none where a person found it.")
    reasons = JSONB(default="[]", help_text="A list of {code, weight, params}, which add up to the confidence.")
    matched_by = UUID(default=None, null=True, help_text="None: by rule.")
    matched_by_name = Text(default="")
    matched_at = Timestamptz(default=None, null=False)
    undone_by = UUID(default=None, null=True)
    undone_by_name = Text(default="")
    undone_at = Timestamptz(default=None, null=True)
    undone_why = Text(default="")
