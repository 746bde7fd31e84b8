"""The one door to object storage, whichever S3 it is.

Every key begins with the id of its agency. What people send arrives under the agency's quarantine by a form that
accepts exactly one key, size and type, and can be used for a minute; it is looked at there and then copied, one exact
version, to where it stays. The SDK blocks, so that every call runs in a thread: never call one while rows are locked.
The threads are its own: while a storage stalls, whatever else the process does in threads goes on.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from itertools import islice
from typing import BinaryIO, ParamSpec, TypeVar
from urllib.parse import quote
from uuid import UUID

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE, GOVERNANCE, REPLACE, CopySource
from minio.datatypes import Object, PostPolicy
from minio.error import S3Error
from minio.retention import Retention

from portal import clock
from portal.errors import Unanswered
from portal.settings import Settings
from portal.storage.bucket import CONNECTIONS, client, ensure_bucket

LINK_SECONDS = 60
"""How long a presigned link or form can be used."""
CHUNK = 256 * 1024
QUARANTINE = "quarantine"
MISSING = frozenset(
    {"NoSuchKey", "NoSuchVersion", "NoSuchObject", "NoSuchUpload", "MethodNotAllowed", "ResourceNotFound"}
)

P = ParamSpec("P")
T = TypeVar("T")


class NotStored(LookupError):
    """There is no such object, or not that version of it."""


class StoreAway(Exception):
    """The storage does not answer, or refuses. Trying again later may help."""


class StoreSilent(StoreAway, Unanswered):
    """The storage does not answer at all."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of an object."""

    key: str
    version: str
    size_bytes: int
    content_type: str
    etag: str


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A form a browser may post once to upload one file: ``fields`` first and in this order, the ``file`` last."""

    url: str
    fields: dict[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where the storage is, for this module and those that do more with it (`locks`, `multipart`)."""

    inside: Minio
    """Reached from here."""
    outside: Minio
    """Signs addresses that browsers reach; never called."""
    public: str
    bucket: str
    lock_mode: str
    """Whether whoever has the keys may still lift the lock of a document (GOVERNANCE) or nobody (COMPLIANCE)."""


_place: Place | None = None
_threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="storage")


def configure(settings: Settings) -> None:
    """Say where the storage is. Nothing is connected yet."""
    global _place  # noqa: PLW0603 - one storage a process
    keys = (settings.s3_access_key, settings.s3_secret_key)
    _place = Place(
        inside=client(settings.s3_endpoint, *keys),
        outside=client(settings.s3_public_endpoint, *keys),
        public=settings.s3_public_endpoint,
        bucket=settings.s3_bucket,
        lock_mode=COMPLIANCE if settings.retention_mode == "compliance" else GOVERNANCE,
    )


def where() -> Place:
    """The storage of this process.

    Raises:
        RuntimeError: nobody has said yet where it is.
    """
    if _place is None:
        raise RuntimeError("the storage has not been configured")
    return _place


async def prepare() -> None:
    """Create the bucket with versioning and object lock, if it is missing."""
    place = where()
    await call(ensure_bucket, place.inside, place.bucket)


async def answers() -> bool:
    """Whether the bucket can be reached."""
    place = where()
    try:
        return await call(place.inside.bucket_exists, bucket_name=place.bucket)
    except (NotStored, StoreAway):
        return False


# Keys


def key_of(agency_id: UUID, *parts: str | UUID) -> str:
    """The key of an agency's object: ``{agency}/documents/{id}``."""
    return checked("/".join(str(part) for part in (agency_id, *parts)))


def quarantine_key(agency_id: UUID, *parts: str | UUID) -> str:
    """The key under which an upload arrives."""
    return key_of(agency_id, QUARANTINE, *parts)


def in_quarantine(key: str) -> bool:
    """Whether an object waits to be looked at."""
    return key.split("/")[1:2] == [QUARANTINE]


def agency_of(key: str) -> UUID:
    """The agency an object belongs to.

    Raises:
        ValueError: the key does not begin with one.
    """
    return UUID(key.split("/", 1)[0])


def checked(key: str) -> str:
    """The key, if it begins with an agency and has no part that could mean another place.

    Raises:
        ValueError: it does not, or has one.
    """
    head, *rest = key.split("/")
    if str(UUID(head)) != head or not rest:
        raise ValueError("a key begins with the id of its agency")
    if any(part in ("", ".", "..") or not part.isprintable() or "\\" in part for part in rest):
        raise ValueError("a key has a part that is empty or means another place")
    return key


# What browsers are given


def presigned_upload(
    key: str, content_type: str, *, largest: int, smallest: int = 1, seconds: int = LINK_SECONDS
) -> UploadForm:
    """A form for one upload into quarantine: exactly this key and type, and a size within the range (in bytes)."""
    if not in_quarantine(checked(key)):
        raise ValueError("uploads go into quarantine")
    place = where()
    expires = clock.now() + timedelta(seconds=seconds)
    policy = PostPolicy(place.bucket, by_its_clock(expires))
    policy.add_equals_condition("key", key)
    policy.add_equals_condition("Content-Type", content_type)
    policy.add_content_length_range_condition(smallest, largest)
    signed = place.outside.presigned_post_policy(policy)
    fields = {"key": key, "Content-Type": content_type, **signed}
    return UploadForm(f"{place.public}/{place.bucket}", fields, expires)


def presigned_download(key: str, version: str, file_name: str, *, seconds: int = LINK_SECONDS) -> str:
    """An address that downloads one exact version as an attachment with this name. Write the access down."""
    place = where()
    return place.outside.presigned_get_object(
        bucket_name=place.bucket,
        object_name=checked(key),
        version_id=version,
        expires=timedelta(seconds=seconds),
        response_headers={"response-content-disposition": attachment(file_name)},
    )


def attachment(file_name: str) -> str:
    """The ``Content-Disposition`` of a download: the name as RFC 5987 writes it, and a plain one for old readers."""
    name = "".join(c for c in file_name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip() or "document"
    plain = "".join(c if c.isascii() and c not in '"\\%;' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def by_its_clock(moment: datetime) -> datetime:
    """A moment of the portal's clock on the storage's, which is the real one, also when the portal's is held."""
    return moment + (datetime.now(moment.tzinfo) - clock.now())


# Reading and writing


async def put(
    key: str,
    content: bytes | BinaryIO,
    content_type: str,
    *,
    size_bytes: int | None = None,
    keep_until: datetime | None = None,
) -> Stored:
    """Store an object, as a new version if there is one. Until ``keep_until`` nobody can delete that version.

    A stream needs its ``size_bytes``.
    """
    place = where()
    size = len(content) if isinstance(content, bytes) else size_bytes
    if size is None:
        raise ValueError("a stream needs its size")
    written = await call(
        place.inside.put_object,
        bucket_name=place.bucket,
        object_name=checked(key),
        data=BytesIO(content) if isinstance(content, bytes) else content,
        length=size,
        content_type=content_type,
        retention=_retention(keep_until),
    )
    return Stored(key, written.version_id or "", size, content_type, written.etag or "")


async def stat(key: str, version: str | None = None) -> Stored:
    """What is known of an object, the latest version unless one is named.

    Raises:
        NotStored: there is none.
    """
    place = where()
    found = await call(place.inside.stat_object, bucket_name=place.bucket, object_name=checked(key), version_id=version)
    return Stored(key, found.version_id or "", found.size or 0, found.content_type or "", found.etag or "")


async def get(key: str, version: str | None = None, *, start: int = 0, length: int = 0) -> AsyncIterator[bytes]:
    """The content in pieces; from byte ``start``, and only ``length`` bytes if that is not 0.

    Raises:
        NotStored: there is none.
    """
    place = where()
    answer = await call(
        place.inside.get_object,
        bucket_name=place.bucket,
        object_name=checked(key),
        version_id=version,
        offset=start,
        length=length,
    )
    try:
        while piece := await call(answer.read, CHUNK):
            yield piece
    finally:
        await _in_thread(partial(_let_go, answer))


async def read(key: str, version: str | None = None, *, start: int = 0, length: int = 0) -> bytes:
    """The content, or a part of it, at once: for what is known to be small."""
    return b"".join([piece async for piece in get(key, version, start=start, length=length)])


async def sha256(key: str, version: str) -> bytes:
    """The digest of one exact version, read as a stream."""
    digest = hashlib.sha256()
    async for piece in get(key, version):
        digest.update(piece)
    return digest.digest()


async def copy(source: str, version: str, key: str, content_type: str) -> Stored:
    """Copy one exact version to another key of the same agency, under the type that was found in it."""
    place = where()
    if agency_of(checked(source)) != agency_of(checked(key)):
        raise ValueError("an object stays with its agency")
    written = await call(
        place.inside.copy_object,
        bucket_name=place.bucket,
        object_name=key,
        source=CopySource(bucket_name=place.bucket, object_name=source, version_id=version),
        metadata={"Content-Type": content_type},
        metadata_directive=REPLACE,
    )
    # The very copy just made: another may have been made to the same key meanwhile.
    return await stat(key, written.version_id)


async def remove(key: str, version: str | None = None) -> None:
    """Remove one version, or with None every version, so that nothing of it is left. A missing one is no error.

    Raises:
        StoreAway: a version is locked.
    """
    place = where()
    exact = [version] if version else [one.version async for one in versions(checked(key)) if one.key == key]
    for one in exact:
        try:
            await call(place.inside.remove_object, bucket_name=place.bucket, object_name=checked(key), version_id=one)
        except NotStored:
            continue


async def listing(prefix: str) -> AsyncIterator[str]:
    """The keys of the objects under a prefix that begins with an agency."""
    place = where()
    checked(prefix.rstrip("/") + "/x")
    async for one in _batches(
        lambda: place.inside.list_objects(bucket_name=place.bucket, prefix=prefix, recursive=True)
    ):
        if one.object_name and not one.is_dir:
            yield one.object_name


async def versions(prefix: str) -> AsyncIterator[Stored]:
    """Every version of every object under a prefix that begins with an agency, also of those since removed."""
    place = where()
    checked(prefix.rstrip("/") + "/x")
    async for one in _batches(
        lambda: place.inside.list_objects(bucket_name=place.bucket, prefix=prefix, recursive=True, include_version=True)
    ):
        if one.object_name and one.version_id and not one.is_dir and not one.is_delete_marker:
            yield Stored(one.object_name, one.version_id, one.size or 0, "", one.etag or "")


async def _batches(begin: Callable[[], Iterator[Object]]) -> AsyncIterator[Object]:
    """Objects of a listing, fetched in a thread a batch at a time."""
    found = await _in_thread(begin)
    while batch := await call(list, islice(found, 500)):
        for one in batch:
            yield one


def _retention(keep_until: datetime | None) -> Retention | None:
    return None if keep_until is None else Retention(COMPLIANCE, by_its_clock(keep_until))


def _let_go(answer: urllib3.BaseHTTPResponse) -> None:
    answer.close()
    answer.release_conn()


async def call(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call the SDK in a thread and put its errors into our words, which name no key.

    Raises:
        NotStored: there is no such object, version or upload.
        StoreAway: the storage does not answer, or refuses.
    """
    try:
        return await _in_thread(partial(function, *args, **kwargs))
    except S3Error as error:
        if error.code in MISSING:
            raise NotStored(error.code) from None
        raise StoreAway(error.code) from None
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise StoreSilent(type(error).__name__) from None


async def _in_thread(function: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, function)
