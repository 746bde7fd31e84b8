"""What has no value any more goes by itself, in batches; what is evidence stays."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from portal import clock
from portal.identity import new_id
from portal.jobs.registry import SCHEDULES
from portal.people.arrival import new_token, token_hash
from portal.people.purge import purge, purge_all
from portal.people.tables import Purpose
from portal.tenancy.database import sql, transaction
from tests.people import Cast

TABLES = ("idempotent_answers", "login_attempts", "sessions", "password_resets", "invitations", "rate_counts")


async def spent(owner: asyncpg.Connection, cast: Cast, age: timedelta) -> dict[str, UUID]:
    """One row of each kind whose time was up so long ago."""
    moment: datetime = clock.now() - age
    agency, person = cast.nordkai.id, cast.negotiator
    ids = {table: new_id() for table in TABLES}
    key = await owner.fetchval(
        "insert into api_keys (agency_id, key_hash, created_at) values ($1, $2, $3) returning id",
        *(agency, token_hash(new_token()), moment),
    )
    await owner.execute(
        "insert into idempotent_answers (id, agency_id, api_key_id, key, request_digest, status, body, created_at)"
        " values ($1, $2, $3, 'k', '', 200, '{}', $4)",
        *(ids["idempotent_answers"], agency, key, moment),
    )
    await owner.execute(
        "insert into login_attempts (id, purpose, account, address, at) values ($1, $2, $3, '10.0.0.1', $4)",
        *(ids["login_attempts"], Purpose.PASSWORD.value, new_id().bytes, moment),
    )
    await owner.execute(
        "insert into sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, ended_at)"
        " values ($1, $2, $3, $4, $4, $5, $4)",
        *(ids["sessions"], token_hash(new_token()), person.user_id, moment, moment + timedelta(days=400)),
    )
    await owner.execute(
        "insert into password_resets (id, user_id, token_hash, created_at, expires_at) values ($1, $2, $3, $4, $4)",
        *(ids["password_resets"], person.user_id, token_hash(new_token()), moment),
    )
    await owner.execute(
        "insert into invitations (id, agency_id, email, role, created_at, expires_at) values"
        " ($1, $2, 'x@example.com', 'auditor', $3, $3)",
        *(ids["invitations"], agency, moment),
    )
    await owner.execute(
        "insert into rate_counts (id, subject, window_start, calls) values ($1, $2, $3, 1)",
        *(ids["rate_counts"], f"api_key {key}", moment),
    )
    return ids


async def left(owner: asyncpg.Connection, ids: dict[str, UUID]) -> set[str]:
    return {table for table, one in ids.items() if await owner.fetchval(f"select true from {table} where id = $1", one)}


@pytest.mark.parametrize(
    ("days", "gone"),
    [
        (0, set()),
        (2, {"rate_counts"}),
        (8, {"rate_counts", "idempotent_answers", "login_attempts", "password_resets"}),
        (31, set(TABLES) - {"invitations"}),
        (91, set(TABLES)),
    ],
)
async def test_each_thing_goes_when_its_time_is_over(
    cast: Cast, owner: asyncpg.Connection, days: int, gone: set[str]
) -> None:
    ids = await spent(owner, cast, timedelta(days=days))
    events = await owner.fetchval("select count(*) from audit_events")
    await purge({})
    assert await left(owner, ids) == set(TABLES) - gone
    assert await owner.fetchval("select count(*) from audit_events") == events


async def test_what_still_holds_stays(cast: Cast, owner: asyncpg.Connection) -> None:
    token = await cast.owner.signed_in(owner)
    await owner.execute(
        "update sessions set created_at = $2 where token_hash = $1",
        *(token_hash(token), clock.now() - timedelta(days=300)),
    )
    await purge_all()
    assert await owner.fetchval("select true from sessions where token_hash = $1", token_hash(token))


async def test_much_goes_in_batches(cast: Cast, owner: asyncpg.Connection) -> None:
    rows = [await spent(owner, cast, timedelta(days=100)) for _ in range(5)]
    purged = await purge_all(most=2)
    assert all(purged[table] >= 5 for table in TABLES)
    assert [await left(owner, ids) for ids in rows] == [set()] * 5


async def test_it_goes_by_the_calendar_and_nobody_deletes_by_hand(cast: Cast) -> None:
    assert SCHEDULES["people.purge"]
    for table in ("idempotent_answers", "sessions", "invitations", "login_attempts"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(cast.owner.actor.scope):
                await sql(f"delete from {table}")
