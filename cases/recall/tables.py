"""What became of a client's wish to have a case back."""

from enum import StrEnum

from piccolo.columns import JSONB, UUID, Date, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class RecallStatus(StrEnum):
    """What became of a client's wish to have a case back."""

    PENDING = "pending"
    """Asked for; becomes final by itself unless somebody answers."""
    OBJECTED = "objected"
    """The agency said why not; the client has the next word."""
    FINAL = "final"
    """The case has gone back."""
    WITHDRAWN = "withdrawn"
    """The client left it with the agency after all."""
    LAPSED = "lapsed"
    """The case ended in another way first."""


class Recall(Tenant, Table, tablename="recalls"):
    """A client asks to have a case back. One that is pending or objected to stands alone on its case."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    reason = Text(default=None, null=False)
    note = Text(default="")
    status = Text(default="pending")
    placement_recall_id = UUID(default=None, null=True, help_text="None: the case was asked for by itself.")
    asked_by = UUID(default=None, null=True, help_text="A person, or the API key of a system.")
    asked_by_name = Text(default="")
    asked_at = Timestamptz(default=None, null=False)
    insisted_at = Timestamptz(default=None, null=True, help_text="After an objection the client asked again.")
    insistence = Text(default="")
    final_on = Date(default=None, null=False, help_text="The day on which it becomes final by itself.")
    answered_by = UUID(default=None, null=True)
    answered_by_name = Text(default="")
    answered_at = Timestamptz(default=None, null=True)
    answer = Text(default="")
    ended_at = Timestamptz(default=None, null=True)
    terms = JSONB(default="{}", help_text="The rules as they were shown when it was asked for.")


class PlacementRecall(Tenant, Table, tablename="placement_recalls"):
    """A client asks for every case of a placement that still stands; each has a recall of its own."""

    client_id = UUID(default=None, null=False)
    placement_id = UUID(default=None, null=False)
    reason = Text(default=None, null=False)
    note = Text(default="")
    asked_by = UUID(default=None, null=True, help_text="A person, or the API key of a system.")
    asked_by_name = Text(default="")
    asked_at = Timestamptz(default=None, null=False)
    terms = JSONB(default="{}", help_text="The rules as they were shown when it was asked for.")
    act = Text(default="", help_text="What is being done with all of its recalls; empty: nothing.")
    act_by = UUID(default=None, null=True)
    act_as = Text(default="", help_text="The role they had then.")
    act_by_name = Text(default="")
    act_at = Timestamptz(default=None, null=True)
    answer = Text(default="", help_text="Why the agency objected to all of them.")
