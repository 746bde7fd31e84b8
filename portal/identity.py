"""Ids: UUID version 7, so that rows sort by when they were made and indexes stay compact."""

import os
import time
import uuid
from datetime import UTC, datetime

from piccolo.columns.column_types import UUID
from piccolo.columns.defaults.uuid import UUID7


def new_id() -> uuid.UUID:
    """A fresh UUID v7 (RFC 9562): 48 bits of milliseconds, then random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds << 80) | (0x7 << 76) | ((random >> 68 & 0xFFF) << 64) | (0b10 << 62) | (random & (2**62 - 1))
    return uuid.UUID(int=value)


def made_at(id: uuid.UUID) -> datetime:
    """When an id of ours was made, by the real clock."""
    return datetime.fromtimestamp((id.int >> 80) / 1000, UTC)


class TimeOrdered(UUID7):
    """Column default: ``uuidv7()`` in the database; in Python made here, since 3.11 has no uuid7."""

    def python(self) -> uuid.UUID:
        """The value for a row made in Python."""
        return new_id()


class Tenant:
    """Columns that every table of an agency's data begins with."""

    id = UUID(primary_key=True, default=TimeOrdered())
    agency_id = UUID(default=None, null=False)
