"""A portal that runs, a Chromium that looks at it, and visitors who sit before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Browser, async_playwright, expect

from portal.backends.browser import FLAGS, find_chromium
from portal.pages.assets import build
from portal.settings import Settings
from tests.browser.site import Site, running
from tests.browser.visitor import LISTEN, Visitor
from tests.people import Person

PATIENCE = 30_000
"""Milliseconds: a machine that runs all tests at once is slow, and a page that never comes is as wrong after these."""

Sit = Callable[..., Awaitable[Visitor]]


@pytest.fixture(scope="package")
def site(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The portal over this worker's own database, with a real worker: it ends before other tests do jobs of their own."""
    build()
    with running(settings, Path(tmp_path_factory.mktemp("portal"))) as site:
        yield site


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests of this worker."""
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield browser
        await browser.close()


@pytest.fixture
async def sit(site: Site, chromium: Browser, owner_pool: asyncpg.Pool) -> AsyncIterator[Sit]:
    """``visitor = await sit(person)``: that person before a browser of their own, signed in; ``await sit()``: nobody."""
    visitors: list[Visitor] = []

    async def sit_down(
        person: Person | None = None, *, language: str = "en", width: int = 1440, height: int = 1000, scripts: bool = True,
        theme: str = "light",
    ) -> Visitor:  # fmt: skip
        context = await chromium.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN" if language.startswith("zh") else "en-GB",
            timezone_id="Asia/Shanghai" if language.startswith("zh") else "Europe/Berlin",
            color_scheme=theme,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE)
        await context.add_init_script(LISTEN)
        if person is not None:
            async with owner_pool.acquire() as connection:
                await connection.execute("update users set language = $2 where id = $1", person.user_id, language)
                token = await person.signed_in(connection)
            await context.add_cookies([{"name": "session", "value": token, "url": site.url}])
        visitor = Visitor(await context.new_page(), site.url, language)
        visitor.watch(visitor.page)
        visitors.append(visitor)
        return visitor

    yield sit_down
    for visitor in visitors:
        await visitor.context.close()
    for visitor in visitors:
        visitor.fine()
