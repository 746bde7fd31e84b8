"""Agencies, the people who work for them or for their clients, and the ways in."""

from enum import StrEnum

from piccolo.columns import JSONB, UUID, Array, Boolean, Bytea, Date, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant, TimeOrdered


class Language(StrEnum):
    """The languages of pages, letters and mail."""

    EN = "en"
    """English."""
    ZH = "zh-Hans"
    """Simplified Chinese."""


class Theme(StrEnum):
    """Light, dark, or as the person's system says."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Agency(Table, tablename="agencies"):
    """A tenant: a collection agency. Its row carries its own id as ``agency_id``, so that one policy serves all."""

    id = UUID(primary_key=True, default=TimeOrdered())
    agency_id = UUID(default=None, null=False, help_text="Equal to id.")
    slug = Text(default=None, null=False, unique=True)
    name = Text(default=None, null=False)
    language = Text(default="en")
    time_zone = Text(default="UTC")
    base_currency = Text(default="EUR")
    licence = Text(default="", help_text="Licence and supervising authority, as shown to debtors.")
    address = Text(default="", help_text="Street, place and country, in lines, as on letters and statements.")
    complaints = Text(default="", help_text="Where debtors complain, in lines: of the agency, and its supervisor.")
    privacy = Text(default="", help_text="What debtors are told of their data, or where that stands.")
    vat_number = Text(default="")
    is_sample = Boolean(default=False)
    next_case_number = Integer(default=1)
    password_approves_money = Boolean(
        default=True, help_text="Whether a password may stand for the second factor when money is approved."
    )
    retention_years = Integer(default=6, help_text="So long after a case has closed its documents are kept.")
    unfinished_days = Integer(default=90, help_text="So long what was not handed over is kept for whoever began it.")
    send_receipts = Boolean(default=True, help_text="Whether debtors are mailed a receipt of each payment.")
    created_at = Timestamptz(default=None, null=False)


class User(Table, tablename="users"):
    """A human being who signs in. May belong to several agencies and clients through memberships."""

    id = UUID(primary_key=True, default=TimeOrdered())
    email = Text(default=None, null=False, unique=True, help_text="Lower case.")
    name = Text(default=None, null=False)
    password_hash = Text(default=None, null=True)
    language = Text(default="en")
    time_zone = Text(default="UTC")
    theme = Text(default="auto")
    totp_secret = Text(default=None, null=True, help_text="Encrypted with the installation's secret key.")
    totp_confirmed_at = Timestamptz(default=None, null=True)
    totp_last_step = Integer(default=0, help_text="The last time step accepted, so that a code works once.")
    recovery_hashes = Array(
        base_column=Bytea(), default=list, help_text="SHA-256 of the recovery codes not used yet; each works once."
    )
    disabled_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None, null=False)


class Membership(Tenant, Table, tablename="memberships"):
    """What a user is in an agency, or for one client of it: one role."""

    user_id = UUID(default=None, null=False, index=True)
    client_id = UUID(default=None, null=True, help_text="Set for people of a client.")
    role = Text(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)
    ended_at = Timestamptz(default=None, null=True)


class Session(Table, tablename="sessions"):
    """One sign-in of one browser. The cookie holds the token; here lies only its SHA-256."""

    id = UUID(primary_key=True, default=TimeOrdered())
    token_hash = Bytea(default=None, null=False, unique=True)
    user_id = UUID(default=None, null=False, index=True)
    membership_id = UUID(default=None, null=True, help_text="The membership acted for; none until one is chosen.")
    second_factor_at = Timestamptz(default=None, null=True)
    address = Text(default="")
    user_agent = Text(default="")
    created_at = Timestamptz(default=None, null=False)
    last_seen_at = Timestamptz(default=None, null=False)
    expires_at = Timestamptz(default=None, null=False, help_text="Absolute: no use moves it.")
    ended_at = Timestamptz(default=None, null=True)


class Purpose(StrEnum):
    """What an attempt was for. Each is limited apart."""

    PASSWORD = "password"  # noqa: S105 - a purpose, no password
    """An e-mail and a password were given."""
    CODE = "code"
    """A code of the second factor was given."""
    RESET = "reset"
    """A link to set a new password was asked for."""
    CLAIM = "claim"
    """Whoever opened a debtor's private link said who they are."""
    CLAIM_CODE = "claim_code"
    """A code for a debtor's private link was asked for."""


class LoginAttempt(Table, tablename="login_attempts"):
    """A try to sign in, kept for the rate limit per account and per address."""

    id = UUID(primary_key=True, default=TimeOrdered())
    purpose = Text(default="password")
    account = Bytea(default=None, null=False, index=True, help_text="SHA-256 of the e-mail given.")
    address = Text(default=None, null=False, index=True)
    succeeded = Boolean(default=False)
    at = Timestamptz(default=None, null=False, index=True)


class Invitation(Tenant, Table, tablename="invitations"):
    """An invitation by e-mail: single use, consumed on POST. Only the token's hash is kept."""

    client_id = UUID(default=None, null=True)
    email = Text(default=None, null=False)
    role = Text(default=None, null=False)
    language = Text(default="en")
    token_hash = Bytea(default=None, null=True, unique=True)
    invited_by = UUID(default=None, null=True)
    created_at = Timestamptz(default=None, null=False)
    expires_at = Timestamptz(default=None, null=False)
    accepted_at = Timestamptz(default=None, null=True)
    withdrawn_at = Timestamptz(default=None, null=True)


class PasswordReset(Table, tablename="password_resets"):
    """A link to set a new password: single use, consumed on POST, an hour long."""

    id = UUID(primary_key=True, default=TimeOrdered())
    user_id = UUID(default=None, null=False, index=True)
    token_hash = Bytea(default=None, null=False, unique=True)
    created_at = Timestamptz(default=None, null=False)
    expires_at = Timestamptz(default=None, null=False)
    used_at = Timestamptz(default=None, null=True)


class ApiKey(Tenant, Table, tablename="api_keys"):
    """A bearer key for one agency or one client. Shown once; here lies only its SHA-256."""

    client_id = UUID(default=None, null=True)
    name = Text(default="")
    key_hash = Bytea(default=None, null=False, unique=True)
    hint = Text(default="", help_text="Its last four characters, to tell keys apart.")
    created_by = UUID(default=None, null=True)
    created_at = Timestamptz(default=None, null=False)
    last_used_at = Timestamptz(default=None, null=True)
    expires_at = Timestamptz(default=None, null=True)
    revoked_at = Timestamptz(default=None, null=True)


class IdempotentAnswer(Tenant, Table, tablename="idempotent_answers"):
    """What an API call with an Idempotency-Key was answered, so that the same call is answered the same."""

    api_key_id = UUID(default=None, null=False)
    client_id = UUID(default=None, null=True)
    key = Text(default=None, null=False)
    request_digest = Bytea(default=None, null=False)
    status = Integer(default=None, null=False)
    body = JSONB(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)


class RateCount(Table, tablename="rate_counts"):
    """Calls of one key or address in one window, for rate limits that hold over all processes."""

    id = UUID(primary_key=True, default=TimeOrdered())
    subject = Text(default=None, null=False)
    window_start = Timestamptz(default=None, null=False, index=True)
    calls = Integer(default=0)


class NumberSeries(Tenant, Table, tablename="number_series"):
    """Counters for numbers without gaps: statements, runs, acknowledgements."""

    series = Text(default=None, null=False)
    last = Integer(default=0)


class ExchangeRate(Table, tablename="exchange_rates"):
    """How much of a currency one euro was worth on a day, and who said so. Common to all agencies."""

    id = UUID(primary_key=True, default=TimeOrdered())
    currency = Text(default=None, null=False)
    on = Date(default=None, null=False)
    per_euro = Numeric(default=None, null=False, digits=(18, 8))
    source = Text(default="")
