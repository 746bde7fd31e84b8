"""The table of what is agreed about money that arrives short."""

from piccolo.columns import JSONB, UUID, Date, Numeric, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class ShortTerm(Tenant, Table, tablename="short_terms"):
    """A version of who bears what banks keep of payments for a client. Never changed: the latest for a day holds."""

    client_id = UUID(default=None, null=False)
    since = Date(default=None, null=False, help_text="For payments received from this day on.")
    bearer = Text(default="debtor", help_text="debtor, client or agency.")
    percent = Numeric(default=None, digits=(6, 4), null=True, help_text="At most this part of what was sent.")
    amounts = JSONB(default="{}", help_text="At most so much by currency, in minor units.")
    set_by = UUID(default=None, null=True)
    set_by_name = Text(default="")
    set_at = Timestamptz(default=None, null=False)
