"""Taking cases from the queue: in order, one person at a time."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from cases.casework import CaseFile, load_case
from cases.queues import claim as queue
from cases.queues.claim import LEASE, claim, claim_next, held, release
from cases.situation import refresh
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.people.actor import Actor, system
from portal.tenancy.database import sql, transaction
from tests.cases.casework import MONDAY, placed_case
from tests.people import Cast

WAITING = """
select exists (select from pg_locks where not granted and pg_blocking_pids(pid) <> '{}'
               and pid in (select pid from pg_stat_activity where datname = current_database()))
"""


async def ordered(cast: Cast, *case_ids: object) -> None:
    actor = system(cast.nordkai.id)
    async with transaction(actor.scope):
        await refresh(actor, *case_ids)  # type: ignore[arg-type]


async def test_the_next_case_is_the_one_with_the_highest_score(cast: Cast) -> None:
    with clock.at(MONDAY):
        small = await placed_case(cast.nordkai, cast.brandt, amount_minor=10_000)
        large = await placed_case(cast.nordkai, cast.brandt, amount_minor=5_000_000)
        await ordered(cast, small, large)
        actor = cast.negotiator.actor
        async with transaction(actor.scope):
            assert await claim_next(actor) == large
            assert await held(actor) == large


async def test_a_callback_that_is_due_comes_before_any_score(cast: Cast) -> None:
    with clock.at(MONDAY):
        large = await placed_case(cast.nordkai, cast.brandt, amount_minor=5_000_000)
        callback = await placed_case(cast.nordkai, cast.brandt, amount_minor=100)
        async with transaction(system(cast.nordkai.id).scope):
            await sql(
                "update cases set next_action = 'call_back' where agency_id = $1 and id = $2", cast.nordkai.id, callback
            )
        await ordered(cast, large, callback)
        async with transaction(cast.negotiator.actor.scope):
            assert await claim_next(cast.negotiator.actor) == callback


async def test_people_asking_at_once_never_get_the_same_case(cast: Cast) -> None:
    with clock.at(MONDAY):
        cases = [await placed_case(cast.nordkai, cast.brandt) for _ in range(20)]
        await ordered(cast, *cases)
        actors = [cast.negotiator.actor, cast.second_negotiator.actor, cast.manager.actor, cast.owner.actor]

        async def ask(number: int) -> object:
            actor = actors[number % len(actors)]
            async with transaction(actor.scope):
                return await claim_next(actor)

        # Each person holds one case at a time, so that four at once are given four different ones.
        for _ in range(5):
            got = await asyncio.gather(*(ask(number) for number in range(4)))
            assert len(set(got)) == 4 and None not in got


async def test_a_case_in_anothers_hands_is_refused_with_the_name_and_the_minutes(cast: Cast) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        await ordered(cast, case_id)
        async with transaction(cast.negotiator.actor.scope):
            await claim(cast.negotiator.actor, case_id)
        with pytest.raises(Refused, match="Negotiator has this case for another 15 min"):
            async with transaction(cast.second_negotiator.actor.scope):
                await claim(cast.second_negotiator.actor, case_id)


async def test_two_who_take_over_each_others_case_do_not_block_each_other(
    cast: Cast, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.at(MONDAY):
        cases = [await placed_case(cast.nordkai, cast.brandt) for _ in range(2)]
        await ordered(cast, *cases)
        actors = [cast.manager.actor, cast.owner.actor]
        for actor, case_id in zip(actors, cases, strict=True):
            async with transaction(actor.scope):
                await claim(actor, case_id)
        looking, both = 0, asyncio.Event()

        async def slow(*arguments: Any, **more: Any) -> CaseFile:
            """Whoever looks first goes on once the other has looked as well, or waits for a lock."""
            nonlocal looking
            found = await load_case(*arguments, **more)
            looking += 1
            if looking == 2:
                both.set()
            while not both.is_set() and not await owner.fetchval(WAITING):
                await asyncio.sleep(0)
            return found

        monkeypatch.setattr(queue, "load_case", slow)

        async def take(actor: Actor, case_id: UUID) -> None:
            async with transaction(actor.scope):
                await claim(actor, case_id, steal=True)

        await asyncio.gather(*(take(actor, one) for actor, one in zip(actors, reversed(cases), strict=True)))
        for actor, case_id in zip(actors, reversed(cases), strict=True):
            async with transaction(actor.scope):
                assert await held(actor) == case_id


async def test_a_lease_that_ran_out_frees_the_case(cast: Cast) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        await ordered(cast, case_id)
        async with transaction(cast.negotiator.actor.scope):
            await claim(cast.negotiator.actor, case_id)
    with clock.at(MONDAY + LEASE + timedelta(seconds=1)):
        async with transaction(cast.second_negotiator.actor.scope):
            assert await claim_next(cast.second_negotiator.actor) == case_id


async def test_a_manager_takes_a_case_over_and_a_negotiator_may_not(cast: Cast) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        async with transaction(cast.negotiator.actor.scope):
            await claim(cast.negotiator.actor, case_id)
        with pytest.raises(Forbidden):
            async with transaction(cast.second_negotiator.actor.scope):
                await claim(cast.second_negotiator.actor, case_id, steal=True)
        async with transaction(cast.manager.actor.scope):
            await claim(cast.manager.actor, case_id, steal=True)
            assert await held(cast.manager.actor) == case_id


async def test_a_case_given_to_a_colleague_is_not_offered(cast: Cast) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        async with transaction(system(cast.nordkai.id).scope):
            await sql(
                "update cases set next_action_user_id = $3 where agency_id = $1 and id = $2",
                *(cast.nordkai.id, case_id, cast.second_negotiator.user_id),
            )
        await ordered(cast, case_id)
        async with transaction(cast.negotiator.actor.scope):
            assert await claim_next(cast.negotiator.actor) is None


async def test_a_case_whose_action_lies_on_a_later_day_waits_for_that_day(cast: Cast) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt, next_at=MONDAY + timedelta(days=3))
        await ordered(cast, case_id)
        async with transaction(cast.negotiator.actor.scope):
            assert await claim_next(cast.negotiator.actor) is None
    with clock.at(MONDAY + timedelta(days=3)):
        await ordered(cast, case_id)
        async with transaction(cast.negotiator.actor.scope):
            assert await claim_next(cast.negotiator.actor) == case_id


async def test_released_means_free_for_the_next(cast: Cast) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        await ordered(cast, case_id)
        async with transaction(cast.negotiator.actor.scope):
            await claim_next(cast.negotiator.actor)
            await release(cast.negotiator.actor)
        async with transaction(cast.second_negotiator.actor.scope):
            assert await claim_next(cast.second_negotiator.actor) == case_id


@pytest.mark.parametrize("who", ["finance", "auditor", "brandt_admin", "brandt_viewer"])
async def test_only_those_who_work_cases_claim_them(cast: Cast, who: str) -> None:
    actor = getattr(cast, who).actor
    with pytest.raises(Forbidden):
        async with transaction(actor.scope):
            await claim_next(actor)


async def test_another_agencys_case_cannot_be_claimed(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    with pytest.raises(NotFound):
        async with transaction(cast.huadong_negotiator.actor.scope):
            await claim(cast.huadong_negotiator.actor, case_id)
