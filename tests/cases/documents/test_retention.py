"""How long evidence is kept: the rule, the lock that follows it, holds, and the one way in which it goes."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from cases.documents import holding, retention
from cases.documents.retention import AHEAD, Keeping, years_after
from portal import clock, verify
from portal.jobs import work_off
from portal.settings import Settings
from portal.storage import locks, store
from portal.tenancy.database import transaction
from tests.cases.casework import placed_case
from tests.cases.documents.handing_in import PDF, handed_in, seen
from tests.people import Cast, Visit

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC))


@pytest.fixture
async def case_id(cast: Cast) -> UUID:
    return await placed_case(cast.nordkai, cast.brandt)


@given(released=MOMENTS, later=st.integers(0, 12_000), open_days=st.integers(0, 12_000), years=st.integers(1, 30))
@examples(max_examples=60)
def test_a_lock_outlasts_the_case_and_is_never_shortened_by_its_close(
    released: datetime, later: int, open_days: int, years: int
) -> None:
    now, closed = released + timedelta(days=later), released + timedelta(days=open_days)
    while_open = Keeping(released, None, years).until(now)
    assert while_open >= max(years_after(released, years), now + AHEAD)
    assert while_open < max(years_after(released, years), now + AHEAD) + timedelta(days=367)
    ended = Keeping(released, closed, years).until(now)
    assert ended == max(years_after(released, years), years_after(closed, years))


def test_a_year_after_a_leap_day_is_whole() -> None:
    assert years_after(datetime(2024, 2, 29, tzinfo=UTC), 1) == datetime(2025, 3, 1, tzinfo=UTC)


async def close(owner: asyncpg.Connection, case_id: UUID, at: datetime) -> None:
    await owner.execute(
        "update cases set status = 'closed', close_code = 'uneconomical', closed_at = $2 where id = $1", case_id, at
    )


async def test_a_released_document_is_locked_and_longer_once_its_case_has_closed(
    cast: Cast, owner: asyncpg.Connection, case_id: UUID, settings: Settings
) -> None:
    actor = cast.brandt_submitter.actor
    document = await handed_in(actor, case_id)
    await work_off(agency_id=cast.nordkai.id)
    locked = await seen(actor, document.id)
    assert document.version_id and locked.kept_until == years_after(document.released_at, 6)
    lock = await locks.lock_of(document.object_key, document.version_id)
    assert lock.mode == "GOVERNANCE" and lock.lasts(locked.kept_until)
    with pytest.raises(store.StoreAway):
        await store.remove(document.object_key)
    assert await faults(settings, cast) == ""
    await close(owner, case_id, clock.now() + timedelta(days=40))
    ids = {"agency_id": str(cast.nordkai.id)}
    for _ in range(2):  # done twice, it is the same
        await retention.look_after(ids)
        await work_off(agency_id=cast.nordkai.id)
    longer = await seen(actor, document.id)
    assert longer.kept_until and longer.kept_until > locked.kept_until + timedelta(days=39)
    assert (await locks.lock_of(document.object_key, document.version_id)).lasts(longer.kept_until)
    kept = "select count(*) from audit_events where subject_id = $1 and action = 'document.kept'"
    assert await owner.fetchval(kept, document.id) == 2


async def faults(settings: Settings, cast: Cast) -> str:
    """What the proofs of the documents and of their objects say is wrong."""
    checks = await verify.run(settings, agency=cast.nordkai.slug, sample_documents=None)
    return "; ".join(check.detail for check in checks if check.name in ("documents", "orphans") and not check.ok)


async def test_a_lock_that_somebody_took_away_is_found(
    cast: Cast, owner: asyncpg.Connection, case_id: UUID, settings: Settings
) -> None:
    unlocked = await handed_in(cast.brandt_submitter.actor, case_id)
    forgotten = await handed_in(cast.brandt_submitter.actor, case_id, "forgotten.pdf")
    await owner.execute(
        "update documents set kept_until = $2, held_at = $3 where id = $1",
        *(unlocked.id, clock.now() + timedelta(days=9), clock.now() - timedelta(days=2)),
    )
    await owner.execute(
        "update documents set released_at = $2 where id = $1", forgotten.id, clock.now() - timedelta(days=2)
    )
    said = await faults(settings, cast)
    assert f"{unlocked.id} is not locked as long" in said
    assert f"{forgotten.id} was released over a day ago and is not locked" in said


async def test_a_document_goes_by_rule_alone_and_its_row_tells_of_it(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, case_id: UUID, settings: Settings
) -> None:
    actor, now = cast.brandt_submitter.actor, clock.now()
    gone, held, young = [await handed_in(actor, case_id, f"{name}.pdf") for name in ("gone", "held", "young")]
    other = await handed_in(actor, await placed_case(cast.nordkai, cast.brandt), "open.pdf")
    past = now - timedelta(days=1)
    await owner.execute("update documents set kept_until = $2 where agency_id = $1", cast.nordkai.id, past)
    await owner.execute("update documents set kept_until = $2 where id = $1", young.id, now + timedelta(days=2))
    manager = await visit(cast.manager)
    assert (await manager.post(f"/documents/{held.id}/hold", data={"reason": "a suit"})).status_code == 303
    await close(owner, case_id, now - timedelta(days=7 * 366))
    ids = {"agency_id": str(cast.nordkai.id)}
    await retention.look_after(ids)
    await work_off(agency_id=cast.nordkai.id)
    states = [(await seen(actor, one.id)).state for one in (gone, held, young, other)]
    assert states == ["removed", "released", "released", "released"]
    with pytest.raises(store.NotStored):
        await store.stat(gone.object_key)
    assert await store.read(held.object_key) == PDF
    page = (await manager.get(f"/documents/{gone.id}")).text
    assert "The file was removed on" in page and gone.sha256 and gone.sha256.hex() in page
    assert (await manager.post(f"/documents/{gone.id}/open")).status_code == 404
    assert (await manager.post(f"/documents/{gone.id}/hold", data={"reason": "late"})).status_code == 422
    assert str(gone.id) not in await faults(settings, cast)
    # A row that says so without the trail having said it first is no removal.
    await owner.execute("update documents set state = 'removed', removed_at = $2 where id = $1", young.id, past)
    assert f"{young.id} was released and is kept no more" in await faults(settings, cast)


async def test_a_legal_hold_keeps_row_and_object_until_it_is_lifted(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, case_id: UUID
) -> None:
    document = await handed_in(cast.brandt_submitter.actor, case_id)
    assert document.version_id
    manager, client = await visit(cast.manager), await visit(cast.brandt_submitter)
    url = f"/documents/{document.id}"
    assert (await manager.post(f"{url}/hold", data={"reason": " "})).status_code == 422
    assert (await manager.post(f"{url}/hold", data={"reason": "suit 7 O 12/26"})).status_code == 303
    assert (await manager.post(f"{url}/hold", data={"reason": "again"})).status_code == 422
    await work_off(agency_id=cast.nordkai.id)
    assert (await locks.lock_of(document.object_key, document.version_id)).held
    assert "suit 7 O 12/26" in (await manager.get(url)).text
    page = (await client.get(url)).text
    assert "On legal hold since" in page and "suit 7 O 12/26" not in page and cast.manager.name not in page
    for who in (cast.negotiator, cast.auditor, cast.brandt_admin):
        assert (await (await visit(who)).post(f"{url}/hold/lift", data={"reason": "x"})).status_code == 403
    assert (await manager.post(f"{url}/hold/lift", data={"reason": "settled"})).status_code == 303
    await work_off(agency_id=cast.nordkai.id)
    assert not (await locks.lock_of(document.object_key, document.version_id)).held
    told = await owner.fetch(
        "select e.action, p.value, e.client_id from audit_events e"
        " join audit_personal p on p.event_id = e.id and p.name = 'reason'"
        " where e.subject_id = $1 and e.action like 'document.h%' order by e.id",
        document.id,
    )
    assert [tuple(event) for event in told] == [
        ("document.held", "suit 7 O 12/26", None),
        ("document.hold_lifted", "settled", None),
    ]


async def test_of_a_hold_and_its_end_the_last_word_reaches_the_storage(
    cast: Cast, case_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = cast.manager.actor
    document = await handed_in(cast.brandt_submitter.actor, case_id)
    assert document.version_id
    ids = {"agency_id": str(actor.agency_id), "document_id": str(document.id)}
    tell, lifted, on_its_way = locks.hold, asyncio.Event(), asyncio.Event()

    async def slowly(key: str, version: str, *, on: bool) -> None:
        if on and not lifted.is_set():
            on_its_way.set()
            await lifted.wait()
        await tell(key, version, on=on)

    monkeypatch.setattr(locks, "hold", slowly)
    async with transaction(actor.scope):
        await holding.hold(actor, document.id, "a suit")
    first = asyncio.ensure_future(holding.follow_hold(ids))
    await on_its_way.wait()
    async with transaction(actor.scope):
        await holding.lift(actor, document.id, "settled")
    await holding.follow_hold(ids)
    lifted.set()
    await first
    assert not (await locks.lock_of(document.object_key, document.version_id)).held
