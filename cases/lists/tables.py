"""Lists as people named them."""

from piccolo.columns import UUID, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class SavedView(Tenant, Table, tablename="saved_views"):
    """A list narrowed and ordered as one person named it; their own alone."""

    user_id = UUID(default=None, null=False)
    client_id = UUID(default=None, null=True, help_text="Of a person of a client; none for the agency's own.")
    page = Text(default=None, null=False, help_text="queue or cases.")
    name = Text(default=None, null=False)
    query = Text(default="", help_text="What the list's address says behind the question mark.")
    created_at = Timestamptz(default=None, null=False)
