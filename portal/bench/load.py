"""A small load on one server of this machine, in a process of its own: keep-alive connections that ask in a circle.

    echo '{"port": 8000, "paths": ["/cases"], "cookie": "session=…", "clients": 16, "seconds": 2}' | python -m portal.bench.load

It speaks just enough HTTP/1.1, so that little of the machine goes to asking. Only loopback, only GET, at most 64
clients and 60 seconds.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from itertools import cycle

import uvloop

HOST = "127.0.0.1"
MOST_CLIENTS = 64
MOST_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is asked for: ``paths`` in turn, by so many clients at once, for so long."""

    port: int
    paths: list[str]
    cookie: str
    clients: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What came back: how many a second, and the milliseconds in which half, 95 and 99 of 100 were there."""

    rate: float
    half_ms: float
    p95_ms: float
    p99_ms: float
    refused: int
    bytes: int


class Broken(Exception):
    """The server sent something that is no whole answer."""


async def ask(load: Load) -> Answers:
    """Ask until the time is up; an answer other than 200 counts as refused."""
    times: list[float] = []
    sizes: list[int] = []
    refused = 0
    until = time.perf_counter() + load.seconds

    async def one(offset: int) -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection(HOST, load.port, limit=2**22)
        paths = cycle(load.paths[offset % len(load.paths) :] + load.paths[: offset % len(load.paths)])
        try:
            while (began := time.perf_counter()) < until:
                writer.write(_request(next(paths), load))
                status, size = await _answer(reader)
                times.append(time.perf_counter() - began)
                sizes.append(size)
                refused += status != 200
        finally:
            writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one(number * 7) for number in range(load.clients)))
    took = time.perf_counter() - began
    times.sort()
    return Answers(
        rate=len(times) / took,
        half_ms=1000 * times[len(times) // 2],
        p95_ms=1000 * times[min(len(times) - 1, int(len(times) * 0.95))],
        p99_ms=1000 * times[min(len(times) - 1, int(len(times) * 0.99))],
        refused=refused,
        bytes=max(sizes),
    )


def _request(path: str, load: Load) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: {HOST}:{load.port}\r\nCookie: {load.cookie}\r\n"
        "Accept: text/html\r\nAccept-Encoding: gzip\r\nAccept-Language: en\r\n\r\n"
    ).encode()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    if b"transfer-encoding: chunked" in head:
        size = 0
        while length := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(length + 2)
            size += length
        await reader.readexactly(2)
        return status, size
    _, found, rest = head.partition(b"content-length:")
    if not found:
        raise Broken("an answer without a length")
    size = int(rest.split(b"\r\n", 1)[0])
    await reader.readexactly(size)
    return status, size


def main() -> None:
    """Read what is asked for from standard input, ask, and print what came back."""
    load = Load(**json.load(sys.stdin))
    if load.clients > MOST_CLIENTS or load.seconds > MOST_SECONDS:
        raise SystemExit(f"at most {MOST_CLIENTS} clients and {MOST_SECONDS} seconds")
    uvloop.install()
    sys.stdout.write(json.dumps(asdict(asyncio.run(ask(load)))))


if __name__ == "__main__":
    main()
