"""Files of banks, the statements in them, and their lines. A line stands once, whatever file tells it again."""

from enum import StrEnum

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class FileStatus(StrEnum):
    """What became of a bank's file."""

    ARRIVED = "arrived"
    """In storage, to be read."""
    COLUMNS = "columns"
    """A table: somebody says what its columns mean."""
    KEPT = "kept"
    """Its lines stand."""
    REFUSED = "refused"
    """Nothing was taken from it, and the reason stands with it."""


class LineStatus(StrEnum):
    """What is known of a bank line."""

    OPEN = "open"
    """Nobody has said yet what it is."""
    BOOKED = "booked"
    """It is in the books: the journals that name it add up to it."""
    EXPLAINED = "explained"
    """On an account of the agency's own: it is not of the collection business, and not in these books."""
    WITHDRAWN = "withdrawn"
    """Its file was read wrongly and taken back."""


class BankFile(Tenant, Table, tablename="bank_files"):
    """A file as the bank gave it. The bytes lie in storage; a digest that stands is not read a second time."""

    file_name = Text(default="")
    size_bytes = BigInt(default=None, null=False)
    sha256 = Bytea(default=None, null=False)
    object_key = Text(default=None, null=False)
    version_id = Text(default="")
    form = Text(default="", help_text="camt, mt940 or table, once it was looked at.")
    status = Text(default="arrived")
    bank_account_id = UUID(default=None, null=True, help_text="The account that was chosen for it.")
    leave_out_others = Boolean(default=False, help_text="Accounts that are not the agency's are passed over.")
    table_map = JSONB(default=None, null=True, help_text="What a table's columns mean, as proposed or confirmed.")
    sample = JSONB(default="[]", help_text="A table's first rows, until its columns were confirmed.")
    refusal = JSONB(default="{}", help_text="code, message and params of what was wrong.")
    left_out = JSONB(default="[]", help_text="Accounts passed over.")
    given_by = UUID(default=None, null=True)
    given_by_name = Text(default="")
    given_at = Timestamptz(default=None, null=False)
    read_at = Timestamptz(default=None, null=True)


class BankStatement(Tenant, Table, tablename="bank_statements"):
    """One statement of one account. What it says is never changed."""

    bank_account_id = UUID(default=None, null=False)
    file_id = UUID(default=None, null=False)
    position = Integer(default=None, null=False, help_text="In its file, from 1.")
    form = Text(default=None, null=False)
    number = Text(default="")
    currency = Text(default=None, null=False)
    opening_minor = BigInt(default=None, null=True)
    closing_minor = BigInt(default=None, null=True)
    net_minor = BigInt(default=None, null=False, help_text="Of all entries that it tells.")
    adds_up = Boolean(default=None, null=True, help_text="Null where the bank does not say both balances.")
    from_on = Date(default=None, null=True)
    to_on = Date(default=None, null=True)
    entries = Integer(default=None, null=False, help_text="That it tells.")
    new_entries = Integer(default=None, null=False, help_text="Of them, those that no file had told before.")
    new_lines = Integer(default=None, null=False)
    warnings = JSONB(default="[]", help_text="A list of {code, params}.")
    kept_at = Timestamptz(default=None, null=False)
    withdrawn_at = Timestamptz(default=None, null=True, help_text="Its file was read wrongly: it counts nowhere since.")


class BankLine(Tenant, Table, tablename="bank_lines"):
    """One payment on an account, as the bank said it first. Only its status ever changes."""

    bank_account_id = UUID(default=None, null=False)
    statement_id = UUID(default=None, null=False, help_text="The statement that told it first.")
    position = Integer(default=None, null=False, help_text="In that statement, from 1.")
    booked_on = Date(default=None, null=False)
    valued_on = Date(default=None, null=True)
    currency = Text(default=None, null=False)
    amount_minor = BigInt(default=None, null=False, help_text="Money in is positive.")
    counterparty_name = Text(default="")
    counterparty_account = Text(default="", help_text="IBAN or number, without blanks.")
    on_behalf_of = Text(default="")
    text = Text(default="")
    creditor_reference = Text(default="", help_text="A structured reference, without blanks.")
    end_to_end = Text(default="")
    mandate = Text(default="")
    return_reason = Text(default="")
    charges_minor = BigInt(default=0)
    instructed = Text(default="", help_text="What was sent, where that was another currency.")
    bank_reference = Text(default="")
    code = Text(default="", help_text="The bank's kind of transaction.")
    kind = Text(default="", help_text="The same in the bank's words.")
    is_reversal = Boolean(default=False)
    entry_key = Bytea(default=None, null=False, help_text="What its entry is known by within the account.")
    occurrence = Integer(default=None, null=False, help_text="Which of the entries of that key.")
    part = Integer(default=1, help_text="Which line of a collective entry, from 1.")
    parts = Integer(default=1)
    entry_minor = BigInt(default=None, null=False, help_text="What the whole entry moved.")
    balance_minor = BigInt(default=None, null=True, help_text="After the entry, where its statement proves it.")
    status = Text(default="open")
    explained_as = Text(default="", help_text="What it is, where it is not of the collection business.")
    explained_by_name = Text(default="")
    explained_at = Timestamptz(default=None, null=True)


class BankColumns(Tenant, Table, tablename="bank_columns"):
    """What the columns of an account's tables mean, as somebody confirmed it last."""

    bank_account_id = UUID(default=None, null=False)
    table_map = JSONB(default=None, null=False)
    confirmed_at = Timestamptz(default=None, null=False)
