"""What an error of ours tells, and to whom."""

import io
from collections.abc import Callable

import asyncpg
import httpx
from litestar import Litestar, get
from litestar.datastructures import State

from portal.pages import faults
from portal.pages.faults import EXCEPTION_HANDLERS

Told = Callable[[object, str], io.StringIO]


@get("/api/v1/broken")
async def broken() -> None:
    error = asyncpg.UniqueViolationError("duplicate key value violates unique constraint")
    error.detail = "Key (name)=(Sabine Müller) already exists."
    raise error


async def test_the_log_of_an_unexpected_error_quotes_nobodys_data(told: Told) -> None:
    log = told(faults, "log")
    app = Litestar([broken], exception_handlers=EXCEPTION_HANDLERS, state=State({}), logging_config=None)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as client:
        answer = await client.get("/api/v1/broken")
    assert answer.status_code == 500
    assert "UniqueViolationError at test_faults.py" in log.getvalue()
    assert "Müller" not in log.getvalue() + answer.text
