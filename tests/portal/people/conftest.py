"""What tests of people share: a letterbox, and the links and codes that people are sent."""

import re
import secrets
from collections.abc import Callable

import httpx
import pyotp
import pytest

from portal import clock
from portal.jobs import work_off
from tests.letterbox import Letterbox
from tests.people import PASSWORD, Person, Visit

NEW_PASSWORD = "seven brown umbrellas"


async def log_in(client: httpx.AsyncClient, who: Person | str, password: str = PASSWORD, **more: str) -> httpx.Response:
    """Send the sign-in form."""
    email = who if isinstance(who, str) else who.email
    return await client.post("/login", data={"email": email, "password": password, **more})


async def is_in(client: httpx.AsyncClient) -> bool:
    """Whether the client's cookie lets it in."""
    return (await client.get("/me")).status_code == 200


@pytest.fixture
async def visit(visit: Visit) -> Visit:
    """As everywhere, but each test comes from an address of its own, since failures are counted by address."""
    address = f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"

    async def come(*arguments: object, **named: object) -> httpx.AsyncClient:
        client = await visit(*arguments, **named)
        elsewhere(client, address)
        if "session" in client.cookies:
            carry(client, client.cookies["session"])
        return client

    return come


def carry(client: httpx.AsyncClient, token: str) -> None:
    """Let the client bring this session token, as a browser to which this site had given it."""
    if "session" in client.cookies:
        client.cookies.delete("session")
    client.cookies.set("session", token, domain=client.base_url.host, path="/")


def elsewhere(client: httpx.AsyncClient, address: str) -> None:
    """Let the client's requests come from another address."""
    client._transport.client = (address, 123)  # type: ignore[attr-defined]


@pytest.fixture
def link_in(letterbox: Letterbox) -> Callable[[], object]:
    """``path = await link_in()``: sends the waiting mails and gives the path of the link in the last one."""

    async def latest() -> str:
        await work_off(forgiving=True)
        body = letterbox.kept[-1][1].get_content()
        found = re.search(r"https?://[^/\s]+(/\S+)", body)
        assert found, body
        return found[1]

    return latest


def code_now(seed: str, steps_ahead: int = 0) -> str:
    """The code that an authenticator shows at the portal's clock."""
    return pyotp.TOTP(seed).at(int(clock.now().timestamp()) + 30 * steps_ahead)
