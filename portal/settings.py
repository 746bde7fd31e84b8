"""What the operator decides, read once from environment variables when a process starts.

Nothing else in the portal reads the environment. Every variable is described beside its field, and a wrong or missing
one ends the start with one line that names it. A secret may be given as a file instead (`PORTAL_SECRET_KEY_FILE`
holding a path), which is how containers receive them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

STORAGE_REGION = "us-east-1"
"""The region every storage client is told, so that none looks it up over the network."""

SECRET_KEY_BYTES = 32
"""The shortest secret key that is accepted."""

SECRETS = frozenset(
    {
        "PORTAL_DATABASE_URL",
        "PORTAL_DATABASE_OWNER_URL",
        "PORTAL_S3_ACCESS_KEY",
        "PORTAL_S3_SECRET_KEY",
        "PORTAL_STRIPE_SECRET_KEY",
        "PORTAL_STRIPE_WEBHOOK_SECRET",
        "PORTAL_SMTP_URL",
        "PORTAL_SECRET_KEY",
        "PORTAL_PAYMENT_KEYS",
    }
)
"""Variables that may be given as a file, under their name with `_FILE` added."""

T = TypeVar("T")


class SettingsError(Exception):
    """A setting is missing or wrong. The message is one line, names the variable and never repeats a secret."""


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed over, taken apart from `PORTAL_SMTP_URL`."""

    host: str
    port: int
    username: str | None
    password: str | None = field(repr=False)
    starttls: bool
    """Begin in the clear and change to TLS before logging in (`?starttls`)."""
    tls: bool
    """TLS from the first byte (`smtps://`)."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the operator may set. Addresses have been checked for shape, not for an answer."""

    home: Path
    """`PORTAL_HOME`: folder of the embedded servers' data, logs and secrets. Default `var`. Unused by `serve`."""
    database_url: str = field(repr=False)
    """`PORTAL_DATABASE_URL`: PostgreSQL 18 or later as the application role, which owns nothing. Secret."""
    database_owner_url: str | None = field(repr=False)
    """`PORTAL_DATABASE_OWNER_URL`: the same database as the role that owns the tables; only migrations use it. Secret."""
    pool_size: int
    """`PORTAL_POOL_SIZE`: the most database connections one process keeps open. Default 10."""
    s3_endpoint: str
    """`PORTAL_S3_ENDPOINT`: address of the object storage as the portal reaches it, such as `http://127.0.0.1:8333`."""
    s3_public_endpoint: str
    """`PORTAL_S3_PUBLIC_ENDPOINT`: address of the same storage as browsers reach it. Default: the endpoint."""
    s3_access_key: str = field(repr=False)
    """`PORTAL_S3_ACCESS_KEY`: key id for the bucket. Secret."""
    s3_secret_key: str = field(repr=False)
    """`PORTAL_S3_SECRET_KEY`: key for the bucket. Secret."""
    s3_bucket: str
    """`PORTAL_S3_BUCKET`: the bucket, with versioning and object lock; `portal migrate` creates it when it is missing."""
    retention_mode: str
    """`PORTAL_RETENTION_MODE`: `governance`, or `compliance`, where not even the keys lift a document's lock."""
    stripe_secret_key: str | None = field(repr=False)
    """`PORTAL_STRIPE_SECRET_KEY`: the platform's Stripe key. Without it no card is taken. Secret."""
    stripe_webhook_secret: str | None = field(repr=False)
    """`PORTAL_STRIPE_WEBHOOK_SECRET`: signing secret of the platform's webhook endpoint; goes with the key. Secret."""
    stripe_publishable_key: str | None
    """`PORTAL_STRIPE_PUBLISHABLE_KEY`: the platform's key that browsers may see; connected accounts take cards with it."""
    stripe_api_base: str
    """`PORTAL_STRIPE_API_BASE`: address of Stripe's interface. Default `https://api.stripe.com`."""
    smtp_url: str = field(repr=False)
    """`PORTAL_SMTP_URL`: where mail is handed over: `smtp://user:password@host:587?starttls` or `smtps://…`. Secret."""
    mail_from: str
    """`PORTAL_MAIL_FROM`: the sender of the portal's own mail."""
    secret_key: str = field(repr=False)
    """`PORTAL_SECRET_KEY`: at least 32 bytes; signs and encrypts what leaves the database. The same everywhere. Secret."""
    payment_keys: tuple[str, ...] = field(repr=False)
    """`PORTAL_PAYMENT_KEYS`: keys, comma-separated and newest first, under which agencies' own payment keys are sealed.
    Default: one derived from the secret key. Each at least 32 bytes. `portal seal-again` brings all to the newest. Secret."""
    base_url: str
    """`PORTAL_BASE_URL`: the address people type, without a trailing slash; links in mail begin with it."""
    host: str
    """`PORTAL_HOST`: the address the web server listens on. Default 127.0.0.1."""
    port: int
    """`PORTAL_PORT`: the port the web server listens on. Default 8000."""
    trusted_proxies: tuple[str, ...]
    """`PORTAL_TRUSTED_PROXIES`: addresses or networks, comma-separated, whose `X-Forwarded-*` is believed. Default none."""
    clamd_url: str | None
    """`PORTAL_CLAMD_URL`: virus scanner, `tcp://host:3310` or `unix:///path`. Without it uploads are not scanned."""
    bank_file_mb: int
    """`PORTAL_BANK_FILE_MB`: the largest file of a bank that is opened, in MB, at most 25. Default 20."""
    development: bool
    """`PORTAL_DEVELOPMENT`: `1` shows the component page; `portal up` sets it for its children. Default off."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """The settings that the variables describe; raises SettingsError at the first wrong or missing one."""
        read = _Reader(environ)
        endpoint = read.value("PORTAL_S3_ENDPOINT", _web_address)
        stripe_key = read.optional("PORTAL_STRIPE_SECRET_KEY", _text)
        webhook_secret = read.optional("PORTAL_STRIPE_WEBHOOK_SECRET", _text)
        if (stripe_key is None) != (webhook_secret is None):
            name = "PORTAL_STRIPE_SECRET_KEY" if stripe_key is None else "PORTAL_STRIPE_WEBHOOK_SECRET"
            raise SettingsError(f"{name} is missing: the Stripe key and the webhook secret go together")
        return cls(
            home=home_from_env(environ),
            database_url=read.value("PORTAL_DATABASE_URL", _database_address),
            database_owner_url=read.optional("PORTAL_DATABASE_OWNER_URL", _database_address),
            pool_size=read.value("PORTAL_POOL_SIZE", _count, "10"),
            s3_endpoint=endpoint,
            s3_public_endpoint=read.value("PORTAL_S3_PUBLIC_ENDPOINT", _web_address, endpoint),
            s3_access_key=read.value("PORTAL_S3_ACCESS_KEY", _text),
            s3_secret_key=read.value("PORTAL_S3_SECRET_KEY", _text),
            s3_bucket=read.value("PORTAL_S3_BUCKET", _bucket),
            retention_mode=read.value("PORTAL_RETENTION_MODE", _retention_mode, "governance"),
            stripe_secret_key=stripe_key,
            stripe_webhook_secret=webhook_secret,
            stripe_publishable_key=read.optional("PORTAL_STRIPE_PUBLISHABLE_KEY", _publishable_key),
            stripe_api_base=read.value("PORTAL_STRIPE_API_BASE", _web_address, "https://api.stripe.com"),
            smtp_url=read.value("PORTAL_SMTP_URL", _mail_address_of_server),
            mail_from=read.value("PORTAL_MAIL_FROM", _mailbox),
            secret_key=read.value("PORTAL_SECRET_KEY", _secret_key),
            payment_keys=read.value("PORTAL_PAYMENT_KEYS", _secret_keys, ""),
            base_url=read.value("PORTAL_BASE_URL", _web_address),
            host=read.value("PORTAL_HOST", _text, "127.0.0.1"),
            port=read.value("PORTAL_PORT", _port, "8000"),
            trusted_proxies=read.value("PORTAL_TRUSTED_PROXIES", _networks, ""),
            clamd_url=read.optional("PORTAL_CLAMD_URL", _scanner),
            bank_file_mb=read.value("PORTAL_BANK_FILE_MB", _megabytes, "20"),
            development=read.value("PORTAL_DEVELOPMENT", _switch, "0"),
        )

    @property
    def owner_url(self) -> str:
        """The owner's database address; raises SettingsError when only the application's was given."""
        if self.database_owner_url is None:
            raise SettingsError("PORTAL_DATABASE_OWNER_URL is missing: migrations run as the role that owns the tables")
        return self.database_owner_url

    @property
    def mail_server(self) -> MailServer:
        return _mail_server(self.smtp_url)

    @property
    def https(self) -> bool:
        """Whether people reach the portal through TLS, so that cookies may be marked Secure."""
        return self.base_url.startswith("https://")


def home_from_env(environ: Mapping[str, str]) -> Path:
    """The home folder, absolute: needed before anything else is known."""
    return Path(environ.get("PORTAL_HOME") or "var").expanduser().absolute()


class _Reader:
    """Reads one variable at a time, from itself or from the file it names."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ

    def value(self, name: str, parse: Callable[[str], T], default: str | None = None) -> T:
        text = self._text(name)
        if text is None:
            text = default
        if text is None:
            raise SettingsError(f"{name} is missing")
        try:
            return parse(text)
        except ValueError as error:
            raise SettingsError(f"{name} {error}") from None

    def optional(self, name: str, parse: Callable[[str], T]) -> T | None:
        return None if self._text(name) is None else self.value(name, parse)

    def _text(self, name: str) -> str | None:
        direct = self.environ.get(name) or None
        path = (self.environ.get(f"{name}_FILE") or None) if name in SECRETS else None
        if path is None:
            return direct
        if direct is not None:
            raise SettingsError(f"{name} and {name}_FILE are both set: keep one")
        try:
            return Path(path).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not text"
            raise SettingsError(f"{name}_FILE cannot be read: {path}: {reason}") from None


# Each of these turns text into a value or raises ValueError with words that follow the variable's name.


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text.strip()


def _address(text: str, schemes: tuple[str, ...], example: str) -> str:
    wrong = f"is not an address like {example}"
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(wrong) from None
    if parts.scheme not in schemes or not host or port == 0 or any(c.isspace() for c in text.strip()):
        raise ValueError(wrong)
    return text.strip()


def _web_address(text: str) -> str:
    address = _address(text, ("http", "https"), "https://example.com")
    parts = urlsplit(address)
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be scheme, host and port only, like https://example.com")
    return address.rstrip("/")


def _database_address(text: str) -> str:
    example = "postgresql://user:password@host:5432/portal"
    wrong = f"is not an address like {example}"
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise ValueError(wrong) from None
    # The host may stand in the query instead: that is how a Unix socket is written.
    host = parts.hostname or parse_qs(parts.query).get("host")
    if parts.scheme not in ("postgresql", "postgres") or not host or port == 0 or not parts.path.strip("/"):
        raise ValueError(wrong)
    return text.strip()


def _mail_address_of_server(text: str) -> str:
    address = _address(text, ("smtp", "smtps"), "smtp://user:password@host:587?starttls")
    query = urlsplit(address).query
    if query not in ("", "starttls") or (query and address.startswith("smtps:")):
        raise ValueError("takes ?starttls with smtp:// and nothing else after the host")
    return address


def _mail_server(url: str) -> MailServer:
    parts = urlsplit(url)
    tls = parts.scheme == "smtps"
    starttls = parts.query == "starttls"
    return MailServer(
        host=parts.hostname or "",
        port=parts.port or (465 if tls else 587 if starttls else 25),
        username=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        starttls=starttls,
        tls=tls,
    )


def _mailbox(text: str) -> str:
    bare = text.strip().rpartition("<")[2].rstrip(">")
    local, _, domain = bare.partition("@")
    if not local or not domain or any(c in text for c in "\r\n"):
        raise ValueError("is not a sender like Portal <portal@example.com>")
    return text.strip()


def _bucket(text: str) -> str:
    name = text.strip()
    plain = name.replace("-", "").replace(".", "")
    if not 3 <= len(name) <= 63 or not (plain.isascii() and plain.isalnum() and plain == plain.lower()):
        raise ValueError("is not a bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens")
    return name


def _retention_mode(text: str) -> str:
    if text.strip() not in ("governance", "compliance"):
        raise ValueError("must be governance or compliance")
    return text.strip()


def _secret_key(text: str) -> str:
    if len(text.strip().encode()) < SECRET_KEY_BYTES:
        raise ValueError(f"is too short: at least {SECRET_KEY_BYTES} bytes")
    return text.strip()


def _secret_keys(text: str) -> tuple[str, ...]:
    keys = tuple(part.strip() for part in text.split(",") if part.strip())
    if any(len(key.encode()) < SECRET_KEY_BYTES for key in keys):
        raise ValueError(f"has a key that is too short: each at least {SECRET_KEY_BYTES} bytes, with commas between")
    return keys


def _publishable_key(text: str) -> str:
    if not text.strip().startswith("pk_"):
        raise ValueError("is not a publishable key: those begin with pk_")
    return text.strip()


def _number(text: str, low: int, high: int) -> int:
    wrong = f"is not a number from {low} to {high}"
    if not (text.strip().isascii() and text.strip().isdigit()):
        raise ValueError(wrong)
    number = int(text)
    if not low <= number <= high:
        raise ValueError(wrong)
    return number


def _port(text: str) -> int:
    return _number(text, 1, 65535)


def _count(text: str) -> int:
    return _number(text, 1, 1000)


def _megabytes(text: str) -> int:
    return _number(text, 1, 25)


def _switch(text: str) -> bool:
    if text.strip() not in ("0", "1"):
        raise ValueError("must be 0 or 1")
    return text.strip() == "1"


def _networks(text: str) -> tuple[str, ...]:
    networks = tuple(part.strip() for part in text.split(",") if part.strip())
    for network in networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise ValueError("must be addresses or networks with commas between, like 10.0.0.0/8,192.168.1.5") from None
    return networks


def _scanner(text: str) -> str:
    parts = urlsplit(text.strip())
    if parts.scheme == "unix" and parts.path:
        return text.strip()
    return _address(text, ("tcp",), "tcp://127.0.0.1:3310 or unix:///run/clamd.sock")
