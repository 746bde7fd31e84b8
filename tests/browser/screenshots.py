"""The README's pictures: the sample world at a fixed moment, seen by its people. ``make screenshots`` writes them."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import os
import secrets
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
from playwright.async_api import Browser, Page, async_playwright

from portal import clock
from portal.backends.browser import FLAGS, find_chromium
from portal.backends.postgres import database_url, drop_database
from portal.backends.servers import shared_servers
from portal.pages.assets import build
from portal.sample import load
from portal.sample.cast import PASSWORD
from portal.sample.doors import open_doors
from portal.settings import Settings
from portal.tenancy.migrate import ROOT
from tests.browser.site import running_here
from tests.conftest import own_database

NOW = datetime(2026, 11, 24, 12, 38, tzinfo=UTC)
"""A Tuesday, 13:38 in Berlin: Europe is at work, America wakes up, China has gone home."""
FOLDER = ROOT / "docs" / "pictures"

MARA = "mara@elbtor.example"
ILSE = "ilse@elbtor.example"
KATHARINA, LUKAS = "vogel@falkenried.example", "behrmann@falkenried.example"
JIANG = "jiang@huaheng.example"

Ask = Callable[..., Awaitable[object]]
"""Looks a value up in the sample's database."""


@dataclass(frozen=True)
class Picture:
    """A page as one person sees it. ``path`` may hold what ``where``, a query, finds; ``then`` is done before the click."""

    name: str
    email: str
    """Who looks; of a debtor, who has none, the name of the agency."""
    path: str
    where: str = ""
    then: Callable[[Page], Awaitable[None]] | None = None
    language: str = "en"
    width: int = 1440
    height: int = 1000


BROKEN = """
select c.id from cases c join agencies a on a.id = c.agency_id
where a.slug = 'elbtor' and c.situation = 'promise_broken' and c.currency = 'EUR' and c.band < 6
  and (c.next_action_user_id is null or c.next_action_user_id = (select id from users where email = 'mara@elbtor.example'))
  and not exists (select from contact_stops s where s.debtor_id = c.debtor_id)
order by exists (select from documents d where d.case_id = c.id) desc,
         (select count(*) from case_events e where e.case_id = c.id) desc, c.number limit 1
"""
STATEMENT = """
select s.id from statements s join clients k on k.id = s.client_id
where k.name like 'Falkenried%' and s.status = 'closed' and s.currency = 'EUR'
order by (s.period_to >= '2026-10-01') desc, s.payments desc limit 1
"""
CHECKED = """
select p.id from placements p join clients k on k.id = p.client_id
where k.name like 'Falkenried%' and p.status = 'checking' order by p.id desc limit 1
"""


async def explain_a_fee(page: Page) -> None:
    """Open the sentence of one fee."""
    await page.locator("main .c-why").nth(2).click()
    await page.locator("main .c-fee-sentence").first.wait_for()


async def open_the_call(page: Page) -> None:
    """Choose an outcome, as one does while talking."""
    box = page.locator("main [name=outcome][value=right_party]")
    if await box.count():
        await box.check(force=True)


PICTURES = (
    Picture("queue", MARA, "/queue"),
    Picture("case", MARA, "/cases/{}?act=call", BROKEN, open_the_call),
    Picture("placement-check", LUKAS, "/placements/{}", CHECKED),
    Picture("bank", ILSE, "/bank/lines"),
    Picture("reconciliation", ILSE, "/reconciliation?on=2026-10-31"),
    Picture("statement", KATHARINA, "/statements/{}", STATEMENT, explain_a_fee),
    Picture("client-home", KATHARINA, "/home"),
    Picture("queue-zh", JIANG, "/queue", language="zh-Hans"),
    Picture("debtor", "Elbtor Inkasso", "/claim", width=390, height=844),
)


async def take(settings: Settings, names: list[str]) -> None:
    """Take the pictures, or only those named, of a portal whose sample was loaded at the moment of the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    owner = await asyncpg.connect(settings.database_owner_url)
    await owner.execute("set role portal_definer")
    with clock.at(NOW):
        await _take_all(owner, dataclasses.replace(settings, development=False), names)
    await owner.close()


async def _take_all(owner: asyncpg.Connection, settings: Settings, names: list[str]) -> None:
    async with running_here(settings, open_database=True) as site, async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        for picture in PICTURES:
            if names and picture.name not in names:
                continue
            found = await owner.fetchval(picture.where) if picture.where else ""
            await _take(chromium, site.url, picture, str(found))
        await chromium.close()


async def _take(chromium: Browser, url: str, picture: Picture, found: str) -> None:
    chinese = picture.language.startswith("zh")
    context = await chromium.new_context(
        viewport={"width": picture.width, "height": picture.height},
        locale="zh-CN" if chinese else "en-GB",
        timezone_id="Asia/Shanghai" if chinese else "Europe/Berlin",
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await page.clock.set_fixed_time(NOW)
    await (_sign_in(page, url, picture.email) if "@" in picture.email else _prove(page, url, picture.email))
    await page.goto(url + picture.path.format(found))
    await page.wait_for_load_state("networkidle")
    if picture.then is not None:
        await picture.then(page)
    await page.evaluate("document.activeElement?.blur()")
    file = FOLDER / f"{picture.name}.png"
    await page.screenshot(path=file, animations="disabled")
    sys.stdout.write(f"{file.relative_to(ROOT)}  {file.stat().st_size // 1000} kB\n")
    await context.close()


async def _sign_in(page: Page, url: str, email: str) -> None:
    await page.goto(f"{url}/login")
    await page.locator("main [name=email]").fill(email)
    await page.locator("main [name=password]").fill(PASSWORD)
    await page.locator("main button[type=submit]").click()
    await page.wait_for_url(lambda where: "/login" not in where)


async def _prove(page: Page, url: str, agency: str) -> None:
    """Come by a debtor's private link."""
    door = next(door for door in await open_doors() if door.agency == agency)
    await page.goto(url + urlsplit(door.address).path)
    await page.locator("main [name=reference]").fill(door.reference)
    await page.locator("main [name=postal_code]").fill(door.postal_code)
    await page.locator("form:has([name=postal_code]) button[type=submit]").click()
    await page.wait_for_url("**/claim")


def main() -> None:
    """Start what is needed, load the sample into a database of its own, take the pictures."""
    build()
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    folder = Path(tempfile.gettempdir()) / f"portal-pictures-{os.getuid()}-{checkout}"
    with shared_servers(folder, names=("storage", "postgres", "mail")) as servers:
        name = f"portal_pictures_{secrets.token_hex(4)}"
        asyncio.run(own_database(servers, name))
        owner = servers.database_owner_url or ""
        settings = dataclasses.replace(
            servers, database_url=database_url(servers.database_url, name), database_owner_url=database_url(owner, name)
        )
        sys.stdout.write("Loading the sample\n")
        asyncio.run(load(settings, now=NOW))
        asyncio.run(take(settings, sys.argv[1:]))
        asyncio.run(drop_database(owner, name))


if __name__ == "__main__":
    main()
