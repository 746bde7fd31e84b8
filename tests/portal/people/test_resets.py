"""A forgotten password: the same answer for everybody, a link that works once, and every session ended."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from portal import clock
from portal.jobs import work_off
from portal.people import passwords
from portal.people.login import hold
from portal.people.second_factor import own_credentials
from portal.people.sessions import Sender, begin
from portal.tenancy.database import Scope, sql_value, transaction
from tests.letterbox import Letterbox
from tests.people import PASSWORD, Cast, Visit
from tests.portal.people.conftest import NEW_PASSWORD, carry, is_in, log_in

Link = Callable[[], Awaitable[str]]


async def test_members_and_strangers_get_the_same_answer_and_only_members_a_mail(
    visit: Visit, cast: Cast, letterbox: Letterbox
) -> None:
    client = await visit()
    texts = []
    for email in (cast.owner.email, "ghost-" + cast.owner.email):
        answer = await client.post("/reset", data={"email": email})
        assert answer.status_code == 200
        texts.append(answer.text.replace(email, ""))
    assert texts[0] == texts[1]
    await work_off(forgiving=True)
    assert [to for to, _ in letterbox.kept] == [[cast.owner.email]]


async def test_asking_again_and_again_sends_three_mails_and_says_nothing_else(
    visit: Visit, cast: Cast, letterbox: Letterbox
) -> None:
    client = await visit()
    texts = {(await client.post("/reset", data={"email": cast.owner.email})).text for _ in range(5)}
    assert len(texts) == 1
    await work_off(forgiving=True)
    assert len(letterbox.kept) == 3


async def test_the_link_sets_a_new_password_once_and_ends_every_session(
    visit: Visit, cast: Cast, link_in: Link, owner: asyncpg.Connection
) -> None:
    client, phone = await visit(), await visit(cast.finance)
    await client.post("/reset", data={"email": cast.finance.email})
    link = await link_in()
    for _ in range(2):
        assert (await client.get(link)).status_code == 200
    assert await is_in(phone), "opening the link changes nothing"
    weak = await client.post(link, data={"password": "Nordkai2026!"})
    assert weak.status_code == 422 and "f-password-error" in weak.text
    answers = await asyncio.gather(*(client.post(link, data={"password": NEW_PASSWORD}) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [303, 404]
    assert not await is_in(phone)
    assert not await is_in(client), "whoever has the mailbox logs in like everybody"
    assert (await client.get(link)).status_code == 404
    assert (await log_in(client, cast.finance, PASSWORD)).status_code == 422
    assert (await log_in(client, cast.finance, NEW_PASSWORD)).status_code == 303
    told = await owner.fetchval(
        "select count(*) from audit_events where agency_id = $1 and action = 'password.reset'", cast.nordkai.id
    )
    assert told == 1


async def test_no_session_begins_on_a_password_that_was_reset_while_it_was_hashed(
    visit: Visit, cast: Cast, link_in: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, thief = await visit(), await visit()
    await client.post("/reset", data={"email": cast.finance.email})
    link = await link_in()
    hashed, go_on = asyncio.Event(), asyncio.Event()
    is_right = passwords.is_right

    async def slow(*arguments: Any) -> bool:
        right = await is_right(*arguments)
        hashed.set()
        await go_on.wait()
        return right

    monkeypatch.setattr(passwords, "is_right", slow)
    login = asyncio.create_task(log_in(thief, cast.finance, PASSWORD))
    await hashed.wait()
    assert (await client.post(link, data={"password": NEW_PASSWORD})).status_code == 303
    go_on.set()
    assert (await login).status_code == 422
    assert not await is_in(thief)


async def test_a_reset_waits_for_the_login_under_way_and_ends_its_session(
    visit: Visit, cast: Cast, link_in: Link, owner: asyncpg.Connection
) -> None:
    client = await visit()
    await client.post("/reset", data={"email": cast.finance.email})
    link = await link_in()
    async with transaction(Scope(user_id=cast.finance.user_id)):
        kept = (await own_credentials()).password_hash
        assert kept is not None
        await hold(kept)
        token = await begin(cast.finance.membership_id, Sender(), clock.now())
        held_by = await sql_value("select pg_backend_pid()")
        reset = asyncio.create_task(client.post(link, data={"password": NEW_PASSWORD}), context=Context())
        waits = "select exists (select from pg_locks where not granted and $1 = any (pg_blocking_pids(pid)))"
        while not reset.done() and not await owner.fetchval(waits, held_by):
            pass
        assert not reset.done()
    assert (await reset).status_code == 303
    carry(client, token)
    assert not await is_in(client)


async def test_a_link_lasts_an_hour_and_a_used_one_takes_the_others_along(
    visit: Visit, cast: Cast, link_in: Link
) -> None:
    client = await visit()
    links = []
    for _ in range(2):
        await client.post("/reset", data={"email": cast.auditor.email})
        links.append(await link_in())
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert (await client.get(links[0])).status_code == 404
        assert (await client.post(links[0], data={"password": NEW_PASSWORD})).status_code == 404
    assert (await client.post(links[0], data={"password": NEW_PASSWORD})).status_code == 303
    assert (await client.get(links[1])).status_code == 404


async def test_an_invented_link_is_told_to_be_over(visit: Visit) -> None:
    client = await visit()
    for path in ("/reset/" + "x" * 43, "/invitation/" + "x" * 43):
        assert (await client.get(path)).status_code == 404
        assert (await client.post(path, data={"password": NEW_PASSWORD, "name": "x"})).status_code == 404
