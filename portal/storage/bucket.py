"""The bucket that documents live in, and the client that reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from portal.settings import STORAGE_REGION, Settings

if TYPE_CHECKING:  # the library takes most of a second to import: only those who talk to the storage wait for it
    from minio import Minio


class BucketUnfit(Exception):
    """The storage does not serve a bucket that evidence can be kept in. The message is one line for the operator."""


CONNECTIONS = 32
"""The most calls of one process at a time."""
CONNECT_SECONDS = 5.0
"""A machine that is there answers a call so soon; one that is not must not keep a person waiting."""
ANSWER_SECONDS = 30.0
"""So long nothing may come from a storage that has taken a call."""


def client(endpoint: str, access_key: str, secret_key: str, *, patience: float | None = None) -> Minio:
    """A storage client that never looks a region up and gives up on a storage that does not answer."""
    import urllib3
    from minio import Minio

    parts = urlsplit(endpoint)
    # As many connections are kept as threads may call at once: one more would be opened and thrown away each time.
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS if patience is None else patience)
    pool = urllib3.PoolManager(maxsize=CONNECTIONS, timeout=timeout, retries=urllib3.Retry(total=0))
    return Minio(
        endpoint=parts.netloc,
        access_key=access_key,
        secret_key=secret_key,
        secure=parts.scheme == "https",
        region=STORAGE_REGION,
        http_client=pool,
    )


def ensure_bucket(storage: Minio, name: str) -> None:
    """Create the bucket, if it is missing, with object lock and versioning, so that evidence can be kept unchanged.

    Raises BucketUnfit when a bucket of that name exists without object lock: it cannot be added afterwards.
    """
    from minio.commonconfig import ENABLED
    from minio.error import S3Error
    from minio.versioningconfig import VersioningConfig

    if not storage.bucket_exists(bucket_name=name):
        storage.make_bucket(bucket_name=name, object_lock=True)
    if storage.get_bucket_versioning(bucket_name=name).status != ENABLED:
        storage.set_bucket_versioning(bucket_name=name, config=VersioningConfig(ENABLED))
    try:
        storage.get_object_lock_config(bucket_name=name)
    except S3Error as error:
        if error.code == "ObjectLockConfigurationNotFoundError":
            raise BucketUnfit(f"PORTAL_S3_BUCKET {name} was created without object lock: use another bucket") from None
        raise


def ensure_storage(settings: Settings) -> None:
    """Create the bucket of these settings if it is missing; raises BucketUnfit when the storage does not serve us."""
    import urllib3
    from minio.error import S3Error

    storage = client(settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key)
    try:
        ensure_bucket(storage, settings.s3_bucket)
    except (S3Error, urllib3.exceptions.HTTPError, OSError) as error:
        reason = error.message if isinstance(error, S3Error) else "no answer"
        raise BucketUnfit(f"PORTAL_S3_ENDPOINT {settings.s3_endpoint} does not serve the bucket: {reason}") from None
