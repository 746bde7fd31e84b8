"""Somebody at a browser, and what must never happen while they look."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from portal.pages.assets import DIST
from portal.pages.text import gettext, ngettext, read_catalogue, speaking

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES: dict[str, dict[str, object]] = {
    "light": {"runOnly": STANDARDS, "resultTypes": ["violations"]},
    # The same page with other colours: only what colours decide is asked again.
    "dark": {"runOnly": ["color-contrast"], "resultTypes": ["violations"]},
}
IN_OTHER_WORDS = RULES["light"] | {"rules": {"color-contrast": {"enabled": False}}}
"""For the same page in another language: what colours a page has does not depend on it."""

REPLACED = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx says when somebody types on before the answer to what they typed has come: the newer request takes its place."""

# The browser tells of a breach of the content security policy by an event; the page itself may not listen for us.
LISTEN = """
addEventListener("securitypolicyviolation", (breach) =>
  console.error(`CSP ${breach.effectiveDirective} ${breach.blockedURI} ${breach.sourceFile}:${breach.lineNumber}`));
"""


def icons() -> set[str]:
    """The icons that the built sprite has."""
    return set(json.loads((DIST / "icons.json").read_text("utf-8")))


@cache
def english() -> re.Pattern[str]:
    """Every text of ours that has more than one English word: none of them may stand on a Chinese page."""
    patterns = []
    for message in read_catalogue():
        for msgid in [message.id] if isinstance(message.id, str) else message.id:
            parts = re.split(r"%\(\w+\)s", msgid.replace("%%", "%"))
            words = re.findall(r"[A-Za-z]{3,}", " ".join(parts))
            if len(words) > 1 or (words and len(parts) > 1):
                patterns.append(r"\S+".join(re.escape(part) for part in parts))
    return re.compile(r"(?<!\w)(?:" + "|".join(sorted(patterns, key=len, reverse=True)) + r")(?!\w)")


@dataclass
class Visitor:
    """A page in a browser of its own, watched: every fault is noted and `faults` must stay empty."""

    page: Page
    url: str
    language: str = "en"
    faults: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    """Status codes that this visitor provokes on purpose."""

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def watch(self, page: Page) -> None:
        """Note everything that goes wrong on a page."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning") or message.text.startswith("Failed to load resource"):
            return  # what could not be loaded is noted with its address below
        if message.text.startswith(REPLACED):
            return
        if not any(f"Error Code {status} from" in message.text for status in self.expected):
            self.faults.append(f"console on {message.location.get('url', '')}: {message.text}")

    def _failed(self, request: Request) -> None:
        # A page that is left takes its requests along, and a download is no page: neither is a fault.
        if request.failure not in ("net::ERR_ABORTED", None):
            self.faults.append(f"failed: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")

    def t(self, msgid: str, **params: object) -> str:
        """A text as this visitor reads it."""
        with speaking(self.language):
            return gettext(msgid) % params if params else gettext(msgid).replace("%%", "%")

    def n(self, singular: str, plural: str, number: int, **params: object) -> str:
        """A text that counts, as this visitor reads it."""
        with speaking(self.language):
            return ngettext(singular, plural, number) % {"num": number, **params}

    async def go(self, path: str) -> None:
        """Open a page and look at it."""
        await self.page.goto(self.url + path)
        await self.arrived()

    async def arrived(self) -> None:
        """A page has come: all of it, in the right language, and nothing of it went wrong."""
        await self.page.wait_for_load_state("load")
        await self.settled()
        assert await self.page.locator("html").get_attribute("lang") == self.language, self.page.url
        self.fine()

    async def settled(self) -> None:
        """No part of the page is still being fetched."""
        await expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)

    def fine(self) -> None:
        assert not self.faults, "\n".join([f"on {self.page.url}", *self.faults])

    async def check(self, *, themes: Sequence[str] = ("light", "dark")) -> None:
        """Nobody is shut out: axe finds nothing, in light and in dark colours, which are looked at in English."""
        if self.language != "en":
            left = english().search(await self.page.locator("body").inner_text())
            assert left is None, f"{self.page.url} says “{left.group(0)}”"
        drawn = await self.page.eval_on_selector_all(
            "svg use", "all => all.map((one) => one.getAttribute('href').split('#')[1])"
        )
        assert set(drawn) <= icons(), f"{self.page.url} draws icons that the sprite has not: {set(drawn) - icons()}"
        if self.language != "en":
            await self._asked("light", IN_OTHER_WORDS)
            return
        for theme in themes:
            await self._asked(theme, RULES[theme])
        await self.page.emulate_media(color_scheme="light")

    async def _asked(self, theme: str, rules: dict[str, object]) -> None:
        """Ask axe, which a page keeps for as long as it stays."""
        await self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(AXE_SCRIPT)
        found = await self.page.evaluate("async (rules) => (await axe.run(rules)).violations", rules)
        assert not found, f"{self.page.url} in {theme} colours:\n{_told(found)}"

    def button(self, msgid: str, **params: object) -> Locator:
        return self.page.get_by_role("button", name=self.t(msgid, **params))

    def link(self, msgid: str, **params: object) -> Locator:
        return self.page.get_by_role("link", name=self.t(msgid, **params))

    def field(self, name: str) -> Locator:
        """A field by the name it is sent under."""
        return self.page.locator(f"main [name='{name}']:not([type=hidden])")

    async def sign_in(self, email: str, password: str) -> None:
        """Through the page, as everybody does."""
        await self.go("/login")
        await self.field("email").fill(email)
        await self.field("password").fill(password)
        await self.page.locator("main button[type=submit]").click()
        await self.page.wait_for_url(lambda url: "/login" not in url)
        await self.arrived()

    async def sideways(self) -> int:
        """How many pixels the page scrolls sideways."""
        return int(
            await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )


def _told(violations: list[dict[str, Any]]) -> str:
    return "\n".join(
        f"{one['id']}: {one['help']}\n  "
        + "\n  ".join(json.dumps(node["target"]) + " " + node["html"][:200] for node in one["nodes"][:4])
        for one in violations
    )
