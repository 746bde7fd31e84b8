"""The generated secrets of a home: one file that only its owner may read."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

NAMES = (
    "postgres_password",
    "owner_password",
    "app_password",
    "s3_access_key",
    "s3_secret_key",
    "stripe_secret_key",
    "stripe_webhook_secret",
    "secret_key",
)


def load_secrets(path: Path) -> dict[str, str]:
    """Every secret by name; those that the file does not hold yet are generated and kept, with mode 0600."""
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = [name for name in NAMES if name not in known]
    if missing or path.stat().st_mode & 0o077:
        # Hexadecimal, so that no address or shell ever has to quote one.
        write_private(path, json.dumps(known | {name: secrets.token_hex(24) for name in missing}, indent=2))
        return load_secrets(path)
    return known


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner alone, so that no reader sees half of it."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
