"""Invitations: by whom, to what, and the link that works once and only on POST."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest

from portal import clock
from portal.people.invitations import LASTS
from portal.tenancy.database import NOBODY, sql_value, transaction
from tests.letterbox import Letterbox
from tests.people import PASSWORD, Cast, Visit
from tests.portal.people.conftest import NEW_PASSWORD, is_in

Link = Callable[[], Awaitable[str]]


def address() -> str:
    return f"lena.{uuid4().hex[:10]}@example.com"


async def invite(browser: httpx.AsyncClient, email: str, role: str = "negotiator", **more: str) -> httpx.Response:
    return await browser.post("/people/invitations", data={"email": email, "role": role, "language": "en", **more})


async def test_somebody_new_accepts_an_invitation_and_is_let_in(
    visit: Visit, cast: Cast, link_in: Link, letterbox: Letterbox, owner: asyncpg.Connection
) -> None:
    email = address()
    boss = await visit(cast.owner)
    assert (await invite(boss, email.title())).status_code == 303
    listed = (await boss.get("/people")).text
    assert email in listed and "mail is on its way" in listed
    link = await link_in()
    sent = letterbox.kept[-1][1]
    assert sent["To"] == email and "Owner invites you to work with Nordkai Inkasso" in sent.get_content()

    client = await visit()
    page = await client.get(link)
    assert page.status_code == 200 and "Nordkai Inkasso" in page.text and email in page.text
    answer = await client.post(link, data={"name": "Lena Brandes", "password": NEW_PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert await is_in(client)
    assert "Lena Brandes" in (await boss.get("/people")).text
    actions = await owner.fetch("select action from audit_events where agency_id = $1 order by id", cast.nordkai.id)
    assert [row["action"] for row in actions] == ["invitation.made", "invitation.accepted", "login.succeeded"]


async def test_opening_the_link_changes_nothing_and_it_works_once(visit: Visit, cast: Cast, link_in: Link) -> None:
    await invite(await visit(cast.owner), address())
    link = await link_in()
    client, scanner = await visit(), await visit()
    for _ in range(3):
        assert (await scanner.get(link)).status_code == 200
        assert (await scanner.head(link)).status_code in (200, 404, 405)
    answers = await asyncio.gather(
        *(one.post(link, data={"name": "Lena", "password": NEW_PASSWORD}) for one in (client, scanner))
    )
    assert sorted(answer.status_code for answer in answers) == [303, 404]
    assert (await scanner.get(link)).status_code == 404


async def test_only_the_hash_of_the_link_is_kept(
    visit: Visit, cast: Cast, link_in: Link, owner: asyncpg.Connection
) -> None:
    await invite(await visit(cast.owner), address())
    token = (await link_in()).rsplit("/", 1)[1]
    row = await owner.fetchrow("select * from invitations where agency_id = $1", cast.nordkai.id)
    assert row is not None and token not in str(dict(row))
    async with transaction(NOBODY):
        assert not await sql_value("select 1 from queue.pgqueuer where payload like $1", f"%{token}%".encode())


async def test_somebody_known_accepts_with_their_password_and_keeps_their_other_agency(
    visit: Visit, cast: Cast, link_in: Link
) -> None:
    await invite(await visit(cast.owner), cast.huadong_finance.email, "finance")
    link = await link_in()
    client = await visit()
    assert "log in with it to accept" in (await client.get(link)).text
    assert (await client.post(link, data={"password": "not the password"})).status_code == 422
    assert (await client.post(link, data={"password": NEW_PASSWORD, "name": "Thief"})).status_code == 422
    assert (await client.post(link, data={"password": PASSWORD})).status_code == 303
    places = (await client.get("/choose")).text
    assert "Nordkai Inkasso" in places and "华东商账" in places


async def test_who_accepts_and_still_owes_a_code_is_in_the_trail_as_a_member(
    visit: Visit, cast: Cast, link_in: Link, owner: asyncpg.Connection
) -> None:
    await invite(await visit(cast.owner), cast.huadong_finance.email, "finance")
    link = await link_in()
    await owner.execute("update users set totp_confirmed_at = now() where id = $1", cast.huadong_finance.user_id)
    client = await visit()
    answer = await client.post(link, data={"password": PASSWORD})
    assert answer.headers["location"] == "/login/code"
    told = await owner.fetch(
        "select action, actor_id, client_id, facts ->> 'role' as role from audit_events where agency_id = $1 order by id",
        cast.nordkai.id,
    )
    assert [row["action"] for row in told] == ["invitation.made", "invitation.accepted"]
    assert tuple(told[1])[1:] == (cast.huadong_finance.user_id, None, "finance")


async def test_a_link_dies_after_a_week_when_sent_again_and_when_withdrawn(
    visit: Visit, cast: Cast, link_in: Link, owner: asyncpg.Connection
) -> None:
    boss, client = await visit(cast.owner), await visit()
    await invite(boss, address())
    first = await link_in()
    invitation = await owner.fetchval("select id from invitations where agency_id = $1", cast.nordkai.id)
    with clock.at(clock.now() + LASTS + timedelta(minutes=1)):
        assert (await client.get(first)).status_code == 404
        assert (await client.post(first, data={"name": "L", "password": NEW_PASSWORD})).status_code == 404
    assert (await boss.post(f"/people/invitations/{invitation}/send-again")).status_code == 303
    second = await link_in()
    assert (await client.get(first)).status_code == 404
    assert (await client.get(second)).status_code == 200
    assert (await boss.post(f"/people/invitations/{invitation}/withdraw")).status_code == 303
    assert (await client.get(second)).status_code == 404
    assert (await boss.post(f"/people/invitations/{invitation}/withdraw")).status_code == 404


async def test_a_weak_password_is_refused_beside_its_field_and_uses_nothing_up(
    visit: Visit, cast: Cast, link_in: Link
) -> None:
    await invite(await visit(cast.owner), address())
    link = await link_in()
    client = await visit()
    for password in ("short", "password1234", "Nordkai2026!!"):
        answer = await client.post(link, data={"name": "Lena", "password": password})
        assert answer.status_code == 422 and "f-password-error" in answer.text
        assert 'value="Lena"' in answer.text and password not in answer.text
    assert (await client.post(link, data={"name": "Lena", "password": NEW_PASSWORD})).status_code == 303


@pytest.mark.parametrize("role", ["manager", "negotiator", "finance", "auditor", "brandt_submitter", "brandt_viewer"])
async def test_only_owners_and_admins_of_clients_invite(visit: Visit, cast: Cast, role: str) -> None:
    client = await visit(getattr(cast, role))
    assert (await client.get("/people")).status_code == 403
    assert (await invite(client, address())).status_code == 403


async def test_an_admin_of_a_client_invites_to_their_own_client_only(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    client = await visit(cast.brandt_admin)
    assert (await invite(client, address(), "viewer")).status_code == 303
    assert (await invite(client, address(), "owner")).status_code == 422, "no role of the agency"
    assert (await invite(client, address(), "viewer", client=str(cast.lanting.id))).status_code == 404
    rows = await owner.fetch("select client_id, role from invitations where agency_id = $1", cast.nordkai.id)
    assert [tuple(row) for row in rows] == [(cast.brandt.id, "viewer")]
    sibling = await visit(cast.lanting_admin)
    page = (await sibling.get("/people")).text
    assert "Brandt" not in page and cast.owner.email not in page and cast.lanting_submitter.email in page
    invitation = await owner.fetchval("select id from invitations where agency_id = $1", cast.nordkai.id)
    for stranger in (sibling, await visit(cast.huadong_owner)):
        for verb in ("send-again", "withdraw"):
            assert (await stranger.post(f"/people/invitations/{invitation}/{verb}")).status_code == 404


async def test_an_owner_invites_people_of_a_client(visit: Visit, cast: Cast, link_in: Link) -> None:
    boss = await visit(cast.owner)
    email = address()
    assert (await invite(boss, email, "submitter", client=str(cast.brandt.id))).status_code == 303
    link = await link_in()
    assert "Brandt &amp; Söhne" in (await boss.get(f"/people?client={cast.brandt.id}")).text
    newcomer = await visit()
    assert "Welcome to Brandt &amp; Söhne" in (await newcomer.get(link)).text
    await newcomer.post(link, data={"name": "Karl", "password": NEW_PASSWORD})
    assert (await newcomer.get("/people")).status_code == 403
    assert (await boss.get(f"/people?client={cast.mingda.id}")).status_code == 404
    assert (await boss.get("/people?client=nonsense")).status_code == 404
    assert (await invite(boss, address(), "submitter", client=str(cast.mingda.id))).status_code == 404


async def test_nobody_is_invited_twice_or_while_a_member(visit: Visit, cast: Cast) -> None:
    boss = await visit(cast.owner)
    email = address()
    assert (await invite(boss, cast.finance.email)).status_code == 422
    assert (await invite(boss, email)).status_code == 303
    again = await invite(boss, email)
    assert again.status_code == 422 and "invited already" in again.text
    for wrong in ("lena", "lena@", "a@b, c@d", "lena@example.com\nBcc: x@y", "<lena@example.com>"):
        assert (await invite(boss, wrong)).status_code == 422
