"""Locks on stored versions: until when nobody can remove one, and whether a legal hold keeps it beyond that.

An object that is copied comes without its lock on some storages, so that a lock is always set on the version itself.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from minio.retention import Retention

from portal.storage.store import by_its_clock, call, checked, where


@dataclass(frozen=True, slots=True)
class Lock:
    """What keeps one version; by the storage's own clock, which is the real one."""

    mode: str = ""
    """GOVERNANCE or COMPLIANCE; empty without a lock."""
    until: datetime | None = None
    held: bool = False

    def lasts(self, until: datetime) -> bool:
        """Whether it keeps the version to a moment of the portal's clock; storages count in whole seconds."""
        return self.until is not None and self.until >= by_its_clock(until) - timedelta(seconds=1)


async def lock_of(key: str, version: str) -> Lock:
    """The lock of one version.

    Raises:
        NotStored: there is no such version.
    """
    place = where()
    found = await call(place.inside.stat_object, bucket_name=place.bucket, object_name=checked(key), version_id=version)
    told = {str(name).lower(): str(value) for name, value in (found.metadata or {}).items()}
    until = told.get("x-amz-object-lock-retain-until-date")
    return Lock(
        told.get("x-amz-object-lock-mode", ""),
        datetime.fromisoformat(until).astimezone(UTC) if until else None,
        told.get("x-amz-object-lock-legal-hold") == "ON",
    )


async def keep(key: str, version: str, until: datetime) -> None:
    """Let nobody remove a version before a moment. A lock that lasts longer stays; each keeps the mode it began with.

    Raises:
        NotStored: there is no such version.
    """
    lock, place = await lock_of(key, version), where()
    if lock.lasts(until):
        return
    await call(
        place.inside.set_object_retention,
        bucket_name=place.bucket,
        object_name=key,
        config=Retention(lock.mode or place.lock_mode, by_its_clock(until)),
        version_id=version,
    )


async def hold(key: str, version: str, *, on: bool) -> None:
    """Keep a version whatever its time, or no longer."""
    place = where()
    change = place.inside.enable_object_legal_hold if on else place.inside.disable_object_legal_hold
    await call(change, bucket_name=place.bucket, object_name=checked(key), version_id=version)
