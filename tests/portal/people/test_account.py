"""One's own account, and tastes chosen in passing."""

import asyncio

import asyncpg
import pytest

from portal.people import passwords
from portal.people.routes import browser
from portal.settings import Settings
from tests.people import PASSWORD, Cast, Visit
from tests.portal.people.conftest import NEW_PASSWORD, is_in, log_in

PROFILE = {"name": "Lena Brandes", "language": "zh-Hans", "time_zone": "Asia/Shanghai", "theme": "dark"}


async def test_a_profile_is_kept_and_told_without_the_name_in_the_open(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    client = await visit(cast.brandt_viewer)
    assert (await client.post("/me/profile", data=PROFILE)).status_code == 303
    page = (await client.get("/me")).text
    assert 'value="Lena Brandes"' in page and '<html lang="zh-Hans"' in page and 'data-theme="dark"' in page
    told = await owner.fetchrow(
        "select id, facts, after, client_id from audit_events where agency_id = $1 and action = 'profile.changed'",
        cast.nordkai.id,
    )
    assert told is not None and told["client_id"] == cast.brandt.id
    assert "Lena" not in told["facts"] + told["after"] and "zh-Hans" in told["after"]
    assert "Lena Brandes" in {
        row["value"] for row in await owner.fetch("select value from audit_personal where event_id = $1", told["id"])
    }


async def test_what_does_not_exist_cannot_be_chosen(visit: Visit, cast: Cast) -> None:
    client = await visit(cast.negotiator)
    for wrong in ({"language": "fr"}, {"time_zone": "Mars/Olympus"}, {"theme": "pink"}, {"name": ""}):
        assert (await client.post("/me/profile", data={**PROFILE, **wrong})).status_code == 422


async def test_a_new_password_turns_ones_own_token_and_ends_the_other_sessions(visit: Visit, cast: Cast) -> None:
    here, there = await visit(cast.negotiator), await visit(cast.negotiator)
    before = here.cookies["session"]
    form = {"current_password": PASSWORD, "new_password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    for wrong in (
        {"current_password": "not it at all"},
        {"repeated": "something else entirely"},
        {"new_password": "password1234", "repeated": "password1234"},
    ):
        answer = await here.post("/me/password", data={**form, **wrong})
        assert answer.status_code == 422 and "c-error" in answer.text
    assert await is_in(there)
    assert (await here.post("/me/password", data=form)).status_code == 303
    assert here.cookies["session"] != before
    assert await is_in(here) and not await is_in(there)
    assert (await log_in(await visit(), cast.negotiator, NEW_PASSWORD)).status_code == 303


async def test_the_current_password_cannot_be_guessed_from_a_stolen_session(visit: Visit, cast: Cast) -> None:
    client = await visit(cast.negotiator)
    form = {"current_password": "wrong wrong", "new_password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    answers = [(await client.post("/me/password", data=form)).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert (await client.post("/me/password", data={**form, "current_password": PASSWORD})).status_code == 429


async def test_guesses_at_the_current_password_made_at_once_do_not_slip_past_the_limit(
    visit: Visit, cast: Cast
) -> None:
    client = await visit(cast.negotiator)
    form = {"current_password": "wrong wrong", "new_password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    answers = await asyncio.gather(*(client.post("/me/password", data=form) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 7


async def test_a_session_that_ended_meanwhile_changes_no_password(
    visit: Visit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody changes the password in a session that its owner ends from elsewhere while the new one is hashed."""
    thief, person = await visit(cast.negotiator), await visit(cast.negotiator)
    hashing, go_on = asyncio.Event(), asyncio.Event()
    hash_password = passwords.hash_password

    async def slow(password: str) -> str:
        hashing.set()
        await go_on.wait()
        return await hash_password(password)

    monkeypatch.setattr(passwords, "hash_password", slow)
    form = {"current_password": PASSWORD, "new_password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    change = asyncio.create_task(thief.post("/me/password", data=form))
    await hashing.wait()
    assert (await person.post("/me/sessions/end-others")).status_code == 303
    go_on.set()
    assert "session" not in (await change).cookies
    monkeypatch.undo()
    assert (await log_in(await visit(), cast.negotiator, PASSWORD)).status_code == 303
    assert (await log_in(await visit(), cast.negotiator, NEW_PASSWORD)).status_code == 422


async def test_language_and_colours_are_kept_for_the_signed_out_in_cookies(visit: Visit) -> None:
    client = await visit()
    answer = await client.post("/preferences", data={"language": "zh-Hans", "next": "/login?next=/cases"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/cases")
    await client.post("/preferences", data={"theme": "dark", "next": "//evil.example"})
    page = (await client.get("/login")).text
    assert '<html lang="zh-Hans"' in page and 'data-theme="dark"' in page
    answer = await client.post("/preferences", data={"theme": "pink", "language": "xx", "next": "//evil.example"})
    assert answer.headers["location"] == "/"
    assert "dark" in (await client.get("/login")).text


async def test_language_chosen_in_passing_is_the_persons_everywhere(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    client = await visit(cast.negotiator)
    await client.post("/preferences", data={"language": "zh-Hans", "next": "/me"})
    kept = await owner.fetchrow("select language, theme, name from users where id = $1", cast.negotiator.user_id)
    assert kept is not None and tuple(kept) == ("zh-Hans", "auto", cast.negotiator.name)


def test_over_tls_the_cookie_is_secure_and_cannot_be_planted_by_another_host(settings: Settings) -> None:
    from types import SimpleNamespace

    from litestar import Response

    from portal.tenancy.request import SESSION_COOKIE, cookie_token

    request = SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(settings=SimpleNamespace(https=True))))
    response: Response[str] = Response("")
    browser.keep_token(request, response, "token")  # type: ignore[arg-type]
    [cookie] = response.cookies
    assert cookie.key == "__Host-session" and cookie.secure and cookie.httponly and cookie.samesite == "lax"
    assert cookie.path == "/" and cookie.domain is None
    headers = {b"cookie": b"session=planted; __Host-session=ours"}
    assert cookie_token(headers, SESSION_COOKIE, secure=True) == "ours"
    assert cookie_token({b"cookie": b"session=planted"}, SESSION_COOKIE, secure=True) is None
