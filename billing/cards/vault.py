"""Secrets of agencies at rest: sealed under keys of the installation, each bound to its agency.

The newest key of ``PORTAL_PAYMENT_KEYS`` seals, any of them opens, and so does one derived from ``PORTAL_SECRET_KEY``,
which seals where no other is given. After a key was added, `portal rotate-keys` brings everything to the newest.
"""

import base64
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.settings import Settings

_keys: list[MultiFernet] = []


def configure(settings: Settings) -> None:
    """Take the keys from the settings."""
    _keys[:] = [MultiFernet([_fernet(key) for key in (*settings.payment_keys, settings.secret_key)])]


def seal(agency_id: UUID, text: str) -> str:
    """A secret as it may lie in the database; empty stays empty."""
    return _keys[0].encrypt(f"{agency_id} {text}".encode()).decode() if text else ""


def unseal(agency_id: UUID, sealed: str) -> str:
    """The secret.

    Raises:
        RuntimeError: none of the keys opens it, or it was sealed for another agency.
    """
    if not sealed:
        return ""
    try:
        owner, _, text = _keys[0].decrypt(sealed.encode()).decode().partition(" ")
    except InvalidToken:
        raise RuntimeError("no key of PORTAL_PAYMENT_KEYS opens what was sealed for an agency") from None
    if owner != str(agency_id):
        raise RuntimeError("a secret lies with another agency than it was sealed for")
    return text


def _fernet(key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"portal payment keys").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
