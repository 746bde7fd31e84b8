from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from portal import clock
from portal.identity import new_id
from portal.jobs import enqueue, work_off
from portal.jobs.work import UnknownJob
from portal.tenancy.database import NOBODY, OutsideTransaction, Scope, as_job, sql_value, transaction
from tests.people import Cast
from tests.portal.jobs.conftest import Seen


class ChangedMind(Exception):
    pass


async def put(name: str, **more: object) -> int | None:
    async with transaction(NOBODY):
        return await enqueue(name, {"id": "1"}, **more)  # type: ignore[arg-type]


async def test_a_job_is_done_with_the_ids_it_was_given(named: Callable[..., Seen], cast: Cast) -> None:
    seen = named()
    async with transaction(cast.negotiator.actor.scope):
        await enqueue(seen.name, {"agency_id": cast.nordkai.id, "case_id": "7"})
    assert await work_off() == 1
    assert seen == [{"agency_id": str(cast.nordkai.id), "case_id": "7"}]


async def test_a_rollback_takes_the_job_back(named: Callable[..., Seen]) -> None:
    seen = named()
    with pytest.raises(ChangedMind):
        async with transaction(NOBODY):
            await enqueue(seen.name, {})
            raise ChangedMind
    assert await work_off() == 0
    assert seen == []


async def test_a_client_and_a_debtor_may_cause_jobs(named: Callable[..., Seen], cast: Cast) -> None:
    seen = named()
    for scope in (cast.brandt_viewer.actor.scope, Scope("debtor", cast.nordkai.id, case_id=new_id())):
        async with transaction(scope):
            await enqueue(seen.name, {})
    assert await work_off() == 2


async def test_nothing_is_enqueued_outside_a_transaction() -> None:
    with pytest.raises(OutsideTransaction):
        await enqueue("anything", {})


async def test_equal_jobs_do_not_queue_up(named: Callable[..., Seen]) -> None:
    seen = named()
    assert await put(seen.name, dedupe="same") is not None
    assert await put(seen.name, dedupe="same") is None
    assert await put(seen.name, dedupe="other") is not None
    assert await work_off() == 2


async def test_a_change_made_while_an_equal_job_runs_gets_a_job_of_its_own(named: Callable[..., Seen]) -> None:
    async def change_once(_: Mapping[str, str]) -> None:
        if len(seen) == 1:
            assert await put(seen.name, dedupe="same") is not None

    seen = named(change_once)
    await put(seen.name, dedupe="same")
    assert await work_off() == 2


async def test_the_urgent_goes_first_and_then_the_oldest(named: Callable[..., Seen]) -> None:
    seen = named()
    async with transaction(NOBODY):
        await enqueue(seen.name, {"n": "first"})
        await enqueue(seen.name, {"n": "second"})
        await enqueue(seen.name, {"n": "urgent"}, priority=5)
    await work_off()
    assert [payload["n"] for payload in seen] == ["urgent", "first", "second"]


async def test_a_job_for_later_waits_for_the_portals_clock(named: Callable[..., Seen]) -> None:
    seen = named()
    for noon in (datetime(2013, 5, 1, 12, tzinfo=UTC), datetime(2044, 5, 1, 12, tzinfo=UTC)):
        with clock.at(noon):
            await put(seen.name, after=timedelta(hours=2))
            assert await work_off() == 0
        with clock.at(noon + timedelta(hours=1, minutes=59)):
            assert await work_off() == 0
        with clock.at(noon + timedelta(hours=2, seconds=1)):
            assert await work_off() == 1


async def test_jobs_that_jobs_enqueue_are_done_as_well(named: Callable[..., Seen]) -> None:
    async def two_more(payload: Mapping[str, str]) -> None:
        if payload["id"] == "1":
            async with transaction(NOBODY):
                await enqueue(seen.name, {"id": "2"})
                await enqueue(seen.name, {"id": "3"})

    seen = named(two_more)
    await put(seen.name)
    assert await work_off() == 3


async def test_one_agencys_jobs_can_be_done_alone(named: Callable[..., Seen], cast: Cast) -> None:
    seen = named()
    async with transaction(NOBODY):
        for agency in (cast.nordkai, cast.huadong):
            await enqueue(seen.name, {"agency_id": agency.id})
    assert await work_off(agency_id=cast.huadong.id) == 1
    assert seen == [{"agency_id": str(cast.huadong.id)}]


async def test_a_job_that_nobody_can_do_is_told(named: Callable[..., Seen]) -> None:
    await put("nobody.knows")
    with pytest.raises(UnknownJob, match=r"nobody\.knows"):
        await work_off()


async def test_a_handler_enters_the_agencys_own_transaction(named: Callable[..., Seen], cast: Cast) -> None:
    async def count(payload: Mapping[str, str]) -> None:
        async with transaction(as_job(UUID(payload["agency_id"]))):
            assert await sql_value("select count(*) from clients") == 1

    seen = named(count)
    async with transaction(cast.negotiator.actor.scope):
        await enqueue(seen.name, {"agency_id": cast.huadong.id})
    await work_off()
