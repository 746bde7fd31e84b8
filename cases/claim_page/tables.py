"""Private links to the debtor's page of a case, the codes sent for them, and the visits that were proved."""

from piccolo.columns import UUID, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class ClaimLink(Tenant, Table, tablename="claim_links"):
    """A private link to one case. The address holds the token; here lies only its SHA-256."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    token_hash = Bytea(default=None, null=False, unique=True)
    made_by = UUID(default=None, null=True, help_text="None: the portal itself, which mailed it.")
    made_by_name = Text(default="")
    made_at = Timestamptz(default=None, null=False)
    expires_at = Timestamptz(default=None, null=False)
    sent_to = Text(default="", help_text="The e-mail address it was sent to; empty when it was handed over otherwise.")
    proved_at = Timestamptz(default=None, null=True, help_text="When somebody first proved to be the debtor.")
    wrong_proofs = Integer(default=0, help_text="After so many the link opens nothing any more.")
    revoked_at = Timestamptz(default=None, null=True)
    revoked_by = UUID(default=None, null=True)


class ClaimCode(Tenant, Table, tablename="claim_codes"):
    """A code mailed to the debtor, which proves a link once."""

    link_id = UUID(default=None, null=False)
    code_hash = Bytea(default=None, null=False, help_text="SHA-256 of the link's hash and the code's.")
    created_at = Timestamptz(default=None, null=False)
    expires_at = Timestamptz(default=None, null=False)
    used_at = Timestamptz(default=None, null=True)


class ClaimVisit(Tenant, Table, tablename="claim_visits"):
    """A visit that was proved. The cookie holds the token; here lies only its SHA-256."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    link_id = UUID(default=None, null=False)
    token_hash = Bytea(default=None, null=False, unique=True)
    language = Text(default="en")
    address = Text(default="", help_text="Where it came from, as far as it says.")
    began_at = Timestamptz(default=None, null=False)
    last_seen_at = Timestamptz(default=None, null=False)
    expires_at = Timestamptz(default=None, null=False, help_text="Absolute: no use moves it.")
    ended_at = Timestamptz(default=None, null=True)
