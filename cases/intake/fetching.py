"""Bringing a stored file to a place where it can be read."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import BinaryIO, cast

from portal.storage import store


@asynccontextmanager
async def fetched(key: str) -> AsyncIterator[BinaryIO]:
    """A file of the storage, as a temporary one on disk, at its beginning. Never called while rows are locked."""
    with tempfile.TemporaryFile() as file:
        async for piece in store.get(key):
            await asyncio.to_thread(file.write, piece)
        file.seek(0)
        yield cast(BinaryIO, file)
