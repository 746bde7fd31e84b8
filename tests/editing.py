"""A form in a browser, for tests: what stands in it, and the same sent back with something else typed in."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx


class _Fields(HTMLParser):
    """The fields of the form that has a place for what was seen."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name = found.get("name", "")
        if tag == "input" and (found.get("type") != "checkbox" or "checked" in found):
            self.texts[name] = found.get("value", "")
        elif tag in ("select", "textarea"):
            self._open = name
            self.texts.setdefault(name, "")
        elif tag == "option" and "selected" in found:
            self.texts[self._open] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._open = ""

    def handle_data(self, data: str) -> None:
        if (
            self._open
            and not data.isspace()
            and self.get_starttag_text()
            and self.get_starttag_text()[1:9] == "textarea"
        ):
            self.texts[self._open] += data


def fields(page: str) -> dict[str, str]:
    """What stands in the form of a page, as a browser would send it."""
    reader = _Fields()
    reader.feed(page[page.index('name="seen"') - 200 :])
    return reader.texts


async def edit(browser: httpx.AsyncClient, path: str, page: str | None = None, **typed: str | None) -> httpx.Response:
    """Open a page (or take one that was opened before), type something, and save. None takes a tick away."""
    form = fields(page or (await browser.get(path)).text)
    for name, text in typed.items():
        if text is None:
            form.pop(name, None)
        else:
            form[name] = text
    return await browser.post(path, data=form)
