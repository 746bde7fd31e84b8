from datetime import UTC, datetime

import asyncpg
import pytest

from portal import clock
from portal.audit import checking
from portal.audit.record import record
from portal.audit.seal import seal
from portal.identity import new_id
from portal.jobs import work_off
from portal.tenancy.database import transaction
from tests.people import Cast, Person, Visit

READERS = ("owner", "manager", "auditor")
OTHERS = ("negotiator", "finance", "brandt_admin", "brandt_viewer")


async def tell(person: Person, action: str, number: int = 1, **more: object) -> list[str]:
    async with transaction(person.actor.scope):
        return [
            str(await record(person.actor, action, "case", new_id(), facts={"n": n}, **more))  # type: ignore[arg-type]
            for n in range(number)
        ]


@pytest.mark.parametrize("name", READERS)
async def test_owner_manager_and_auditor_read_the_trail(cast: Cast, visit: Visit, name: str) -> None:
    [event] = await tell(cast.negotiator, "promise.made", before={"a": "1"}, after={"a": "2"})
    client = await visit(getattr(cast, name))
    page = await client.get("/audit")
    assert page.status_code == 200
    assert event in page.text
    assert (await client.get(f"/audit/{event}")).status_code == 200


@pytest.mark.parametrize("name", OTHERS)
async def test_nobody_else_does(cast: Cast, visit: Visit, name: str) -> None:
    [event] = await tell(cast.negotiator, "promise.made")
    client = await visit(getattr(cast, name))
    assert (await client.get("/audit")).status_code == 403
    assert (await client.get(f"/audit/{event}")).status_code == 403
    assert (await client.post("/audit/check")).status_code == 403


async def test_another_agencys_event_does_not_exist(cast: Cast, visit: Visit) -> None:
    [event] = await tell(cast.huadong_owner, "promise.made")
    client = await visit(cast.auditor)
    assert (await client.get(f"/audit/{event}")).status_code == 404
    assert (await client.get(f"/audit/{new_id()}")).status_code == 404
    assert event not in (await client.get("/audit")).text


async def test_the_trail_is_narrowed_by_person_action_subject_and_day(cast: Cast, visit: Visit) -> None:
    with clock.at(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        [promise] = await tell(cast.negotiator, "promise.made")
    with clock.at(datetime(2026, 3, 2, 12, tzinfo=UTC)):
        [call] = await tell(cast.manager, "call.logged")
    client = await visit(cast.auditor)

    async def shown(**query: str) -> set[str]:
        text = (await client.get("/audit", params=query)).text
        return {event for event in (promise, call) if f"/audit/{event}" in text}

    assert await shown() == {promise, call}
    assert await shown(actor=str(cast.manager.user_id)) == {call}
    assert await shown(action="promise.made") == {promise}
    assert await shown(since="2026-03-02") == {call}
    assert await shown(until="2026-03-01") == {promise}
    assert await shown(since="2026-03-01", until="2026-03-02", kind="case") == {promise, call}
    assert await shown(subject=str(new_id())) == set()
    assert await shown(actor="system") == set()


@pytest.mark.parametrize("query", ["since=yesterday", "subject=nothing", "until=2026-02-30"])
async def test_a_filter_that_cannot_be_read_is_told(cast: Cast, visit: Visit, query: str) -> None:
    client = await visit(cast.auditor)
    assert (await client.get(f"/audit?{query}")).status_code == 422


@pytest.mark.parametrize(
    "place", ["x", "~", "2026-01-01~x", "2026-01-01T00:00:00~0190b6c4-0000-7000-8000-000000000000"]
)
async def test_a_place_that_cannot_be_read_is_the_beginning(cast: Cast, visit: Visit, place: str) -> None:
    client = await visit(cast.auditor)
    assert (await client.get("/audit", params={"before": place})).status_code == 200


async def test_the_trail_is_read_page_by_page_without_gap(cast: Cast, visit: Visit) -> None:
    with clock.at(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        events = await tell(cast.negotiator, "promise.made", 120)
    client = await visit(cast.auditor)
    seen: list[str] = []
    url = "/audit?action=promise.made"
    for _ in range(3):
        text = (await client.get(url)).text
        seen += [event for event in events if f"/audit/{event}" in text]
        url = text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert sorted(seen) == sorted(events)
    assert url == ""


async def test_an_event_shows_its_facts_what_changed_and_its_seal(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    [event] = await tell(
        cast.negotiator,
        "debtor.represented",
        before={"city": "Kiel"},
        after={"city": "Husum"},
        personal={"name": "Jürgen Groß"},
    )
    client = await visit(cast.auditor)
    page = (await client.get(f"/audit/{event}")).text
    for words in ("Kiel", "Husum", "Jürgen Groß", "waits for its seal"):
        assert words in page
    await seal(cast.nordkai.id)
    await owner.execute("update audit_personal set value = null where event_id = $1", event)
    page = (await client.get(f"/audit/{event}")).text
    assert "seal 1" in page
    assert "Jürgen" not in page
    assert "erased" in page


async def test_the_chain_is_checked_from_the_page(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> None:
    [event] = await tell(cast.negotiator, "promise.made")
    await seal(cast.nordkai.id)
    client = await visit(cast.auditor)
    assert "has not been checked yet" in (await client.get("/audit")).text
    assert (await client.post("/audit/check")).status_code == 303
    assert "Everything was as it was written: 1 entries under 1 seals" in (await client.get("/audit")).text
    await owner.execute("update audit_events set actor_name = 'Nobody' where id = $1", event)
    await client.post("/audit/check")
    page = (await client.get("/audit")).text
    assert "1 thing is not as it was written" in page
    assert f"Event {event} was changed after seal 1 covered it (place 1)." in page


async def test_a_long_chain_is_checked_by_a_job(cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    await tell(cast.negotiator, "promise.made", 3)
    await seal(cast.nordkai.id)
    monkeypatch.setattr(checking, "AT_ONCE", 2)
    client = await visit(cast.auditor)
    await client.post("/audit/check")
    assert "has not been checked yet" in (await client.get("/audit")).text
    assert await work_off(agency_id=cast.nordkai.id) == 1
    assert "3 entries under 1 seals" in (await client.get("/audit")).text
