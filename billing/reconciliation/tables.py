"""The tables of reconciliations that were signed, and of what no bank line was matched with."""

from piccolo.columns import JSONB, UUID, BigInt, Bytea, Date, SmallInt, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class Reconciliation(Tenant, Table, tablename="reconciliations"):
    """The trust money of a currency at the end of a day, as one person signed it and another after that.

    What they saw stands in ``figures`` and never changes; with the second signature it becomes a document.
    """

    currency = Text(default=None, null=False)
    on_day = Date(default=None, null=False)
    bank_minor = BigInt(default=None, null=True, help_text="Adjusted; null where no statement tells of an account.")
    ledger_minor = BigInt(default=None, null=False)
    funds_minor = BigInt(default=None, null=False)
    figures = JSONB(default="{}", help_text="Accounts, items and funds as they were shown.")
    first_by = UUID(default=None, null=False)
    first_by_name = Text(default="")
    first_at = Timestamptz(default=None, null=False)
    second_by = UUID(default=None, null=True)
    second_by_name = Text(default="")
    second_at = Timestamptz(default=None, null=True)
    document = Bytea(default=None, null=True)
    document_sha256 = Bytea(default=None, null=True)


class BankUnmatched(Tenant, Table, tablename="bank_unmatched"):
    """A journal that moved a bank account and was no bank line's when its day was summed up (`billing.reconciliation.nightly`).

    What was matched since is looked up; the next night forgets it.
    """

    account = SmallInt(default=None, null=False, help_text="1000 or 1100.")
    currency = Text(default=None, null=False)
    bank_account_id = UUID(default=None, null=True, help_text="As on the lines.")
    journal_id = UUID(default=None, null=False)
    effective_on = Date(default=None, null=False)
