"""Reports that a debtor paid the client itself."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Boolean, Date, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class ReportStatus(StrEnum):
    """What became of a report."""

    REPORTED = "reported"
    """Waits for finance, and where the debtor reported it, for the client's word."""
    ACCEPTED = "accepted"
    """Posted as a payment, with its fee."""
    DECLINED = "declined"
    """Not posted; whoever reported it was told why."""


class Reporter(StrEnum):
    """Who reported it."""

    CLIENT = "client"
    """The creditor, which has the money: its report needs no other word."""
    DEBTOR = "debtor"
    """Who paid. The client is asked."""
    STAFF = "staff"
    """The agency, of what the debtor said. The client is asked."""


class DirectPaymentReport(Tenant, Table, tablename="direct_payment_reports"):
    """A payment of the debtor to the client, as it was reported."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    token = UUID(default=None, null=False, help_text="Of the form or call: sent twice it is one report.")
    currency = Text(default=None, null=False)
    amount_minor = BigInt(default=None, null=False)
    paid_on = Date(default=None, null=False)
    note = Text(default="")
    invoice_id = UUID(default=None, null=True, help_text="The invoice that the debtor paid, where somebody says so.")
    document_id = UUID(default=None, null=True, help_text="The proof.")
    reporter = Text(default=None, null=False, help_text="client, debtor or staff.")
    reported_by = UUID(default=None, null=True)
    reported_by_name = Text(default="")
    reported_at = Timestamptz(default=None, null=False)
    client_has_it = Boolean(default=None, null=True, help_text="What the client answered; none: not yet.")
    client_amount_minor = BigInt(default=None, null=True, help_text="What stands in the client's own books.")
    client_paid_on = Date(default=None, null=True)
    client_note = Text(default="")
    answered_by_name = Text(default="")
    answered_at = Timestamptz(default=None, null=True)
    status = Text(default="reported")
    payment_id = UUID(default=None, null=True)
    answer = Text(default="", help_text="Why it was declined: whoever reported it reads this.")
    decided_by = UUID(default=None, null=True)
    decided_by_name = Text(default="")
    decided_at = Timestamptz(default=None, null=True)
