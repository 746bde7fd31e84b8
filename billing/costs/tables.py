"""The tables of costs, and of what of them clients were asked for."""

from piccolo.columns import UUID, BigInt, Boolean, Date, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class CaseCost(Tenant, Table, tablename="case_costs"):
    """What somebody was paid for a case. It is never changed: what was entered in error is taken back."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    document_id = UUID(default=None, null=True, help_text="The receipt, where the case has it.")
    kind = Text(default=None, null=False, help_text="A `billing.costs.words.Kind`.")
    what = Text(default="", help_text="What it was, where no kind says so.")
    currency = Text(default=None, null=False, help_text="The case's.")
    amount_minor = BigInt(default=None, null=False)
    paid_on = Date(default=None, null=False)
    advanced_by = Text(default=None, null=False, help_text="agency or client.")
    on_debtor = Boolean(default=True, help_text="The debtor owes it as well; else it is the client's alone.")
    note = Text(default="")
    journal_id = UUID(default=None, null=False)
    added_by = UUID(default=None, null=True)
    added_by_name = Text(default="")
    added_at = Timestamptz(default=None, null=False)
    taken_back_because = Text(default="")
    taken_back_by_name = Text(default="")
    taken_back_at = Timestamptz(default=None, null=True)
    taken_back_journal_id = UUID(default=None, null=True)


class InvoicedCost(Tenant, Table, tablename="invoiced_costs"):
    """What of a cost a client's invoice asks for, because no debtor repaid it; below nought, what a credit note took off."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    cost_id = UUID(default=None, null=False)
    invoice_id = UUID(default=None, null=False)
    credit_note_id = UUID(default=None, null=True, help_text="By which that much of it is open again.")
    amount_minor = BigInt(default=None, null=False)
    case_number = Text(default="")
    debtor_name = Text(default="", help_text="As it was when the invoice was issued.")
