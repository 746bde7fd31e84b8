"""What interest a client asks for, what a case bears, when it rests, and what of it came into the books."""

from piccolo.columns import JSONB, UUID, BigInt, Date, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class ClientInterest(Tenant, Table, tablename="client_interest"):
    """A version of what a client asks for on its cases, for companies or for persons. For each part of the claim
    the latest that fits a case holds."""

    client_id = UUID(default=None, null=False)
    debtor_kind = Text(default="company", help_text="company or person.")
    component = Text(default="principal", help_text="principal or costs: what of the claim bears it.")
    placed_from = Date(default=None, null=False, help_text="For cases placed from this day on.")
    basis = Text(default="none", help_text="none, agreed, or the code of a statutory table.")
    rate = Numeric(default=None, digits=(9, 8), null=True, help_text="Where it is agreed: for day_count days.")
    day_count = Integer(default=365, help_text="365 or 360: a rate a year; 1: a rate a day.")
    set_by = UUID(default=None, null=True)
    set_by_name = Text(default="")
    set_at = Timestamptz(default=None, null=False)


class CaseJudgment(Tenant, Table, tablename="case_judgments"):
    """A court decided on a claim."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    judged_on = Date(default=None, null=False)
    court = Text(default="")
    reference = Text(default="", help_text="The court's.")
    pay_by = Date(default=None, null=True, help_text="The end of the time to pay, where the judgment sets one.")
    recorded_by = UUID(default=None, null=True)
    recorded_by_name = Text(default="")
    recorded_at = Timestamptz(default=None, null=False)
    withdrawn_at = Timestamptz(default=None, null=True)


class CaseInterest(Tenant, Table, tablename="case_interest"):
    """A rate that a part of a claim bears from a day on. Whatever its client asks for holds before the first."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    judgment_id = UUID(default=None, null=True, help_text="It is what holds after that judgment.")
    component = Text(default="principal", help_text="principal or costs.")
    since = Date(default=None, null=True, help_text="Its first day. None: from the day after each invoice was due.")
    basis = Text(default="none", help_text="none, agreed, or the code of a statutory table.")
    rate = Numeric(default=None, digits=(9, 8), null=True, help_text="Where it is agreed: for day_count days.")
    day_count = Integer(default=365, help_text="365 or 360: a rate a year; 1: a rate a day.")
    set_by = UUID(default=None, null=True)
    set_by_name = Text(default="")
    set_at = Timestamptz(default=None, null=False)
    withdrawn_at = Timestamptz(default=None, null=True)
    withdrawn_by_name = Text(default="")


class InterestFreeze(Tenant, Table, tablename="interest_freezes"):
    """Days on which a case bears no interest, both ends among them."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    since = Date(default=None, null=False)
    through = Date(default=None, null=False, help_text="The day before it began, where it was lifted at once.")
    reason = Text(default="")
    set_by = UUID(default=None, null=True)
    set_by_name = Text(default="")
    set_at = Timestamptz(default=None, null=False)


class InterestPosting(Tenant, Table, tablename="interest_postings"):
    """Interest as it came into the books, with how it came about. All to date, less what was posted before it."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    number = Integer(default=None, null=False, help_text="Counted from 1 on the case.")
    journal_id = UUID(default=None, null=False)
    accrued_to = Date(default=None, null=False)
    currency = Text(default=None, null=False)
    total_minor = BigInt(default=None, null=False, help_text="All that had accrued to that day, rounded once.")
    before_minor = BigInt(default=None, null=False, help_text="What of it was posted before.")
    amount_minor = BigInt(default=None, null=False)
    facts = JSONB(default="{}", help_text="The stretches of days, sums and rates that it came of.")
    posted_at = Timestamptz(default=None, null=False)
