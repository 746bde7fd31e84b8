"""When an answer leaves: after its transaction has ended, unless it is made while it is read."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from portal.tenancy.database import DB
from tests.people import Cast, Visit


@pytest.mark.parametrize(
    ("address", "held"), [("/clients", False), ("/clients/none", False), ("/login", False), ("/payments.csv", True)]
)
async def test_nobody_who_reads_slowly_keeps_a_connection_of_the_database(
    cast: Cast, visit: Visit, app: Callable[..., Awaitable[None]], address: str, held: bool
) -> None:
    cookie = (await visit(cast.owner)).cookies["session"]
    seen: list[tuple[str, bool]] = []
    coming = iter([{"type": "http.request", "body": b"", "more_body": False}])
    whole = asyncio.Event()

    async def receive() -> dict[str, object]:
        for message in coming:
            return message
        await whole.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        seen.append((str(message["type"]), DB.current_transaction.get() is not None))
        if message["type"] == "http.response.body" and not message.get("more_body"):
            whole.set()

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": address,
        "raw_path": address.encode(), "query_string": b"", "root_path": "", "scheme": "http", "server": ("portal.test", 80),
        "client": ("127.0.0.1", 1), "headers": [(b"host", b"portal.test"), (b"cookie", f"session={cookie}".encode())],
    }  # fmt: skip
    await app(scope, receive, send)
    assert seen[0][0] == "http.response.start"
    assert any(in_transaction for _, in_transaction in seen) is held
