"""The table of payment files."""

from piccolo.columns import UUID, BigInt, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class PaymentFile(Tenant, Table, tablename="payment_files"):
    """A file by which the bank pays a run, or refunds. It is made once; later downloads are the same bytes."""

    run_id = UUID(default=None, null=True, help_text="The run that it pays; null where it pays refunds.")
    bank_account_id = UUID(default=None, null=False, help_text="The trust account that pays.")
    currency = Text(default="EUR")
    file_name = Text(default=None, null=False)
    content = Bytea(default=None, null=False)
    sha256 = Bytea(default=None, null=False)
    execution_on = Date(default=None, null=False)
    payments = Integer(default=None, null=False)
    total_minor = BigInt(default=None, null=False)
    made_by = UUID(default=None, null=True)
    made_by_name = Text(default="")
    made_at = Timestamptz(default=None, null=False)
