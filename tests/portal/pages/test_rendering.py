"""Page or fragment, whose language, and what a redirect leaves behind."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State

from portal.errors import Refused
from portal.pages import assets
from portal.pages.rendering import environment, render, say_again
from portal.pages.text import N_, speaking
from portal.pages.toasts import redirect


@get("/login")
async def page(request: Request[None, None, State]) -> Response[str]:
    return render(request, "portal/errors/404.html", block="content", status=404)


@post("/save")
async def save(request: Request[None, None, State]) -> Response[str | None]:
    return redirect(request, "/login", N_("%(minutes)s min"), minutes="<5>")


@post("/refused")
async def refused(request: Request[None, None, State]) -> Response[str]:
    return render(request, "portal/errors/422.html", status=422)


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    app = Litestar([page, save, refused, assets.build_router()], state=State({"sample_data": True}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal.test") as client:
        yield client


async def test_a_plain_request_gets_the_page_and_htmx_its_block(browser: httpx.AsyncClient) -> None:
    whole = await browser.get("/login")
    part = await browser.get("/login", headers={"HX-Request": "true"})
    assert whole.status_code == part.status_code == 404
    assert "<html" in whole.text
    assert "<html" not in part.text
    assert "There is nothing here" in part.text
    assert "HX-Request" in whole.headers["vary"]


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
async def test_htmx_gets_the_whole_page_when_it_changes_pages(browser: httpx.AsyncClient, header: str) -> None:
    answer = await browser.get("/login", headers={"HX-Request": "true", header: "true"})
    assert "<html" in answer.text


async def test_the_signed_out_read_their_browsers_language_unless_they_chose_one(browser: httpx.AsyncClient) -> None:
    chinese = await browser.get("/login", headers={"Accept-Language": "zh-CN"})
    assert '<html lang="zh-Hans"' in chinese.text
    chosen = await browser.get("/login", headers={"Accept-Language": "zh-CN", "Cookie": "lang=en; theme=dark"})
    assert '<html lang="en" data-bs-theme="dark"' in chosen.text


async def test_a_toast_survives_one_redirect_and_is_told_once(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/save")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    told = await browser.get("/login", headers={"Accept-Language": "zh"})
    assert "&lt;5&gt; 分钟" in told.text
    assert "&lt;5&gt;" not in (await browser.get("/login")).text


async def test_a_toast_reaches_a_fragment_out_of_band(browser: httpx.AsyncClient) -> None:
    await browser.post("/save")
    part = await browser.get("/login", headers={"HX-Request": "true"})
    assert 'hx-swap-oob="beforeend:#toasts"' in part.text


async def test_htmx_is_sent_on_by_header(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/save", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/login")


@pytest.mark.parametrize("value", ["x", "e30=", "W10=", "ICI=", "%00"])
async def test_a_toast_that_cannot_be_read_is_left_out(browser: httpx.AsyncClient, value: str) -> None:
    answer = await browser.get("/login", headers={"Cookie": f"toast={value}"})
    assert answer.status_code == 404


@pytest.mark.parametrize("planted", ['{"m": "%(a)60000s", "p": {"a": 1}, "t": "good", "l": 0}', "[" * 3000])
async def test_a_toast_that_a_browser_made_up_costs_us_nothing(browser: httpx.AsyncClient, planted: str) -> None:
    """Everybody can send a cookie, also before signing in: a width of its own choosing would fill the memory."""
    value = urlsafe_b64encode(planted.encode()).decode()
    answer = await browser.get("/login", headers={"Cookie": f"toast={value}"})
    assert answer.status_code == 404
    assert len(answer.content) < 50_000


async def test_after_a_refused_form_the_language_switch_leads_back_to_its_page(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/refused", headers={"Referer": "http://portal.test/cases?page=2"})
    assert 'name="next" value="/cases?page=2"' in answer.text


def test_a_refusal_is_spoken_in_the_viewers_language() -> None:
    with speaking("zh-Hans"):
        assert say_again(Refused(N_("%(minutes)s min"), minutes=5)) == "5 分钟"


def test_an_asset_not_yet_built_keeps_its_plain_name() -> None:
    assert assets.asset("nothing.css") == "/static/nothing.css"


def test_undefined_names_are_errors_not_blanks() -> None:
    with pytest.raises(Exception, match="undefined"):
        environment().from_string("{{ nobody }}").render()
