from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import asyncpg
import pytest

from portal.audit.record import record
from portal.audit.seal import seal_all
from portal.check import Check
from portal.errors import NotFound
from portal.identity import new_id
from portal.settings import Settings
from portal.storage import store
from portal.tenancy.database import transaction
from portal.verify import run
from tests.people import Cast

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
Verify = Callable[..., Awaitable[dict[str, Check]]]


@pytest.fixture
def verify(database: Settings, cast: Cast) -> Verify:
    """The proofs of the cast's first agency alone: other tests of this worker leave what they broke."""

    async def prove(sample: int | None = 100) -> dict[str, Check]:
        await seal_all()
        checks = await run(database, agency=cast.nordkai.slug, sample_documents=sample)
        return {check.name: check for check in checks}

    return prove


async def open_case(owner: asyncpg.Connection, cast: Cast) -> UUID:
    debtor_id, case_id = new_id(), new_id()
    await owner.execute(
        "insert into debtors (id, agency_id, name, match_name, country, created_at) values ($1, $2, 'D', 'd', 'DE', $3)",
        debtor_id, cast.nordkai.id, NOW,
    )  # fmt: skip
    await owner.execute(
        "insert into cases (id, agency_id, client_id, debtor_id, number, reference, currency, placed_minor, placed_on,"
        " oldest_due_on, debtor_name, debtor_country, next_action, next_action_at, next_action_queue_id,"
        " last_activity_at, created_at)"
        " values ($1, $2, $3, $4, $5, $5, 'EUR', 0, $6, $6, 'D', 'DE', 'call', $7, $8, $7, $7)",
        case_id, cast.nordkai.id, cast.brandt.id, debtor_id, case_id.hex[-8:], NOW.date(), NOW, cast.nordkai.queue_id,
    )  # fmt: skip
    return case_id


async def document(owner: asyncpg.Connection, cast: Cast, content: bytes, *, stored: bool = True) -> store.Stored:
    """A released document of a case, with its object."""
    case_id, document_id = await open_case(owner, cast), new_id()
    key = store.key_of(cast.nordkai.id, "documents", document_id)
    found = store.Stored(key, "", len(content), "", "")
    if stored:
        found = await store.put(key, content, "application/pdf")
    await owner.execute(
        "insert into documents (id, agency_id, client_id, case_id, file_name, size_bytes, sha256, object_key, version_id,"
        " state, created_at, released_at) values ($1, $2, $3, $4, 'a.pdf', $5, $6, $7, $8, 'released', $9, now())",
        document_id, cast.nordkai.id, cast.brandt.id, case_id, len(content), sha256(content).digest(), key,
        found.version or None, NOW,
    )  # fmt: skip
    return found


def about(check: Check, cast: Cast) -> str:
    """What is said of this test's own agency: others share the database."""
    return "; ".join(part for part in check.detail.split("; ") if part.startswith(cast.nordkai.slug))


async def test_a_sound_agency_is_proved(verify: Verify, cast: Cast, owner: asyncpg.Connection) -> None:
    async with transaction(cast.owner.actor.scope):
        await record(cast.owner.actor, "promise.made", "case", new_id())
    await document(owner, cast, b"%PDF evidence")
    checks = await verify(None)
    assert {
        "audit chain",
        "documents",
        "orphans",
        "every open case has a next action",
        "every case that is not accepted lacks something",
    } <= set(checks)
    assert sum(name.startswith("ledger: ") for name in checks) >= 7
    assert {name: about(check, cast) for name, check in checks.items() if about(check, cast)} == {}


async def test_a_document_that_was_exchanged_is_found(verify: Verify, cast: Cast, owner: asyncpg.Connection) -> None:
    stored = await document(owner, cast, b"%PDF evidence")
    await owner.execute("update documents set sha256 = sha256('x') where object_key = $1", stored.key)
    check = (await verify(None))["documents"]
    assert not check.ok
    assert "is not what it was" in about(check, cast)


async def test_a_later_version_does_not_hide_the_document(
    verify: Verify, cast: Cast, owner: asyncpg.Connection
) -> None:
    stored = await document(owner, cast, b"%PDF evidence")
    await store.put(stored.key, b"%PDF something else", "application/pdf")
    assert about((await verify(None))["documents"], cast) == ""


async def test_a_document_without_object_and_an_object_without_row_are_found(
    verify: Verify, cast: Cast, owner: asyncpg.Connection
) -> None:
    lost = await document(owner, cast, b"%PDF evidence", stored=False)
    stray = await store.put(store.key_of(cast.nordkai.id, "documents", "stray"), b"x", "text/plain")
    await store.put(store.quarantine_key(cast.nordkai.id, "upload"), b"x", "text/plain")
    checks = await verify(None)
    assert "is not in the storage" in about(checks["documents"], cast)
    told = about(checks["orphans"], cast)
    assert f"{stray.key} is named by no row" in told
    assert f"{lost.key} is named by a row and not in the storage" in told
    assert "quarantine" not in told


async def test_an_open_case_without_a_next_action_is_found(
    verify: Verify, cast: Cast, owner: asyncpg.Connection, database: Settings
) -> None:
    case_id = await open_case(owner, cast)
    # The database refuses it, so that the refusal has to go first.
    held = await asyncpg.connect(database.database_owner_url)
    try:
        definition = await held.fetchval(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = 'cases_open_has_next_action'"
        )
        await held.execute("alter table cases drop constraint cases_open_has_next_action")
        await owner.execute("update cases set next_action = null where id = $1", case_id)
        check = (await verify())["every open case has a next action"]
        await owner.execute("update cases set next_action = 'call' where id = $1", case_id)
        await held.execute(f"alter table cases add constraint cases_open_has_next_action {definition}")
    finally:
        await held.close()
    assert f"case {case_id.hex[-8:]} has none" in about(check, cast)


async def test_a_case_that_waits_to_be_accepted_and_lacks_nothing_is_found(
    verify: Verify, cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await open_case(owner, cast)
    await owner.execute(
        "update cases set status = 'needs_info', next_action_reason = 'acceptance' where id = $1", case_id
    )
    check = (await verify())["every case that is not accepted lacks something"]
    await owner.execute("update cases set status = 'active' where id = $1", case_id)
    assert f"case {case_id.hex[-8:]} lacks nothing" in about(check, cast)


async def test_a_meddled_trail_fails_the_proof(verify: Verify, cast: Cast, owner: asyncpg.Connection) -> None:
    async with transaction(cast.owner.actor.scope):
        event = await record(cast.owner.actor, "promise.made", "case", new_id())
    await verify()
    await owner.execute("delete from audit_events where id = $1", event)
    check = (await verify())["audit chain"]
    assert not check.ok
    assert f"Event {event} is missing; seal" in check.detail


async def test_an_agency_that_does_not_exist_is_not_proved_sound(database: Settings) -> None:
    with pytest.raises(NotFound):
        await run(database, agency="nobody-here")
