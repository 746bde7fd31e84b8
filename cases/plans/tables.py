"""Agreements to pay: instalment plans, and settlements, which are plans for less than is owed."""

from decimal import Decimal
from enum import StrEnum

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Bytea, Date, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class PlanStatus(StrEnum):
    """The life of an agreement."""

    DRAFT = "draft"
    """Being drawn up."""
    OFFERED = "offered"
    """Waits for the word of somebody who has the authority."""
    APPROVED = "approved"
    """Everybody on our side agrees; the debtor has the next word."""
    ACTIVE = "active"
    """Agreed, and kept so far."""
    GRACE = "grace"
    """A payment is late and may still come."""
    BROKEN = "broken"
    """Payments were late for too long or too often."""
    COMPLETED = "completed"
    """Everything agreed has come."""
    CANCELLED = "cancelled"
    """Given up, declined, lapsed, or ended with its case."""
    SUPERSEDED = "superseded"
    """A later version took its place."""


BEFORE = (PlanStatus.DRAFT, PlanStatus.OFFERED, PlanStatus.APPROVED)
"""Not agreed with the debtor yet."""
RUNNING = (PlanStatus.ACTIVE, PlanStatus.GRACE)
"""Agreed, and payments are expected by it."""


class Plan(Tenant, Table, tablename="plans"):
    """One version of an agreement on a case. Its terms stand once it is offered; what changes makes another version."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    version = Integer(default=1, help_text="Counted from 1 on the case.")
    replaces_id = UUID(default=None, null=True, help_text="The version whose place it takes once it is agreed.")
    status = Text(default="draft")
    # What is agreed: `billing.plans.terms`.
    currency = Text(default=None, null=False)
    made_on = Date(default=None, null=False, help_text="The day of the balance it is about.")
    principal_minor = BigInt(default=None, null=False, help_text="Owed that day, by component.")
    interest_minor = BigInt(default=None, null=False)
    costs_minor = BigInt(default=None, null=False)
    forgiven_minor = BigInt(default=0, help_text="Above nought: a settlement. Written off when it is fulfilled.")
    down_minor = BigInt(default=0)
    down_on = Date(default=None, null=True)
    instalments = Integer(default=None, null=True)
    amount_minor = BigInt(default=None, null=True)
    rhythm = Text(default="month")
    anchor_day = Integer(default=None, null=True)
    first_on = Date(default=None, null=False)
    day_off = Text(default="next")
    yearly_rate = Numeric(default=Decimal(0), digits=(7, 6))
    day_count = Integer(default=365)
    country = Text(default="", help_text="Whose calendar counts: the debtor's.")
    region = Text(default="")
    allocation = Text(default="costs,interest,principal")
    # What else is said.
    accelerates = Boolean(default=True, help_text="The whole balance is due when it is broken.")
    guarantor = Text(default="")
    guarantor_address = Text(default="")
    guarantor_phone = Text(default="")
    guarantor_email = Text(default="")
    why = Text(default="", help_text="Why this is a good agreement; for those who decide.")
    language = Text(default="en")
    by_debtor = Boolean(default=False, help_text="Drawn up by the debtor, on the page of the claim.")
    valid_until = Date(default=None, null=False)
    # What was counted when it was offered.
    to_pay_minor = BigInt(default=0)
    fee_minor = BigInt(default=0, help_text="Expected, if every payment comes on its day.")
    ends_on = Date(default=None, null=True)
    rung = Text(default="own", help_text="Whose word it needs: own, supervisor or client.")
    checks = JSONB(default="[]", help_text="What was looked at for it, with the limits.")
    ladder_id = UUID(default=None, null=True, help_text="The version of the limits; none: those that ship.")
    break_days = Integer(default=5, help_text="When it is broken: `cases.plans.standing`.")
    break_misses = Integer(default=None, null=True)
    tolerance_days = Integer(default=1)
    # Its life.
    saved = Integer(default=1, help_text="Counts the times a draft was saved.")
    made_by = UUID(default=None, null=True)
    made_by_name = Text(default="")
    created_at = Timestamptz(default=None, null=False)
    offered_at = Timestamptz(default=None, null=True)
    approved_at = Timestamptz(default=None, null=True)
    accepted_at = Timestamptz(default=None, null=True)
    accepted_by_name = Text(default="", help_text="Who agreed for the debtor.")
    accepted_how = Text(
        default="",
        help_text="scan: a signed copy; told: in a conversation, to be confirmed in writing; online: on the debtor's page.",
    )
    signed_document_id = UUID(default=None, null=True)
    guarantee_document_id = UUID(default=None, null=True, help_text="The guarantee as it was signed.")
    document_id = UUID(default=None, null=True, help_text="The agreement as it was written down.")
    document_sha256 = Bytea(default=None, null=True)
    starts_on = Date(default=None, null=True, help_text="Money from this day on counts.")
    ended_at = Timestamptz(default=None, null=True)
    ended_because = Text(default="", help_text="declined, withdrawn, lapsed, case_closed, recalled, paid or fulfilled.")
    write_off_journal_id = UUID(default=None, null=True)
    # How it stood when it was last judged.
    paid_minor = BigInt(default=0)
    arrears_minor = BigInt(default=0)
    next_due_on = Date(default=None, null=True)
    next_due_minor = BigInt(default=None, null=True)
    breaks_on = Date(default=None, null=True)
    changed_at = Timestamptz(default=None, null=False, help_text="When its status last changed.")


class PlanLine(Tenant, Table, tablename="plan_lines"):
    """One payment that an agreement expects. Written when it is offered, and never edited."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    plan_id = UUID(default=None, null=False)
    position = Integer(default=None, null=False, help_text="0 is the first payment before the instalments.")
    nominal_on = Date(default=None, null=False)
    due_on = Date(default=None, null=False)
    principal_minor = BigInt(default=None, null=False)
    interest_minor = BigInt(default=None, null=False)
    costs_minor = BigInt(default=None, null=False)
    plan_interest_minor = BigInt(default=0, help_text="On top: the interest of its period.")
    fee_minor = BigInt(default=0, help_text="Expected when it was offered.")
    left_minor = BigInt(default=None, null=False)


class PlanDecision(Tenant, Table, tablename="plan_decisions"):
    """Somebody with the authority said yes or no to an offer, with what they were shown of its effect."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    plan_id = UUID(default=None, null=False)
    rung = Text(default=None, null=False, help_text="supervisor or client.")
    approved = Boolean(default=None, null=False)
    reason = Text(default="")
    effect = JSONB(default="{}", help_text="To pay, forgiven, fee and net as they were shown, in minor units.")
    offered_by = UUID(default=None, null=True)
    decided_by = UUID(default=None, null=True)
    decided_by_name = Text(default="")
    decided_at = Timestamptz(default=None, null=False)


class AuthorityLadder(Tenant, Table, tablename="authority_ladders"):
    """A version of who may agree to what: for one client, or for every client without limits of its own."""

    client_id = UUID(default=None, null=True, help_text="None: the agency's default.")
    version = Integer(default=None, null=False, help_text="Counted from 1, for each client and for the default.")
    content = JSONB(default=None, null=True, help_text="None: the client has no limits of its own any more.")
    changed_by = UUID(default=None, null=True)
    changed_by_name = Text(default="")
    changed_at = Timestamptz(default=None, null=False)
