"""Time that is passed in."""

import asyncio
from datetime import UTC, datetime, timedelta

from portal import clock

NOON = datetime(2013, 5, 1, 12, tzinfo=UTC)


async def test_blocks_that_end_in_another_order_than_they_began_leave_the_real_clock() -> None:
    async def held(moment: datetime, until: float) -> datetime:
        with clock.at(moment):
            await asyncio.sleep(until)
            return clock.now()

    moments = [NOON, NOON + timedelta(hours=1), NOON]
    assert await asyncio.gather(*map(held, moments, (0.02, 0.04, 0.03))) == moments
    assert datetime.now(UTC) - clock.now() < timedelta(seconds=1)


async def test_a_task_that_began_before_sees_the_moment_that_is_held() -> None:
    asked, answered = asyncio.Event(), asyncio.Event()
    seen: list[datetime] = []

    async def server() -> None:
        await asked.wait()
        seen.append(clock.now())
        answered.set()

    running = asyncio.create_task(server())
    await asyncio.sleep(0)
    with clock.at(NOON):
        asked.set()
        await answered.wait()
    await running
    assert seen == [NOON]
