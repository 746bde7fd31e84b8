"""Private links to the debtor's page of a case, the codes sent for them, the visits that were proved, and what debtors said
there."""

from piccolo.columns import UUID, BigInt, Bytea, Date, Integer, Text, Timestamptz
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


class HardshipStatement(Tenant, Table, tablename="hardship_statements"):
    """What a debtor who cannot pay said of their income and outgoings, a month. For staff and the debtor alone."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    currency = Text(default=None, null=False)
    income_minor = BigInt(default=None, null=False, help_text="Net, a month.")
    housing_minor = BigInt(default=None, null=False)
    fixed_minor = BigInt(default=None, null=False, help_text="Other fixed costs.")
    dependants = Integer(default=0, help_text="Persons to support.")
    could_pay_minor = BigInt(default=None, null=False, help_text="What they say they could pay a month.")
    note = Text(default="")
    stated_at = Timestamptz(default=None, null=False)


class BalanceConfirmation(Tenant, Table, tablename="balance_confirmations"):
    """A debtor confirmed its account: whoever did, what they confirmed, and the digest of the very document."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    document_id = UUID(default=None, null=False)
    on = Date(default=None, null=False, help_text="The balance is that of the end of this day.")
    currency = Text(default=None, null=False)
    balance_minor = BigInt(default=None, null=False)
    document_sha256 = Bytea(default=None, null=False)
    name = Text(default=None, null=False)
    position = Text(default=None, null=False)
    address = Text(default="", help_text="Where it came from.")
    confirmed_at = Timestamptz(default=None, null=False)


class ContactWish(Tenant, Table, tablename="contact_wishes"):
    """How a debtor wishes to be contacted. The latest counts."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    channel = Text(default="", help_text="call, email, letter, or none in particular.")
    hours = Text(default="", help_text="When, in their words.")
    language = Text(default="en")
    wished_at = Timestamptz(default=None, null=False)
