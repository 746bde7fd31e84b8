"""The table of papers."""

from piccolo.columns import UUID, Bytea, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class Paper(Tenant, Table, tablename="papers"):
    """A document in one language, as it was set and sent. It is only ever added."""

    kind = Text(default=None, null=False, help_text="What it is about: a kind of billing.papers.kinds.")
    subject_id = UUID(default=None, null=False, help_text="The invoice, statement or the like.")
    client_id = UUID(default=None, null=True, help_text="Whose people may open it.")
    case_id = UUID(default=None, null=True, help_text="Whose debtor may open it.")
    language = Text(default=None, null=False)
    file_name = Text(default=None, null=False)
    object_key = Text(default=None, null=False)
    version_id = Text(default=None, null=False)
    sha256 = Bytea(default=None, null=False)
    made_at = Timestamptz(default=None, null=False)
