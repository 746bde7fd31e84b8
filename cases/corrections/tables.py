"""New figures for the parts of a claim."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Date, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class CorrectionStatus(StrEnum):
    """What became of a corrected figure."""

    POSTED = "posted"
    """In the ledger."""
    PROPOSED = "proposed"
    """A higher figure, which the agency has to accept."""
    REFUSED = "refused"
    """The agency did not accept it."""


class ClaimCorrection(Tenant, Table, tablename="claim_corrections"):
    """A new figure for a part of a claim, with its reason. What was placed stays what was placed."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    document_id = UUID(default=None, null=True, help_text="The paper that shows it.")
    kind = Text(default=None, null=False)
    component = Text(default="principal")
    currency = Text(default=None, null=False)
    before_minor = BigInt(default=None, null=False, help_text="What was claimed until then, whatever was paid on it.")
    after_minor = BigInt(default=None, null=False)
    reason = Text(default=None, null=False)
    on = Date(default=None, null=False, help_text="The day of the credit note, return or payment.")
    status = Text(default=None, null=False)
    asked_by = UUID(default=None, null=True)
    asked_by_name = Text(default="")
    asked_at = Timestamptz(default=None, null=False)
    decided_by = UUID(default=None, null=True)
    decided_by_name = Text(default="")
    decided_at = Timestamptz(default=None, null=True)
    answer = Text(default="")
