"""The ledger's tables. The application may read them; only ``post_journals`` writes them (see portal/sql)."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Date, SmallInt, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class Book(StrEnum):
    """The three books an agency keeps in each currency."""

    TRUST = "trust"
    """The clients' money."""
    OPERATING = "operating"
    """The agency's own money."""
    MEMO = "memo"
    """What is owed by debtors; no money of anybody's."""


class Component(StrEnum):
    """The three parts of a claim."""

    PRINCIPAL = "principal"
    """What was invoiced."""
    INTEREST = "interest"
    """Interest for late payment, as posted."""
    COSTS = "costs"
    """Reminder fees, compensation sums, court costs."""


class Journal(Tenant, Table, tablename="journals"):
    """One atomic, balanced entry. Never changed; a correction is a journal that names what it reverses."""

    source = Text(default=None, null=False, help_text="Where it came from: placement, payment, remittance, ...")
    external_id = Text(default=None, null=False, help_text="Unique per agency and source: nothing posts twice.")
    kind = Text(default=None, null=False)
    effective_on = Date(default=None, null=False)
    posted_at = Timestamptz(default=None, null=False)
    posted_by = UUID(default=None, null=True)
    reverses = UUID(default=None, null=True)


class JournalLine(Tenant, Table, tablename="journal_lines"):
    """One line: a debit is positive, a credit negative, in minor units of the currency."""

    journal_id = UUID(default=None, null=False)
    position = SmallInt(default=None, null=False)
    book = Text(default=None, null=False)
    account = SmallInt(default=None, null=False)
    currency = Text(default=None, null=False)
    client_id = UUID(default=None, null=True)
    case_id = UUID(default=None, null=True)
    component = Text(default=None, null=True)
    amount_minor = BigInt(default=None, null=False)
    effective_on = Date(default=None, null=False)


class BalanceCheckpoint(Tenant, Table, tablename="balance_checkpoints"):
    """The balance of one guarded account at the end of a day, so that a check need not add up its whole past."""

    book = Text(default=None, null=False)
    account = SmallInt(default=None, null=False)
    currency = Text(default=None, null=False)
    client_id = UUID(default=None, null=True)
    case_id = UUID(default=None, null=True)
    component = Text(default=None, null=True)
    through = Date(default=None, null=False)
    balance_minor = BigInt(default=None, null=False)


class ClosedPeriod(Tenant, Table, tablename="closed_periods"):
    """Nothing may be posted with an effective date up to and including ``through``."""

    through = Date(default=None, null=False)
    closed_by = UUID(default=None, null=True)
    closed_at = Timestamptz(default=None, null=False)
