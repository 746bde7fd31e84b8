"""The tables of how statements are mailed."""

from piccolo.columns import UUID, Boolean, Bytea, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class StatementByMail(Tenant, Table, tablename="statement_by_mail"):
    """What somebody of a client chose: statements as attached PDF, or a link. Who chose nothing gets a link."""

    client_id = UUID(default=None, null=False)
    user_id = UUID(default=None, null=False)
    attached = Boolean(default=False)


class StatementMail(Tenant, Table, tablename="statement_mails"):
    """A mail that told somebody of a closed statement. It is sent once."""

    client_id = UUID(default=None, null=False)
    statement_id = UUID(default=None, null=False)
    user_id = UUID(default=None, null=False)
    sha256 = Bytea(default=None, null=True, help_text="Of the PDF that went along; null: a link.")
    sent_at = Timestamptz(default=None, null=False)
