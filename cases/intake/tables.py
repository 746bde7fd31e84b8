"""What a client hands over: placements, their rows, and what it keeps of the way there."""

from enum import StrEnum

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class PlacementStatus(StrEnum):
    """The lifecycle of a placement."""

    RECEIVED = "received"
    """The file has arrived."""
    CHECKING = "checking"
    """Being checked, or checked and waiting to be handed over."""
    ACCEPTED = "accepted"
    """Every row became a case."""
    PARTLY_ACCEPTED = "partly_accepted"
    """The good rows became cases."""
    REJECTED = "rejected"
    """Nothing was taken."""
    CANCELLED = "cancelled"
    """The client dropped it before handing it over."""
    ROLLED_BACK = "rolled_back"
    """Placed in error and taken back whole."""


class Placement(Tenant, Table, tablename="placements"):
    """A batch of cases handed over at once, and the agency's acknowledgement of it."""

    client_id = UUID(default=None, null=False)
    reference = Text(default=None, null=True, help_text="The client's own name for this batch; known by it.")
    status = Text(default="received")
    door = Text(default="web", help_text="web, api or hand.")
    form = Text(default="csv", help_text="csv or json.")
    file_name = Text(default="")
    object_key = Text(default=None, null=True)
    size_bytes = BigInt(default=0)
    file_digest = Bytea(default=None, null=True, help_text="SHA-256 of the bytes as they were sent.")
    content_digest = Bytea(
        default=None, null=True, help_text="SHA-256 of what they say, whatever the file looked like."
    )
    check_run = UUID(
        default=None, null=True, help_text="The run of the check that may write rows; a later one replaces it."
    )
    control = JSONB(default="{}", help_text="Count and totals the client gave.")
    summary = JSONB(default="{}", help_text="Rows read, ready, errors, warnings, totals per currency.")
    problem = JSONB(default=None, null=True, help_text="The error of the whole file: code, message, params.")
    shape = JSONB(default=None, null=True, help_text="How the file is read; none for the simple form and for JSON.")
    proposal = JSONB(default=None, null=True, help_text="First rows, and what was guessed of the columns.")
    column_map = JSONB(default=None, null=True, help_text="What its columns mean, as the client confirmed.")
    looked_at = Timestamptz(default=None, null=True, help_text="The file was looked at and the columns proposed.")
    mapped_at = Timestamptz(default=None, null=True, help_text="The client said what the columns mean.")
    submitted_by = UUID(default=None, null=True)
    submitted_by_name = Text(default="")
    only_all = Boolean(default=False, help_text="Hand over every row or none.")
    received_at = Timestamptz(default=None, null=False)
    checked_at = Timestamptz(default=None, null=True)
    handed_over_at = Timestamptz(default=None, null=True)
    handed_over_by = UUID(default=None, null=True)
    handed_over_by_name = Text(default="")
    acknowledged_at = Timestamptz(default=None, null=True)
    acknowledgement_number = Text(default=None, null=True)
    amending = JSONB(default=None, null=True, help_text="Proposals being taken up in all rows: of what, by whom.")
    cleared_at = Timestamptz(default=None, null=True, help_text="It was never handed over, and its file is gone.")
    roll_back_asked_at = Timestamptz(default=None, null=True)
    roll_back_reason = Text(default="")
    rolled_back_at = Timestamptz(default=None, null=True)
    rolled_back_by = UUID(default=None, null=True)
    rolled_back_by_name = Text(default="")


class ColumnMemory(Tenant, Table, tablename="column_maps"):
    """What the columns of a client's files mean, as it last confirmed: offered when a file has the same captions."""

    client_id = UUID(default=None, null=False)
    captions_digest = Bytea(default=None, null=False, help_text="SHA-256 of the captions in their order.")
    column_map = JSONB(default=None, null=False)
    used_at = Timestamptz(default=None, null=False)
    used_by_name = Text(default="")


class DebtorList(Tenant, Table, tablename="debtor_lists"):
    """Names and addresses beside the file of a placement, by the client's number of the debtor. It stays with the placement."""

    client_id = UUID(default=None, null=False)
    placement_id = UUID(default=None, null=False)
    file_name = Text(default="")
    object_key = Text(default=None, null=False)
    size_bytes = BigInt(default=0)
    shape = JSONB(default=None, null=True, help_text="How it is read; none until it was looked at.")
    column_map = JSONB(default=None, null=True, help_text="What its columns mean: as proposed, or as the client said.")
    look = JSONB(default=None, null=True, help_text="Its columns with sample values, and whom of the file it knows.")
    problem = JSONB(default=None, null=True, help_text="Why it cannot be read: code, params.")
    added_at = Timestamptz(default=None, null=False)


class PlacementRow(Tenant, Table, tablename="placement_rows"):
    """One checked row of a placement: the draft of a case, and what is wrong with it.

    What was placed leaves it, but for what looked like another claim.
    """

    client_id = UUID(default=None, null=False)
    placement_id = UUID(default=None, null=False)
    row_number = Integer(default=None, null=False)
    given = JSONB(default="{}", help_text="The row as it came, by column; kept where something was found in it.")
    cells = JSONB(default="[]", help_text="The row as it stood in the file; kept where it has an error.")
    draft = JSONB(default=None, null=True, help_text="The case it would become.")
    reference = Text(default="")
    currency = Text(default=None, null=True)
    amount_minor = BigInt(default=None, null=True)
    duplicate_of = UUID(default=None, null=True, help_text="The client's own case that has this claim, or one like it.")
    duplicate_invoice = Text(default="", help_text="The invoice by which it was known; empty: by the reference.")
    likeness = JSONB(default=None, null=True, help_text="What it has in common with a case or row that it looks like.")
    issues = JSONB(default="[]")
    state = Text(default=None, null=False, help_text="ready, warning, error, duplicate, left_out, placed.")
    written = JSONB(default=None, null=True, help_text="What was written, by field; kept where it has an error.")
    corrected = JSONB(default=None, null=True, help_text="Who changed what of it by hand, and when.")


class UnfinishedCase(Tenant, Table, tablename="case_drafts"):
    """A case that somebody types by hand and has not handed over: theirs alone."""

    client_id = UUID(default=None, null=False)
    user_id = UUID(default=None, null=False)
    title = Text(default="", help_text="The debtor, or the reference, as far as it is typed.")
    content = JSONB(default=None, null=False, help_text="What was written, by field.")
    version = Integer(default=1, help_text="Counts the times it was saved: who saves an older one is told.")
    created_at = Timestamptz(default=None, null=False)
    updated_at = Timestamptz(default=None, null=False)
