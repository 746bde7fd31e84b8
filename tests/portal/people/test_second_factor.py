"""The second step: set up with a first code, asked for at login, each code once."""

import re
from datetime import timedelta

import asyncpg
import httpx

from portal import clock
from portal.jobs import work_off
from tests.people import PASSWORD, Cast, Person, Visit
from tests.portal.people.conftest import carry, code_now, is_in, log_in


async def set_up(client: httpx.AsyncClient) -> tuple[str, list[str]]:
    """Turn the second factor on for whoever is signed in; gives the seed and the recovery codes."""
    begun = await client.post("/me/second-factor", data={"current_password": PASSWORD})
    assert begun.headers["location"] == "/me/second-factor"
    page = (await client.get("/me/second-factor")).text
    assert 'src="data:image/svg+xml' in page and "style=" not in page.split("<main")[1].split("data:image")[0]
    found = re.search(r'<code class="c-secret">([A-Z2-7 ]+)</code>', page)
    assert found
    seed = found[1].replace(" ", "")
    assert (await client.post("/me/second-factor/confirm", data={"code": "000000"})).status_code == 422
    confirmed = await client.post("/me/second-factor/confirm", data={"code": code_now(seed)})
    assert confirmed.status_code in (200, 201)
    codes = re.findall(r"<code>([a-z2-7-]{19})</code>", confirmed.text)
    assert len(codes) == 10
    return seed, codes


async def half_in(visit: Visit, person: Person) -> httpx.AsyncClient:
    """A client whose password was right."""
    client = await visit()
    answer = await log_in(client, person, next="/people")
    assert answer.headers["location"] == "/login/code?next=/people"
    return client


async def test_a_code_is_asked_for_after_the_password_and_lets_in_under_a_new_token(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    first = await visit(cast.owner)
    other = await visit(cast.owner)
    before = first.cookies["session"]
    seed, _ = await set_up(first)
    assert first.cookies["session"] != before and await is_in(first)
    assert not await is_in(other), "other sessions end when the second factor is turned on"
    kept = await owner.fetchval("select totp_secret from users where id = $1", cast.owner.user_id)
    assert seed not in kept

    client = await half_in(visit, cast.owner)
    for path in ("/me", "/people", "/choose"):
        assert (await client.get(path)).headers["location"].startswith("/login/code")
    half = client.cookies["session"]
    with clock.at(clock.now() + timedelta(seconds=30)):
        answer = await client.post("/login/code", data={"code": code_now(seed), "next": "/people"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/people")
    assert client.cookies["session"] != half
    assert (await client.get("/people")).status_code == 200
    thief = await visit()
    carry(thief, half)
    assert not await is_in(thief)


async def test_a_code_works_once_even_within_its_half_minute(visit: Visit, cast: Cast) -> None:
    seed, _ = await set_up(await visit(cast.owner))
    with clock.at(clock.now() + timedelta(seconds=60)):
        code = code_now(seed)
        assert (await (await half_in(visit, cast.owner)).post("/login/code", data={"code": code})).status_code == 303
        replay = await (await half_in(visit, cast.owner)).post("/login/code", data={"code": code})
        assert replay.status_code == 422
        older = code_now(seed, -1)
        assert (await (await half_in(visit, cast.owner)).post("/login/code", data={"code": older})).status_code == 422


async def test_the_code_that_set_it_up_does_not_log_in(visit: Visit, cast: Cast) -> None:
    with clock.at(clock.now()):
        seed, _ = await set_up(await visit(cast.owner))
        client = await half_in(visit, cast.owner)
        assert (await client.post("/login/code", data={"code": code_now(seed)})).status_code == 422


async def test_wrong_codes_are_counted_and_told_to_the_agency(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    seed, _ = await set_up(await visit(cast.owner))
    client = await half_in(visit, cast.owner)
    for _ in range(5):
        assert (await client.post("/login/code", data={"code": "000000"})).status_code == 422
    with clock.at(clock.now() + timedelta(seconds=60)):
        assert (await client.post("/login/code", data={"code": code_now(seed)})).status_code == 429
    await work_off(forgiving=True)
    failed = await owner.fetchval(
        "select count(*) from audit_events where agency_id = $1 and action = 'login.code_failed'", cast.nordkai.id
    )
    assert failed == 5


async def test_a_recovery_code_lets_in_once(visit: Visit, cast: Cast) -> None:
    _, codes = await set_up(await visit(cast.owner))
    client = await half_in(visit, cast.owner)
    assert (await client.post("/login/code", data={"code": codes[3].upper().replace("-", " ")})).status_code == 303
    assert "9 recovery codes are left" in (await client.get("/me")).text
    again = await half_in(visit, cast.owner)
    assert (await again.post("/login/code", data={"code": codes[3]})).status_code == 422


async def test_turning_it_off_asks_for_the_password_and_ends_other_sessions(visit: Visit, cast: Cast) -> None:
    client = await visit(cast.owner)
    seed, _ = await set_up(client)
    other = await half_in(visit, cast.owner)
    with clock.at(clock.now() + timedelta(seconds=60)):
        await other.post("/login/code", data={"code": code_now(seed)})
        assert await is_in(other)
    assert (await client.post("/me/second-factor/end", data={"current_password": "wrong"})).status_code == 422
    assert (await client.post("/me/second-factor", data={"current_password": PASSWORD})).status_code == 422
    assert (await client.post("/me/second-factor/end", data={"current_password": PASSWORD})).status_code == 303
    assert await is_in(client) and not await is_in(other)
    assert (await log_in(await visit(), cast.owner)).headers["location"] == "/"
