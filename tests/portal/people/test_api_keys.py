"""API keys: made and shown once, listed by their hint, revoked at once."""

import re
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from portal import clock
from portal.errors import NotFound
from portal.people.api_keys import add_key
from portal.people.arrival import by_key, token_hash
from portal.tenancy.database import NOBODY, transaction
from tests.people import Cast, Visit


async def speaks_for(key: str) -> tuple[UUID, UUID | None] | None:
    async with transaction(NOBODY):
        actor = await by_key(key, clock.now(), UUID(int=1))
    return (actor.agency_id, actor.client_id) if actor else None


async def make(browser: httpx.AsyncClient, **more: str) -> str:
    answer = await browser.post("/keys", data={"name": "ERP", "expires_on": "", **more})
    assert answer.status_code == 200
    found = re.search(r"data-new-key[^>]*>(dpk_[\w-]+)<", answer.text)
    assert found
    return found[1]


async def test_a_key_is_shown_once_and_speaks_for_the_client_alone(
    visit: Visit, cast: Cast, owner: asyncpg.Connection
) -> None:
    client = await visit(cast.brandt_admin)
    key = await make(client)
    page = (await client.get("/keys")).text
    assert key not in page and f"…{key[-4:]}" in page and "never" in page
    assert await speaks_for(key) == (cast.nordkai.id, cast.brandt.id)
    row = await owner.fetchrow("select * from api_keys where key_hash = $1", token_hash(key))
    assert row is not None and key not in str(dict(row))


async def test_a_revoked_or_expired_key_opens_nothing(visit: Visit, cast: Cast, owner: asyncpg.Connection) -> None:
    client = await visit(cast.brandt_admin)
    key = await make(client)
    key_id = await owner.fetchval("select id from api_keys where key_hash = $1", token_hash(key))
    for stranger in (cast.lanting_admin, cast.huadong_owner):
        assert (await (await visit(stranger)).post(f"/keys/{key_id}/revoke")).status_code == 404
    assert await speaks_for(key) is not None
    assert (await client.post(f"/keys/{key_id}/revoke")).status_code == 303
    assert await speaks_for(key) is None
    assert (await client.post(f"/keys/{key_id}/revoke")).status_code == 404
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
    short = await make(client, expires_on=tomorrow)
    assert await speaks_for(short) is not None
    with clock.at(clock.now() + timedelta(days=3)):
        assert await speaks_for(short) is None
    assert (await client.post("/keys", data={"name": "late", "expires_on": "2020-01-01"})).status_code == 422


async def test_an_owner_makes_keys_for_the_agency_and_for_its_clients(visit: Visit, cast: Cast) -> None:
    boss = await visit(cast.owner)
    assert await speaks_for(await make(boss)) == (cast.nordkai.id, None)
    assert await speaks_for(await make(boss, client=str(cast.lanting.id))) == (cast.nordkai.id, cast.lanting.id)
    assert (await boss.get(f"/keys?client={cast.mingda.id}")).status_code == 404
    assert (await boss.post("/keys", data={"name": "x", "client": str(cast.mingda.id)})).status_code == 404
    admin = await visit(cast.brandt_admin)
    assert (await admin.post("/keys", data={"name": "x", "client": str(cast.lanting.id)})).status_code == 404


@pytest.mark.parametrize("role", ["manager", "negotiator", "finance", "auditor", "brandt_submitter", "brandt_viewer"])
async def test_other_roles_make_no_keys(visit: Visit, cast: Cast, role: str) -> None:
    client = await visit(getattr(cast, role))
    assert (await client.get("/keys")).status_code == 403
    assert (await client.post("/keys", data={"name": "x"})).status_code == 403


async def test_the_operator_makes_keys_by_command(cast: Cast) -> None:
    assert await speaks_for(await add_key(client=str(cast.brandt.id), name="ERP")) == (cast.nordkai.id, cast.brandt.id)
    assert await speaks_for(await add_key(agency=cast.huadong.slug)) == (cast.huadong.id, None)
    for wrong in ({"client": "nonsense"}, {"client": str(cast.owner.user_id)}, {"agency": "no-such-agency"}):
        with pytest.raises(NotFound):
            await add_key(**wrong)  # type: ignore[arg-type]
