"""Members: who may change whose role or take whose access away, and what ends with it."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from tests.people import Cast, Visit
from tests.portal.people.conftest import is_in


async def test_a_new_role_holds_at_once_and_ends_the_sessions_of_the_old_one(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    boss, worker, other = await visit(cast.owner), await visit(cast.negotiator), await visit(cast.second_negotiator)
    answer = await boss.post(f"/people/{cast.negotiator.membership_id}/role", data={"role": "auditor"})
    assert answer.status_code == 303
    assert not await is_in(worker) and await is_in(other) and await is_in(boss)
    told = await owner.fetchrow(
        "select before, after, subject_id from audit_events where agency_id = $1 and action = 'membership.role_changed'",
        cast.nordkai.id,
    )
    assert told is not None
    assert (told["before"], told["after"]) == ('{"role": "negotiator"}', '{"role": "auditor"}')


async def test_access_taken_away_ends_it_at_once(visit: Visit, cast: Cast, owner: asyncpg.Connection) -> None:
    boss, worker = await visit(cast.owner), await visit(cast.finance)
    assert (await boss.post(f"/people/{cast.finance.membership_id}/end")).status_code == 303
    assert not await is_in(worker)
    assert cast.finance.email not in (await boss.get("/people")).text
    assert (await boss.get(f"/people/{cast.finance.membership_id}")).status_code == 404
    assert (await boss.post(f"/people/{cast.finance.membership_id}/end")).status_code == 404
    assert await owner.fetchval("select count(*) from users where id = $1", cast.finance.user_id) == 1


async def test_nobody_changes_their_own_membership(visit: Visit, cast: Cast) -> None:
    for person in (cast.owner, cast.brandt_admin):
        client = await visit(person)
        for verb, data in (("role", {"role": "viewer" if person.client else "auditor"}), ("end", {})):
            answer = await client.post(f"/people/{person.membership_id}/{verb}", data=data)
            assert answer.status_code == 422
        assert await is_in(client)


async def test_an_agency_keeps_an_owner_when_two_remove_each_other(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    await owner.execute("update memberships set role = 'owner' where id = $1", cast.manager.membership_id)
    first, second = await visit(cast.owner), await visit(cast.manager)
    answers = await asyncio.gather(
        first.post(f"/people/{cast.manager.membership_id}/end"),
        second.post(f"/people/{cast.owner.membership_id}/role", data={"role": "auditor"}),
    )
    # Who comes second is refused, or is led to the login because the first has ended their access already.
    done = [answer for answer in answers if answer.status_code == 303 and "/login" not in answer.headers["location"]]
    assert len(done) == 1
    left = await owner.fetchval(
        "select count(*) from memberships where agency_id = $1 and role = 'owner' and ended_at is null", cast.nordkai.id
    )
    assert left == 1


@pytest.mark.parametrize("role", ["manager", "negotiator", "finance", "auditor", "brandt_submitter", "brandt_viewer"])
async def test_other_roles_manage_nobody(visit: Visit, cast: Cast, role: str) -> None:
    client = await visit(getattr(cast, role))
    target = cast.brandt_viewer.membership_id if role.startswith("brandt") else cast.second_negotiator.membership_id
    assert (await client.get(f"/people/{target}")).status_code == 403
    assert (await client.post(f"/people/{target}/role", data={"role": "auditor"})).status_code == 403
    assert (await client.post(f"/people/{target}/end")).status_code == 403


async def test_a_membership_elsewhere_is_like_one_that_never_existed(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    strangers = {
        "owner": [cast.huadong_owner.membership_id, cast.mingda_submitter.membership_id, uuid4()],
        "brandt_admin": [
            cast.owner.membership_id,
            cast.negotiator.membership_id,
            cast.lanting_submitter.membership_id,
            cast.mingda_submitter.membership_id,
            uuid4(),
        ],
        "huadong_owner": [cast.negotiator.membership_id, cast.brandt_viewer.membership_id],
    }
    for person, targets in strangers.items():
        client = await visit(getattr(cast, person))
        for target in targets:
            assert (await client.get(f"/people/{target}")).status_code == 404
            assert (await client.post(f"/people/{target}/role", data={"role": "viewer"})).status_code == 404
            assert (await client.post(f"/people/{target}/end")).status_code == 404
    assert await owner.fetchval(
        "select count(*) from memberships where agency_id = any($1) and ended_at is not null",
        [cast.nordkai.id, cast.huadong.id],
    ) == 0  # fmt: skip


async def test_an_admin_of_a_client_manages_its_people_and_gives_its_roles_only(visit: Visit, cast: Cast) -> None:
    client, worker = await visit(cast.brandt_admin), await visit(cast.brandt_submitter)
    place = f"/people/{cast.brandt_submitter.membership_id}"
    assert (await client.get(place)).status_code == 200
    assert (await client.post(f"{place}/role", data={"role": "owner"})).status_code == 422
    assert (await client.post(f"{place}/role", data={"role": "viewer"})).status_code == 303
    assert not await is_in(worker)


async def test_an_owner_manages_the_people_of_a_client(visit: Visit, cast: Cast) -> None:
    boss, worker = await visit(cast.owner), await visit(cast.brandt_viewer)
    place = f"/people/{cast.brandt_viewer.membership_id}"
    answer = await boss.post(f"{place}/role", data={"role": "admin"})
    assert answer.headers["location"] == f"/people?client={cast.brandt.id}"
    assert not await is_in(worker)
    assert (await boss.post(f"{place}/end")).status_code == 303
