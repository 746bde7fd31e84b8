"""Chinese is complete: no text lacks it, none leaves a place out, and no page shows English where there is Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import asyncpg
import httpx
import pytest

from cases.disputes import dispute
from portal import clock
from portal.pages import catalogue
from portal.pages.text import CHINESE, chinese, read_catalogue
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.money import agreed, pay, promised
from tests.billing.remitting import remitted, terms
from tests.cases.casework import MONDAY, placed_case
from tests.people import Cast, Visit

NOON = MONDAY + timedelta(hours=1)
MOST_PAGES = 60
SPEAKS_CHINESE = {"Accept": "text/html", "Accept-Language": "zh-CN"}
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
PLACE = re.compile(r"%\(\w+\)s")
ZONE = re.compile(r"[A-Z][A-Za-z]+/[A-Z]")
MONTH = re.compile(r"\d+月")
SPOKEN_ATTRIBUTES = ("placeholder", "aria-label", "title", "alt", "label", "data-confirm")
NOT_PAGES = ("/static/", "/logout", "/api/", "/styleguide")
# Between Chinese and Latin letters or digits stands a space, or a sign that needs none.
TIGHT = re.compile(r"[\u4e00-\u9fff](?=[A-Za-z0-9])|[A-Za-z0-9](?=[\u4e00-\u9fff])")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff)][,;:!?]|[,;:!?][\u4e00-\u9fff]|[\u4e00-\u9fff]\(|\)[\u4e00-\u9fff]")


def test_no_text_lacks_its_chinese() -> None:
    assert catalogue.behind() == []
    assert [fault for fault in catalogue.faults(read_catalogue()) if "not translated" in fault] == []


def test_a_translation_has_the_places_of_its_msgid() -> None:
    assert [fault for fault in catalogue.faults(read_catalogue()) if "not translated" not in fault] == []


def test_chinese_is_set_as_chinese_is() -> None:
    """Full-width signs, a space beside Latin letters and digits, the polite form of "you", no words of another trade."""
    wrong = [
        (msgid, form)
        for msgid, forms in chinese().items()
        for form in forms
        if TIGHT.search(bare := MONTH.sub("", PLACE.sub("", form)))
        or HALF_WIDTH.search(bare)
        or "你" in form
        or "客户" in form
    ]
    assert wrong == []


def test_a_chinese_sentence_ends_as_its_english_does() -> None:
    wrong = [
        (msgid, forms[0])
        for msgid, forms in chinese().items()
        if msgid[-1] not in "?s" and msgid.endswith(".") != forms[0].endswith("。")
    ]
    assert wrong == []


@pytest.fixture
async def world(cast: Cast, owner: asyncpg.Connection, database: Settings) -> Cast:
    """An agency at work, everybody in it Chinese, whose names are no words of the portal."""
    await owner.execute("update queues set name = '主队列' where agency_id = $1", cast.nordkai.id)
    for place, (name, person) in enumerate(cast.people.items()):
        cast.people[name] = replace(person, name=f"王{chr(0x4E00 + place)}", language=CHINESE)
        await owner.execute(
            "update users set name = $2, language = $3 where id = $1",
            *(person.user_id, cast.people[name].name, CHINESE),
        )
    await agreed(cast, cast.brandt)
    await terms(owner, cast.brandt, vat="0.19")
    paid = await placed_case(cast.nordkai, cast.brandt, amount_minor=100_000, currency="GBP")
    waiting = await placed_case(cast.nordkai, cast.brandt, amount_minor=80_000, currency="GBP")
    await placed_case(cast.nordkai, cast.brandt, country="CN", phone="+8657412345678", next_at=NOON - timedelta(days=1))
    await promised(waiting, cast.negotiator, 20_000, NOON.date() + timedelta(days=5))
    await pay(cast.finance, paid, 40_000, on=date(2026, 11, 4))
    await remitted(cast, database)
    with clock.at(NOON):
        async with transaction(cast.negotiator.actor.scope):
            await dispute(cast.negotiator.actor, waiting, "defective", amount_minor=10_000)
    return cast


@pytest.mark.parametrize(
    ("who", "start"),
    [
        ("negotiator", "/queue"),
        ("owner", "/clients"),
        ("brandt_admin", "/home"),
        ("outsider", "/choose"),
    ],
)
async def test_no_page_shows_english_where_there_is_chinese(world: Cast, visit: Visit, who: str, start: str) -> None:
    with clock.at(NOON):
        browser = await visit(world.people[who])
        read, left = await _read_on(browser, start)
    assert left == {}
    assert read >= (1 if who == "outsider" else 10)


@pytest.mark.parametrize("page", ["/login", "/reset", "/invitation/gone", "/nothing-here", "/reset/gone"])
async def test_a_stranger_reads_chinese_too(visit: Visit, page: str) -> None:
    browser = await visit()
    answer = await browser.get(page, headers=SPEAKS_CHINESE)
    assert 'lang="zh-Hans"' in answer.text
    assert list(_english(answer.text)) == []


async def _read_on(browser: httpx.AsyncClient, start: str) -> tuple[int, dict[str, list[str]]]:
    """Every kind of page that can be reached from a first one by links: how many, and what English stands on which."""
    ahead, seen, read, left = [start, "/me"], set[str](), 0, dict[str, list[str]]()
    while ahead and len(seen) < MOST_PAGES:
        url = ahead.pop(0)
        if (kind := _kind(url)) in seen:
            continue
        seen.add(kind)
        answer = await browser.get(url, headers=SPEAKS_CHINESE)
        assert answer.status_code < 500, url
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        read += 1
        page = _Page.of(answer.text)
        if english := sorted(set(_english(answer.text))):
            left[url] = english
        ahead += [
            urlsplit(urljoin(url, link))._replace(fragment="").geturl()
            for link in page.links
            if link.startswith(("/", "?")) and not link.startswith(NOT_PAGES)
        ]
    return read, left


def _kind(url: str) -> str:
    """A page without ids and filters: two cases are the same kind of page, two acts on a case are not."""
    parts = urlsplit(url)
    asked = sorted(value if name in ("act", "open") else "" for name, value in parse_qsl(parts.query))
    return ID.sub("…", f"{parts.path} {asked[-1] if asked else ''}")


class _Page(HTMLParser):
    """The texts and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self._silent = 0

    @classmethod
    def of(cls, markup: str) -> _Page:
        page = cls()
        page.feed(markup)
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value}
        self._silent += tag in ("script", "style", "code")
        self.texts += [given[name] for name in SPOKEN_ATTRIBUTES if name in given and given.get("lang") != "en"]
        self.texts += [value for name, value in given.items() if name.startswith("data-say-")]
        self.links += [given[name] for name in ("href", "hx-get") if name in given and tag != "link"]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(" ".join(data.split()))


def _english(markup: str) -> Iterator[str]:
    """The texts of a page that are msgids with a Chinese of their own. Time zones are named by their codes."""
    return (text for text in _Page.of(markup).texts if text.isascii() and not ZONE.match(text) and _is_msgid(text))


@cache
def _is_msgid(text: str) -> bool:
    whole, with_places = _msgids()
    return text in whole or any(form.fullmatch(text) for form in with_places)


@cache
def _msgids() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """What English looks like: whole msgids, and those with anything in their places if a word stands beside these."""
    ids = {
        msgid.replace("%%", "%")
        for message in read_catalogue()
        for msgid in ([message.id] if isinstance(message.id, str) else message.id)
        if re.search("[A-Za-z]{2}", PLACE.sub("", msgid)) and chinese().get(msgid) != (msgid,)
    }
    with_places = (".+".join(map(re.escape, PLACE.split(msgid))) for msgid in ids if PLACE.search(msgid))
    return frozenset(ids), tuple(map(re.compile, with_places))
