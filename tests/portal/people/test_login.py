"""Signing in: what lets in, what does not, and that nobody learns which part was wrong."""

import asyncio
from datetime import timedelta

import asyncpg

from portal import clock
from portal.jobs import work_off
from portal.people.arrival import ABSOLUTE, IDLE, new_token
from tests.people import Cast, Visit
from tests.portal.people.conftest import carry, elsewhere, is_in, log_in


async def test_email_and_password_let_in_with_a_new_session(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    client = await visit()
    answer = await log_in(client, cast.negotiator.email.upper())
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("session="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    assert await is_in(client)
    told = await owner.fetchrow(
        "select actor_id, subject_kind from audit_events where agency_id = $1 and action = 'login.succeeded'",
        cast.nordkai.id,
    )
    assert told is not None and told["actor_id"] == cast.negotiator.user_id


async def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(visit: Visit, cast: Cast) -> None:
    client = await visit()
    texts = []
    for email, password in (
        (cast.owner.email, "not the password at all"),
        ("nobody-" + cast.owner.email, "not the password at all"),
        ("nobody-" + cast.owner.email, "a fair day for walking"),
    ):
        answer = await log_in(client, email, password)
        assert answer.status_code == 422
        assert "set-cookie" not in answer.headers
        texts.append(answer.text.replace(email, ""))
    assert len(set(texts)) == 1
    assert "E-mail or password is wrong." in texts[0]


async def test_a_disabled_user_is_told_no_more_than_a_stranger(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    await owner.execute("update users set disabled_at = now() where id = $1", cast.finance.user_id)
    assert (await log_in(await visit(), cast.finance)).status_code == 422
    assert not await is_in(await visit(cast.finance))


async def test_five_failures_make_an_account_wait_even_with_the_right_password(visit: Visit, cast: Cast) -> None:
    client = await visit()
    for _ in range(5):
        assert (await log_in(client, cast.owner, "wrong wrong wrong")).status_code == 422
    refused = await log_in(client, cast.owner)
    assert refused.status_code == 429 and refused.headers["retry-after"] == "900"
    assert "Too many attempts" in refused.text
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert (await log_in(client, cast.owner)).status_code == 303


async def test_an_account_that_does_not_exist_must_wait_just_the_same(visit: Visit, cast: Cast) -> None:
    client = await visit()
    answers = [(await log_in(client, "ghost-" + cast.owner.email, "wrong wrong")).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


async def test_attempts_at_the_same_moment_do_not_slip_past_the_limit_together(visit: Visit, cast: Cast) -> None:
    client = await visit()
    answers = await asyncio.gather(*(log_in(client, cast.manager, "wrong wrong wrong") for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 7


async def test_twenty_failures_make_an_address_wait_whatever_the_account(visit: Visit, cast: Cast) -> None:
    client = await visit()
    elsewhere(client, "2001:db8:1:2::7")
    for number in range(20):
        assert (await log_in(client, f"guess{number}-{cast.owner.email}", "wrong wrong")).status_code == 422
    elsewhere(client, "2001:db8:1:2:ffff::9")
    assert (await log_in(client, cast.owner)).status_code == 429, "the same subscriber's network"
    elsewhere(client, "2001:db8:1:3::7")
    assert (await log_in(client, cast.owner)).status_code == 303


async def test_a_success_forgives_the_failures_before_it(visit: Visit, cast: Cast) -> None:
    client = await visit()
    for _ in range(2):
        for _ in range(4):
            assert (await log_in(client, cast.auditor, "wrong wrong")).status_code == 422
        with clock.at(clock.now() + timedelta(seconds=1)):
            assert (await log_in(client, cast.auditor)).status_code == 303


async def test_a_failed_login_is_told_to_the_agency_of_its_account_and_to_nobody_for_a_stranger(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    client = await visit()
    await log_in(client, cast.brandt_admin, "wrong wrong wrong")
    await log_in(client, "ghost-" + cast.brandt_admin.email, "wrong wrong wrong")
    await work_off(forgiving=True)
    told = await owner.fetch("select * from audit_events where agency_id = any($1)", [cast.nordkai.id, cast.huadong.id])
    assert [(row["action"], row["actor_kind"], row["actor_id"], row["subject_id"]) for row in told] == [
        ("login.failed", "visitor", None, cast.brandt_admin.user_id)
    ]
    assert '"address": "sha256:' in told[0]["facts"], "an address is personal and lies apart"


async def test_a_planted_session_id_is_worthless_after_login(visit: Visit, cast: Cast) -> None:
    planted = new_token()
    victim, thief = await visit(), await visit()
    for client in (victim, thief):
        carry(client, planted)
    assert (await log_in(victim, cast.owner)).status_code == 303
    assert victim.cookies["session"] != planted
    assert await is_in(victim) and not await is_in(thief)


async def test_the_session_that_the_browser_had_ends_at_login(visit: Visit, cast: Cast) -> None:
    client, other = await visit(cast.owner), await visit()
    carry(other, client.cookies["session"])
    assert await is_in(other)
    assert (await log_in(client, cast.owner)).status_code == 303
    assert await is_in(client) and not await is_in(other)


async def test_login_goes_on_to_pages_of_ours_only(visit: Visit, cast: Cast) -> None:
    for target, expected in (
        ("/cases/7?tab=money", "/cases/7?tab=money"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ):
        answer = await log_in(await visit(), cast.owner, next=target)
        assert answer.headers["location"] == expected


async def test_a_login_from_another_site_is_refused(visit: Visit, cast: Cast) -> None:
    client = await visit()
    client.headers["Sec-Fetch-Site"] = "cross-site"
    assert (await log_in(client, cast.owner)).status_code == 403


async def test_a_session_ends_when_it_was_idle_for_too_long(visit: Visit, cast: Cast) -> None:
    client = await visit()
    await log_in(client, cast.owner)
    with clock.at(clock.now() + IDLE - timedelta(minutes=1)):
        assert await is_in(client)
    with clock.at(clock.now() + 2 * IDLE - timedelta(minutes=2)):
        assert await is_in(client), "it was used in between"
    with clock.at(clock.now() + 3 * IDLE):
        assert not await is_in(client)


async def test_a_session_ends_on_its_day_however_busy_it_is(visit: Visit, cast: Cast) -> None:
    client = await visit()
    await log_in(client, cast.owner)
    start = clock.now()
    moment = start
    while moment < start + ABSOLUTE - timedelta(hours=7):
        moment += timedelta(hours=7)
        with clock.at(moment):
            assert await is_in(client)
    with clock.at(start + ABSOLUTE + timedelta(minutes=1)):
        assert not await is_in(client)


async def test_whoever_is_in_already_goes_on_from_the_login_page(visit: Visit, cast: Cast) -> None:
    client = await visit(cast.owner)
    answer = await client.get("/login?next=/people")
    assert (answer.status_code, answer.headers["location"]) == (303, "/people")
    assert (await (await visit()).get("/login")).status_code == 200


async def test_a_form_far_larger_than_a_login_is_not_read(visit: Visit, cast: Cast) -> None:
    assert (await log_in(await visit(), cast.owner, padding="x" * 100_000)).status_code == 413
