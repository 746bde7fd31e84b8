"""Sessions: ended for good, turned at a change of rights, listed and ended by their owner."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from portal import clock
from portal.people import login, sessions
from portal.people.arrival import by_session, token_hash
from portal.people.guards import SignInNeeded
from portal.people.sessions import Sender, device
from portal.tenancy.database import NOBODY, Scope, enter, sql, transaction
from tests.people import Cast, Person, Visit
from tests.portal.people.conftest import carry, is_in, log_in


async def also_at_huadong(owner: asyncpg.Connection, cast: Cast, person: Person) -> UUID:
    """Make a person of Nordkai a manager of the other agency as well."""
    membership: UUID = await owner.fetchval(
        "insert into memberships (id, agency_id, user_id, role, created_at)"
        " values (uuidv7(), $1, $2, 'manager', now()) returning id",
        cast.huadong.id,
        person.user_id,
    )
    return membership


async def test_logging_out_ends_the_session_and_takes_the_cookie(visit: Visit, cast: Cast) -> None:
    client = await visit()
    await log_in(client, cast.owner)
    token = client.cookies["session"]
    answer = await client.post("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "session" not in client.cookies
    carry(client, token)
    assert not await is_in(client)
    assert (await client.post("/logout")).status_code == 303, "logging out twice is no error"


async def test_a_logout_is_not_undone_by_a_request_in_flight(
    visit: Visit, cast: Cast, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page is being made, the person logs out, then the page is done and notes that the session was used."""
    client = await visit()
    with clock.at(clock.now()):
        await log_in(client, cast.owner)
        token = client.cookies["session"]
    arrived, go_on = asyncio.Event(), asyncio.Event()
    listing = sessions.own_sessions

    async def slow(*arguments: object) -> object:
        arrived.set()
        await go_on.wait()
        return await listing(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sessions, "own_sessions", slow)
    with clock.at(clock.now() + timedelta(minutes=5)):
        page = asyncio.create_task(client.get("/me"))
        await arrived.wait()
        await client.post("/logout")
        go_on.set()
        assert (await page).status_code == 200
    monkeypatch.undo()
    row = await owner.fetchrow("select ended_at, last_seen_at from sessions where token_hash = $1", token_hash(token))
    assert row is not None and row["ended_at"] is not None
    carry(client, token)
    assert not await is_in(client)


async def test_a_session_that_ended_meanwhile_gets_no_new_token(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    membership = await also_at_huadong(owner, cast, cast.owner)
    client = await visit(cast.owner)
    token = client.cookies["session"]
    async with transaction(NOBODY):
        visitor = await by_session(token, clock.now(), UUID(int=1))
        assert visitor is not None and visitor.actor is not None
        await enter(visitor.actor.scope)
        await owner.execute("update sessions set ended_at = now() where id = $1", visitor.session_id)
        with pytest.raises(SignInNeeded):
            await login.choose(visitor, membership, Sender(), clock.now(), UUID(int=1))


async def test_the_database_itself_keeps_an_ended_session_ended(visit: Visit, cast: Cast) -> None:
    client = await visit(cast.owner)
    hashed = token_hash(client.cookies["session"])
    await client.post("/logout")
    with pytest.raises(asyncpg.RaiseError):
        async with transaction(Scope(user_id=cast.owner.user_id)):
            await sql("update sessions set ended_at = null where token_hash = $1", hashed)


async def test_choosing_another_agency_turns_the_token(visit: Visit, cast: Cast, owner: asyncpg.Connection) -> None:
    membership = await also_at_huadong(owner, cast, cast.owner)
    client = await visit()
    answer = await log_in(client, cast.owner, next="/people")
    assert answer.headers["location"] == "/choose?next=/people"
    assert (await client.get("/people")).headers["location"] == "/choose"
    page = await client.get("/choose?next=/people")
    assert "Nordkai Inkasso" in page.text and "华东商账" in page.text
    before = client.cookies["session"]
    chosen = await client.post("/choose", data={"membership": str(cast.owner.membership_id), "next": "/people"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/people")
    assert client.cookies["session"] != before
    assert cast.negotiator.email in (await client.get("/people")).text
    await client.post("/choose", data={"membership": str(membership)})
    assert (await client.get("/people")).status_code == 403, "a manager there"
    thief = await visit()
    carry(thief, before)
    assert not await is_in(thief)
    told = await owner.fetch(
        "select agency_id, action from audit_events where actor_id = $1 order by id", cast.owner.user_id
    )
    assert [tuple(row) for row in told] == [
        (cast.nordkai.id, "login.succeeded"),
        (cast.nordkai.id, "agency.left"),
        (cast.huadong.id, "agency.entered"),
    ]


async def test_a_membership_of_somebody_else_cannot_be_chosen(visit: Visit, cast: Cast) -> None:
    client = await visit(cast.negotiator)
    for other in (cast.huadong_owner.membership_id, cast.owner.membership_id, "nonsense"):
        assert (await client.post("/choose", data={"membership": str(other)})).status_code == 404
    assert (await client.get("/people")).status_code == 403


async def test_whoever_has_no_membership_gets_in_nowhere(visit: Visit, cast: Cast) -> None:
    client = await visit()
    assert (await log_in(client, cast.outsider)).headers["location"] == "/choose"
    assert "You have no access at present" in (await client.get("/choose")).text
    assert (await client.get("/me")).headers["location"] == "/choose"


async def test_own_sessions_are_listed_and_one_or_all_others_can_be_ended(visit: Visit, cast: Cast) -> None:
    here, phone, office = [await visit() for _ in range(3)]
    phone.headers["User-Agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
    for client in (here, phone, office):
        await log_in(client, cast.finance)
    page = (await here.get("/me")).text
    assert "Safari, iPhone" in page
    ids = re.findall(r"/me/sessions/([0-9a-f-]{36})/end", page)
    assert len(ids) == 2
    stranger = await visit(cast.owner)
    assert (await stranger.post(f"/me/sessions/{ids[0]}/end")).status_code == 404
    assert (await here.post(f"/me/sessions/{ids[0]}/end")).status_code == 303
    assert [await is_in(phone), await is_in(office)].count(True) == 1
    assert (await here.post("/me/sessions/end-others")).status_code == 303
    assert [await is_in(client) for client in (here, phone, office)] == [True, False, False]


def test_a_device_is_named_by_browser_and_system() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0"
    assert device(edge) == "Edge, Windows"
    assert device("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0") == "Firefox, Linux"
    assert device("curl/8.9") == "curl"
    assert device("") == ""
