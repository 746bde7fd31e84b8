"""Large files in parts: each part goes by an address of its own, and what has arrived need not be sent again.

An address is signed for exactly one key, one upload and one number of a part, and lives as long as any other link. It
cannot limit a size, so the total is compared before the parts become an object. The SDK has no public way to upload in
parts from elsewhere; its own calls are used, whose version is pinned.
"""

import math
from datetime import timedelta

from minio.datatypes import Part

from portal.storage.store import LINK_SECONDS, NotStored, call, checked, in_quarantine, where

PART_BYTES = 8 * 1024 * 1024
"""The size of every part but the last."""
IN_PARTS_FROM = 16 * 1024 * 1024
"""A larger file is sent in parts."""


def parts_of(size_bytes: int) -> int:
    """In how many parts a file of this size is sent."""
    return math.ceil(size_bytes / PART_BYTES)


async def begin(key: str, content_type: str) -> str:
    """Begin an upload into quarantine; gives its id."""
    if not in_quarantine(checked(key)):
        raise ValueError("uploads go into quarantine")
    place = where()
    headers: dict[str, str | list[str] | tuple[str]] = {"Content-Type": content_type}
    return await call(place.inside._create_multipart_upload, place.bucket, key, headers)


def part_address(key: str, upload_id: str, number: int) -> str:
    """Where a browser PUTs one part of an upload, within a minute."""
    place = where()
    return place.outside.get_presigned_url(
        "PUT",
        bucket_name=place.bucket,
        object_name=checked(key),
        expires=timedelta(seconds=LINK_SECONDS),
        extra_query_params={"partNumber": str(number), "uploadId": upload_id},
    )


def length_of(number: int, size_bytes: int) -> int:
    """How many bytes a part of a file of this size has."""
    return min(PART_BYTES, size_bytes - (number - 1) * PART_BYTES)


async def arrived(key: str, upload_id: str, size_bytes: int) -> list[Part]:
    """The parts of a file of ``size_bytes`` that have arrived, by number. One that was sent again after it broke off is
    known twice to SeaweedFS, where S3 knows the latest alone: that which has the right length counts.

    Raises:
        NotStored: there is no such upload (any more).
    """
    place, parts, after = where(), list[Part](), None
    while True:
        found = await call(place.inside._list_parts, place.bucket, checked(key), upload_id, part_number_marker=after)
        parts += found.parts
        if not found.is_truncated or not found.parts:
            parts.sort(key=lambda part: part.size == length_of(part.part_number, size_bytes))
            of_number = {part.part_number: part for part in parts}
            return [of_number[number] for number in sorted(of_number)]
        after = str(found.parts[-1].part_number)


async def finish(key: str, upload_id: str, parts: list[Part]) -> None:
    """Make an object of the parts."""
    place = where()
    await call(place.inside._complete_multipart_upload, place.bucket, checked(key), upload_id, parts)


async def abort(key: str, upload_id: str) -> None:
    """Forget an upload and its parts; one that is gone is no error."""
    place = where()
    try:
        await call(place.inside._abort_multipart_upload, place.bucket, checked(key), upload_id)
    except NotStored:
        return
