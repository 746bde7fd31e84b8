import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from portal import clock
from portal.audit.heads import Head, anchor, read_heads
from portal.audit.prove import Proof, prove
from portal.audit.record import record
from portal.audit.seal import seal, seal_all
from portal.identity import new_id
from portal.people.actor import system
from portal.storage import store
from portal.tenancy.database import NOBODY, Scope, as_job, sql, sql_value, transaction
from tests.people import Cast, Person

DAY = datetime(2026, 11, 24, 9, tzinfo=UTC)


async def tell(person: Person, number: int = 1, **more: object) -> list[UUID]:
    """Write some events."""
    async with transaction(person.actor.scope):
        return [
            await record(person.actor, "promise.made", "case", new_id(), facts={"n": n}, **more)  # type: ignore[arg-type]
            for n in range(number)
        ]


async def proof_of(agency_id: UUID, heads: list[Head] | None = None) -> Proof:
    async with transaction(as_job(agency_id), read_only=True):
        return await prove(agency_id, heads or [])


def told(proof: Proof) -> str:
    return " ".join(str(flaw.text) for flaw in proof.flaws)


async def three_seals(cast: Cast) -> list[UUID]:
    """Three seals over two events each."""
    events = []
    for _ in range(3):
        events += await tell(cast.negotiator, 2)
        await seal(cast.nordkai.id)
    return events


async def test_events_are_sealed_in_a_gapless_chain(cast: Cast) -> None:
    events = await three_seals(cast)
    async with transaction(as_job(cast.nordkai.id)):
        seals = await sql("select * from audit_seals order by sequence")
    assert [row["sequence"] for row in seals] == [1, 2, 3]
    assert [one for row in seals for one in row["subject_ids"]] == events
    assert [row["previous_hash"] for row in seals] == [bytes(32), seals[0]["hash"], seals[1]["hash"]]
    proof = await proof_of(cast.nordkai.id)
    assert (proof.ok, proof.seals, proof.covered, proof.waiting) == (True, 3, 6, 0)
    assert proof.head == seals[-1]["hash"].hex()


async def test_each_agency_has_its_own_chain(cast: Cast) -> None:
    await tell(cast.negotiator, 3)
    await tell(cast.huadong_negotiator, 2)
    assert await seal_all() >= 5
    assert (await proof_of(cast.nordkai.id)).covered == 3
    assert (await proof_of(cast.huadong.id)).covered == 2


async def test_an_event_that_was_rolled_back_is_not_sealed(cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction(cast.negotiator.actor.scope):
            await record(cast.negotiator.actor, "promise.made", "case", new_id())
            raise ZeroDivisionError
    assert await seal(cast.nordkai.id) == 0


async def test_an_event_that_commits_late_is_sealed_late_and_not_lost(cast: Cast) -> None:
    hold = asyncio.Event()

    async def slowly() -> None:
        async with transaction(cast.negotiator.actor.scope):
            await record(cast.negotiator.actor, "promise.made", "case", new_id())
            await hold.wait()

    slow = asyncio.create_task(slowly())
    await asyncio.sleep(0.05)
    await tell(cast.negotiator, 2)
    assert await seal(cast.nordkai.id) == 2
    hold.set()
    await slow
    assert await seal(cast.nordkai.id) == 1
    assert (await proof_of(cast.nordkai.id)).ok


async def test_two_sealers_make_one_chain(cast: Cast) -> None:
    for _ in range(5):
        await tell(cast.negotiator, 4)
        await asyncio.gather(*(seal(cast.nordkai.id) for _ in range(4)))
    await seal(cast.nordkai.id)
    proof = await proof_of(cast.nordkai.id)
    assert (proof.ok, proof.covered) == (True, 20)


async def test_a_long_inbox_is_sealed_in_several_seals(cast: Cast) -> None:
    async with transaction(cast.negotiator.actor.scope):
        for _ in range(1100):
            await record(cast.negotiator.actor, "note.written", "case", new_id())
    assert await seal(cast.nordkai.id) == 1100
    assert (await proof_of(cast.nordkai.id)).seals == 3


@pytest.mark.parametrize(
    "change",
    [
        "facts = '{\"n\": 9}'",
        "before = '{\"a\": 1}'",
        "after = '{\"a\": 1}'",
        "at = at + interval '1 microsecond'",
        "actor_name = 'Somebody Else'",
        "actor_id = null",
        "action = 'promise.kept'",
        "subject_id = null",
        "client_id = null",
        "request_id = gen_random_uuid()",
    ],
)
async def test_a_changed_event_is_found_with_its_place(cast: Cast, owner: asyncpg.Connection, change: str) -> None:
    await tell(cast.brandt_admin, 2)
    await seal(cast.nordkai.id)
    [_, second] = await tell(cast.brandt_admin, 2)
    await seal(cast.nordkai.id)
    await owner.execute(f"update audit_events set {change} where id = $1", second)
    proof = await proof_of(cast.nordkai.id)
    assert [flaw.sequence for flaw in proof.flaws] == [2]
    assert told(proof) == f"Event {second} was changed after seal 2 covered it (place 2)."


async def test_a_removed_event_is_found(cast: Cast, owner: asyncpg.Connection) -> None:
    events = await three_seals(cast)
    await owner.execute("delete from audit_events where id = $1", events[2])
    assert told(await proof_of(cast.nordkai.id)) == f"Event {events[2]} is missing; seal 2 covers it (place 1)."


async def test_an_event_slipped_in_is_found(cast: Cast, owner: asyncpg.Connection) -> None:
    await three_seals(cast)
    [event] = await tell(cast.negotiator)
    await owner.execute("delete from audit_unsealed where subject_id = $1", event)
    assert f"Event {event}" in told(await proof_of(cast.nordkai.id))
    assert "is under no seal" in told(await proof_of(cast.nordkai.id))


@pytest.mark.parametrize(
    ("sabotage", "words"),
    [
        (
            "update audit_seals set sealed_at = sealed_at + interval '1 s' where agency_id = $1 and sequence = 2",
            "Seal 2 was changed",
        ),
        ("update audit_seals set digests[1] = digests[2] where agency_id = $1 and sequence = 2", "Seal 2 was changed"),
        (
            "update audit_seals set subject_ids = array[subject_ids[2], subject_ids[1]],"
            " digests = array[digests[2], digests[1]] where agency_id = $1 and sequence = 2",
            "Seal 2 was changed",
        ),
        ("delete from audit_seals where agency_id = $1 and sequence = 2", "seals from 2 to 2 are missing"),
        ("delete from audit_seals where agency_id = $1 and sequence = 1", "seals from 1 to 1 are missing"),
        (
            "update audit_seals set sequence = case sequence when 2 then 30 else 20 end"
            " where agency_id = $1 and sequence in (2, 3)",
            "are missing",
        ),
        ("update audit_seals set hash = sha256(hash) where agency_id = $1 and sequence = 2", "Seal 3 does not follow"),
    ],
)
async def test_a_meddled_chain_is_found(cast: Cast, owner: asyncpg.Connection, sabotage: str, words: str) -> None:
    await three_seals(cast)
    await owner.execute(sabotage, cast.nordkai.id)
    assert words in told(await proof_of(cast.nordkai.id))


async def test_a_chain_that_was_made_anew_differs_from_the_head_put_away(cast: Cast, owner: asyncpg.Connection) -> None:
    events = await three_seals(cast)
    head = await anchor(cast.nordkai.id)
    assert head is not None
    assert head.sequence == 3
    heads = await read_heads(cast.nordkai.id)
    assert (await proof_of(cast.nordkai.id, heads)).ok
    # Somebody with every right over the database changes an event and seals everything again.
    await owner.execute("update audit_events set actor_name = 'Somebody Else' where id = $1", events[0])
    await owner.execute("delete from audit_seals where agency_id = $1", cast.nordkai.id)
    await owner.execute(
        "insert into audit_unsealed (agency_id, kind, subject_id, at) select agency_id, 'event', id, at"
        " from audit_events where agency_id = $1 and id <> all (select subject_id from audit_unsealed) order by id",
        cast.nordkai.id,
    )
    await seal(cast.nordkai.id)
    assert (await proof_of(cast.nordkai.id)).ok
    assert "put away" in told(await proof_of(cast.nordkai.id, heads))


async def test_a_tail_that_was_cut_off_shows(cast: Cast, owner: asyncpg.Connection) -> None:
    await three_seals(cast)
    await anchor(cast.nordkai.id)
    await owner.execute(
        "delete from audit_events where id in (select unnest(subject_ids) from audit_seals where agency_id = $1 and sequence = 3)",
        cast.nordkai.id,
    )
    await owner.execute("delete from audit_seals where agency_id = $1 and sequence = 3", cast.nordkai.id)
    assert (await proof_of(cast.nordkai.id)).ok
    proof = await proof_of(cast.nordkai.id, await read_heads(cast.nordkai.id))
    assert told(proof) == "The chain ends at seal 2, but seal 3 was put away."


async def test_a_head_is_put_away_once_a_day_under_a_lock(cast: Cast) -> None:
    await three_seals(cast)
    with clock.at(DAY):
        assert await anchor(cast.nordkai.id) is not None
        assert await anchor(cast.nordkai.id) is None
    with clock.at(DAY + timedelta(days=1)):
        assert await anchor(cast.nordkai.id) is not None
    stored = [one async for one in store.versions(f"{cast.nordkai.id}/audit/")]
    assert [one.key[-15:] for one in stored] == ["2026-11-24.json", "2026-11-25.json"]
    for one in stored:
        with pytest.raises(store.StoreAway):
            await store.remove(one.key, one.version)


async def test_a_head_written_over_later_does_not_count(cast: Cast) -> None:
    await three_seals(cast)
    head = await anchor(cast.nordkai.id)
    assert head is not None
    [kept] = [one async for one in store.versions(f"{cast.nordkai.id}/audit/heads/")]
    false = {"agency": str(cast.nordkai.id), "sequence": 3, "hash": "00" * 32, "at": head.at}
    await store.put(kept.key, json.dumps(false).encode(), "application/json")
    assert "Two different heads" in told(await proof_of(cast.nordkai.id, await read_heads(cast.nordkai.id)))


async def test_what_waits_too_long_for_a_seal_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    await tell(cast.negotiator)
    proof = await proof_of(cast.nordkai.id)
    assert (proof.ok, proof.waiting) == (True, 1)
    with clock.at(datetime(2031, 1, 1, tzinfo=UTC)):
        assert (await proof_of(cast.nordkai.id)).ok
    monkeypatch.setattr("portal.audit.prove.OVERDUE_SECONDS", 0.0)
    assert "1 entries have waited" in told(await proof_of(cast.nordkai.id))


async def test_personal_values_stand_apart_and_are_proved_while_they_remain(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    [event] = await tell(cast.negotiator, personal={"name": "Jürgen Groß"})
    await seal(cast.nordkai.id)
    facts = await owner.fetchval("select facts::text from audit_events where id = $1", event)
    assert "Jürgen" not in facts
    assert (await proof_of(cast.nordkai.id)).ok
    await owner.execute("update audit_personal set value = 'Jürgen Klein' where event_id = $1", event)
    assert "personal value name" in told(await proof_of(cast.nordkai.id))
    # Erasing it leaves the chain whole.
    await owner.execute("update audit_personal set value = null where event_id = $1", event)
    assert (await proof_of(cast.nordkai.id)).ok
    await owner.execute("delete from audit_personal where event_id = $1", event)
    assert (await proof_of(cast.nordkai.id)).ok


async def test_an_event_slipped_under_a_seal_without_a_digest_is_found(cast: Cast, owner: asyncpg.Connection) -> None:
    """The hash of a seal covers its digests: what is listed beyond them would be covered by nothing."""
    await three_seals(cast)
    (forged,) = await tell(cast.negotiator)
    await owner.execute("delete from audit_unsealed where subject_id = $1", forged)
    await owner.execute(
        "update audit_seals set kinds = kinds || 'event'::text, subject_ids = subject_ids || $2::uuid"
        " where agency_id = $1 and sequence = 3",
        *(cast.nordkai.id, forged),
    )
    assert "Seal 3 was changed." in told(await proof_of(cast.nordkai.id))


@pytest.mark.parametrize(
    "statement",
    [
        "insert into audit_seals (id, agency_id, sequence, sealed_at, kinds, subject_ids, digests, previous_hash, hash)"
        " values (uuidv7(), $1, 1, now(), '{}', '{}', '{}', '', '')",
        "update audit_seals set hash = '' where agency_id = $1",
        "delete from audit_seals where agency_id = $1",
        "update audit_events set action = '' where agency_id = $1",
        "delete from audit_events where agency_id = $1",
        "delete from audit_unsealed where agency_id = $1",
        "insert into audit_unsealed (agency_id, kind, subject_id, at) values ($1, 'event', uuidv7(), now())",
    ],
)
async def test_the_application_cannot_rewrite_the_trail(cast: Cast, statement: str) -> None:
    for scope in (as_job(cast.nordkai.id), cast.owner.actor.scope):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(scope):
                await sql(statement, cast.nordkai.id)


@pytest.mark.parametrize("kind", ["staff", "client", "debtor", ""])
async def test_only_a_job_seals(cast: Cast, kind: str) -> None:
    scope = NOBODY if not kind else Scope(kind, cast.nordkai.id, cast.brandt.id, new_id(), new_id())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(scope):
            await sql_value("select seal_trail(now())")


async def test_the_system_leaves_a_trail_too(cast: Cast) -> None:
    async with transaction(as_job(cast.nordkai.id)):
        await record(system(cast.nordkai.id), "promise.broken", "case", new_id())
    await seal(cast.nordkai.id)
    assert (await proof_of(cast.nordkai.id)).ok
