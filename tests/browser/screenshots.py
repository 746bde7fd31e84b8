"""`make screenshots`: the README's pictures, taken from the sample data. `--all FOLDER`: every main page, in both
languages, light and dark, to be looked at."""

from __future__ import annotations

import asyncio
import dataclasses
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from portal.backends.browser import FLAGS, find_chromium
from portal.backends.postgres import create_database, database_url
from portal.backends.processes import OWN_COMMAND, python_environ
from portal.backends.servers import shared_servers
from portal.pages.assets import ROOT, build
from portal.sample import LOGINS
from portal.settings import Settings
from portal.tenancy.migrate import migrate
from tests.browser.site import Site, running, variables

PICTURES = ROOT / "docs" / "pictures"
ROW = "[data-row] a[href]"

README = (
    # file, who, page, link to follow there, link to follow on the next page
    ("queue", "negotiator", "/queue", ()),
    ("case", "negotiator", "/cases?situation=promise_broken", (ROW,)),
    ("statement", "client admin", "/statements", (ROW, ".c-why")),
)
ALL = (
    *README,
    ("cases", "negotiator", "/cases", ()),
    ("search", "negotiator", "/search?q=gmbh", ()),
    ("clients", "owner", "/clients", ()),
    ("client", "owner", "/clients", (ROW,)),
    ("payments", "finance", "/payments", ()),
    ("payment", "finance", "/payments", (ROW,)),
    ("remittances", "finance", "/remittances", ()),
    ("remittance", "finance", "/remittances", (ROW,)),
    ("remittance-new", "finance", "/remittances/new", ()),
    ("audit", "auditor", "/audit", ()),
    ("people", "owner", "/people", ()),
    ("home", "client admin", "/home", ()),
    ("client-cases", "client admin", "/cases", ()),
    ("client-case", "client admin", "/cases?situation=promise_open", (ROW,)),
    ("placements", "client admin", "/placements", ()),
    ("placement", "client admin", "/placements", (ROW,)),
)
"""What there is to look at."""


def world(settings: Settings) -> Settings:
    """A database of its own with the sample in it."""
    owner = settings.owner_url
    asyncio.run(create_database(owner, "pictures"))
    own = dataclasses.replace(
        settings,
        database_url=database_url(settings.database_url, "pictures"),
        database_owner_url=database_url(owner, "pictures"),
    )
    asyncio.run(migrate(own.owner_url))
    subprocess.run(
        [*OWN_COMMAND, "sample"], env=python_environ() | variables(own), check=True, stdout=subprocess.DEVNULL
    )
    return own


def login(agency: str, role: str) -> tuple[str, str]:
    """E-mail and password of the first person of a role."""
    return next((email, password) for of, its, _, email, password in LOGINS if (of, its) == (agency, role))


async def signed_in(browser: Browser, site: Site, agency: str, role: str, width: int, theme: str) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": 844 if width < 800 else 1000},
        color_scheme=theme,
        locale="en-GB",  # type: ignore[arg-type]
    )
    page = await context.new_page()
    email, password = login(agency, role)
    await page.goto(f"{site.url}/login")
    await page.fill("[name=email]", email)
    await page.fill("[name=password]", password)
    await page.click("main button[type=submit]")
    await page.wait_for_url(lambda url: "/login" not in url)
    return page


async def show(page: Page, site: Site, path: str, follow: tuple[str, ...]) -> None:
    """Open a page and go on from it as a person would."""
    await page.goto(site.url + path)
    for link in follow:
        if await page.locator(link).count():
            await page.locator(link).first.click()
            await page.wait_for_load_state("networkidle")
    await page.wait_for_load_state("networkidle")


async def take(site: Site, folder: Path, *, everything: bool) -> None:
    agencies = {"en": LOGINS[0][0], "zh": LOGINS[-1][0]}
    folder.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        for language in ("en", "zh") if everything else ("en",):
            for role in dict.fromkeys(who for _, who, _, _ in (ALL if everything else README)):
                wide = await signed_in(browser, site, agencies[language], role, 1440, "light")
                for name, who, path, follow in ALL if everything else README:
                    if who != role:
                        continue
                    await show(wide, site, path, follow)
                    if not everything:
                        await wide.screenshot(path=folder / f"{name}.png")
                        continue
                    for theme in ("light", "dark"):
                        await wide.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                        await wide.screenshot(path=folder / f"{name}-{language}-{theme}.png")
                    await wide.emulate_media(color_scheme="light")
                    width, height = (390, 844) if role.startswith("client") else (1280, 900)
                    await wide.set_viewport_size({"width": width, "height": height})
                    await wide.screenshot(path=folder / f"{name}-{language}-{width}.png")
                    await wide.set_viewport_size({"width": 1440, "height": 1000})
                await wide.context.close()
        await browser.close()


def main() -> None:
    """Take the pictures; servers and data are gone afterwards."""
    everything = "--all" in sys.argv
    folder = Path(sys.argv[-1]) if everything else PICTURES
    build()
    with tempfile.TemporaryDirectory(prefix="portal-pictures-") as place:
        Path(place).chmod(0o755)
        with shared_servers(Path(place) / "home") as settings, running(world(settings), Path(place)) as site:
            asyncio.run(take(site, folder, everything=everything))


if __name__ == "__main__":
    main()
