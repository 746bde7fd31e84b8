"""A stand-in for clamd that speaks enough of its protocol, knows one virus, and can be told to misbehave."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Scanner:
    """The address it answers at, what it was sent, and how it behaves."""

    url: str = ""
    behaviour: str = ""
    """Empty, or silent, garbage, endless, limited, or whatever it shall answer."""
    seen: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack(">I", await reader.readexactly(4))[0]:
                content += await reader.readexactly(size)
                if self.behaviour == "limited":
                    writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                    await reader.read()
                    return
            self.seen.append(content)
            if self.behaviour == "silent":
                await reader.read()
            writer.write(self._answer(content))
            await writer.drain()
        writer.close()

    def _answer(self, content: bytes) -> bytes:
        match self.behaviour:
            case "endless":
                return b"x" * 200_000
            case "":
                return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
            case other:
                return other.encode() + b"\0"


@asynccontextmanager
async def scanner(path: str = "") -> AsyncIterator[Scanner]:
    """One that listens on a free port, or on a Unix socket."""
    standing = Scanner()
    if path:
        server = await asyncio.start_unix_server(standing.serve, path)
        standing.url = f"unix://{path}"
    else:
        server = await asyncio.start_server(standing.serve, "127.0.0.1", 0)
        standing.url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield standing
    finally:
        server.close()
