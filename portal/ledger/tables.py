"""The ledger's tables. The application may read them; only ``post_journals`` writes them (see portal/sql)."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Date, Integer, SmallInt, Text, Timestamptz
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


class BankAccount(Tenant, Table, tablename="bank_accounts"):
    """One of the agency's accounts at a bank: of the clients' money, or of its own. What it is never changes.

    Lines on the trust bank (T1000) and the operating bank (O1100) name it; a line that names none stands on the account
    of its book and currency at position 1, so that an agency with one account each need not name any.
    """

    book = Text(default=None, null=False, help_text="trust or operating.")
    currency = Text(default=None, null=False)
    position = Integer(default=None, null=False, help_text="From 1, within book and currency.")
    name = Text(default=None, null=False, help_text="What the agency calls it.")
    holder = Text(default="")
    iban = Text(default="", help_text="Without blanks; empty where accounts have another number.")
    account_number = Text(default="")
    bank_code = Text(default="", help_text="CNAPS code, sort code, routing number: what names the bank at home.")
    bank_name = Text(default="")
    bic = Text(default="")
    opened_on = Date(default=None, null=False, help_text="From this day on its statements are expected.")
    closed_on = Date(default=None, null=True)
    created_by = UUID(default=None, null=True)
    created_by_name = Text(default="")
    created_at = Timestamptz(default=None, null=False)
    confirmed_by = UUID(default=None, null=True, help_text="Another person, who let money be sent to one of our own.")
    confirmed_by_name = Text(default="")
    confirmed_at = Timestamptz(default=None, null=True)


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
    bank_account_id = UUID(default=None, null=True, help_text="On T1000 and O1100; null: the one at position 1.")


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


class LedgerDay(Tenant, Table, tablename="ledger_days"):
    """What an account moved on a day, over the journals that were summed up (`portal.ledger.days`)."""

    day = Date(default=None, null=False)
    account = SmallInt(default=None, null=False)
    currency = Text(default=None, null=False)
    bank_account_id = UUID(default=None, null=True, help_text="As on the lines.")
    amount_minor = BigInt(default=None, null=False)


class LedgerMark(Tenant, Table, tablename="ledger_marks"):
    """Through which journal an agency's days are summed up; later ones are added up line by line."""

    journal_id = UUID(default=None, null=False)


class ClosedPeriod(Tenant, Table, tablename="closed_periods"):
    """Nothing may be posted with an effective date up to and including ``through``."""

    through = Date(default=None, null=False)
    closed_by = UUID(default=None, null=True)
    closed_at = Timestamptz(default=None, null=False)
