"""The second factor: codes of an authenticator (TOTP, RFC 6238) and recovery codes for the day it is lost.

The seed lies encrypted under a key derived from the installation's secret key, bound to its user. Each time step is
accepted once, each recovery code once; of recovery codes only hashes are kept.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.errors import Refused
from portal.pages.text import N_
from portal.tenancy.database import sql, sql_one, sql_value

STEP: Final = 30
"""Seconds for which a code is shown."""
DRIFT: Final = 1
"""Steps by which an authenticator's clock may differ, either way."""
RECOVERY_CODES: Final = 10


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the transaction's user proves themselves with."""

    email: str
    password_hash: str | None
    totp_secret: str | None
    totp_confirmed_at: datetime | None
    recovery_codes_left: int

    @property
    def has_second_factor(self) -> bool:
        """Whether a code is asked for at sign-in."""
        return self.totp_confirmed_at is not None


async def own_credentials() -> Credentials:
    """The credentials of the transaction's user.

    Raises:
        LookupError: there is no such user, or they were disabled.
    """
    row = await sql_one("select * from own_credentials()")
    if row is None:
        raise LookupError("no user")
    return Credentials(
        row["email"], row["password_hash"], row["totp_secret"], row["totp_confirmed_at"], row["recovery_codes_left"]
    )


async def prepare(user_id: UUID, secret_key: str) -> str:
    """Make a fresh seed for the transaction's user, which counts only once a code confirms it. Returns the seed.

    Raises:
        Refused: a second factor is on already; it must be turned off first.
    """
    if (await own_credentials()).has_second_factor:
        raise Refused(N_("Two-step login is on already."), code="second_factor_on")
    seed = pyotp.random_base32()
    await sql("select set_own_second_factor($1, null, 0, '{}')", _seal(seed, user_id, secret_key))
    return seed


def address_of(seed: str, email: str, issuer: str) -> str:
    """The ``otpauth://`` address that an authenticator reads from the QR code."""
    return pyotp.TOTP(seed, interval=STEP).provisioning_uri(name=email, issuer_name=issuer)


async def prepared_seed(user_id: UUID, secret_key: str) -> str | None:
    """The seed that waits for its confirmation, if there is one."""
    credentials = await own_credentials()
    if credentials.totp_secret is None or credentials.has_second_factor:
        return None
    return _open(credentials.totp_secret, user_id, secret_key)


async def confirm(user_id: UUID, code: str, now: datetime, secret_key: str) -> list[str]:
    """Turn the second factor on with a first code; returns the recovery codes, shown this once.

    Raises:
        Refused: the code does not fit, or nothing was prepared.
    """
    seed = await prepared_seed(user_id, secret_key)
    step = _step_of(seed, code, now) if seed else None
    if seed is None or step is None:
        raise wrong_code()
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    await sql(
        "select set_own_second_factor($1, $2, $3, $4)",
        _seal(seed, user_id, secret_key), now, step, [_recovery_hash(code) for code in codes],
    )  # fmt: skip
    return codes


async def take_away() -> None:
    """Turn the second factor of the transaction's user off."""
    await sql("select set_own_second_factor(null, null, 0, '{}')")


async def spend(user_id: UUID, code: str, now: datetime, secret_key: str) -> bool:
    """Whether a code, or a recovery code, of the transaction's user fits; it is used up by that."""
    credentials = await own_credentials()
    if credentials.totp_secret is None or not credentials.has_second_factor:
        return False
    digits = code.replace(" ", "")
    if len(digits) > 6:
        return bool(await sql_value("select spend_recovery_code($1)", _recovery_hash(code)))
    step = _step_of(_open(credentials.totp_secret, user_id, secret_key), digits, now)
    return step is not None and bool(await sql_value("select spend_code($1)", step))


def wrong_code() -> Refused:
    """The one answer to a code that does not fit, was used before, or is too old."""
    return Refused(
        N_("This code does not fit. Take the one your authenticator shows now."), field="code", code="bad_code"
    )


def _step_of(seed: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, within the drift."""
    current = int(now.timestamp()) // STEP
    totp = pyotp.TOTP(seed, interval=STEP)
    found = None
    for step in range(current - DRIFT, current + DRIFT + 1):
        # Every step is compared, so that time does not tell which one fitted.
        if secrets.compare_digest(totp.generate_otp(step).encode(), code.strip().encode()):
            found = step
    return found


def _recovery_code() -> str:
    """Eighty random bits: so long that a plain hash protects them."""
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def _recovery_hash(code: str) -> bytes:
    return sha256("".join(c for c in code.lower() if c.isalnum()).encode()).digest()


def _fernet(secret_key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"portal authenticator seeds").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def _seal(seed: str, user_id: UUID, secret_key: str) -> str:
    return _fernet(secret_key).encrypt(f"{user_id} {seed}".encode()).decode()


def _open(sealed: str, user_id: UUID, secret_key: str) -> str:
    try:
        owner, _, seed = _fernet(secret_key).decrypt(sealed.encode()).decode().partition(" ")
    except InvalidToken:
        raise RuntimeError("PORTAL_SECRET_KEY is not the one that the authenticator seeds were kept under") from None
    if owner != str(user_id):
        raise RuntimeError("an authenticator seed lies with another user")
    return seed
