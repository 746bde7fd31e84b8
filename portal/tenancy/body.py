"""A request's body, read to its end before the transaction begins, so that a slow sender holds no connection."""

import tempfile
from typing import Any

from litestar.types import HTTPReceiveMessage, Receive

IN_MEMORY = 1_000_000
"""A body longer than this many bytes waits on disk."""
LONGEST_BODY = 30_000_000
"""A body longer than this is read to its end, thrown away, and the form says that it was too large."""


async def read_whole(receive: Receive, extra: dict[str, Any]) -> Receive | None:
    """Read the body to its end and give a ``receive`` that hands it out again in pieces; None when its sender hung up
    before the end.

    Too long a one is given as empty, and ``extra["body_too_large"]`` says so.
    """
    kept = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the last piece
    more, length = True, 0
    while more:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            kept.close()
            return None
        piece: bytes = message.get("body", b"")
        length += len(piece)
        if length <= LONGEST_BODY:
            kept.write(piece)
        more = message.get("more_body", False)
    if length > LONGEST_BODY:
        extra["body_too_large"] = True
        kept.seek(0)
        kept.truncate()
    end = kept.tell()
    kept.seek(0)

    async def again() -> HTTPReceiveMessage:
        if kept.closed:
            message: Any = await receive()
            return message  # type: ignore[no-any-return]
        piece = kept.read(65536)
        more = kept.tell() < end
        if not more:
            kept.close()
        return {"type": "http.request", "body": piece, "more_body": more}

    return again
