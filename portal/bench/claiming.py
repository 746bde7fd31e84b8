"""Twenty negotiators who take the next case at once, beside one raw statement that skips what is locked."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import perf_counter
from uuid import UUID

import asyncpg

from cases.queues.claim import LEASE, SOON, claim_next
from portal import clock
from portal.bench.figure import Figure, at_least
from portal.bench.pace import Pace
from portal.bench.world import World
from portal.people.actor import Actor
from portal.tenancy.database import DB, transaction

GOAL = 1 / 4

# Gives back what one holds and takes the next: the work of a claim, and nothing that a person would miss.
RAW = """
with following as materialized (
    select id from cases
    where agency_id = $1 and status <> 'closed' and band < 6 and next_action_at <= $3
      and (claimed_until is null or claimed_until < $4)
    order by band, rank, id limit 1 for no key update skip locked
), given_back as (
    update cases set claimed_by = null, claimed_until = null where agency_id = $1 and claimed_by = $2
)
update cases set claimed_by = $2, claimed_until = $5 from following
where cases.agency_id = $1 and cases.id = following.id returning cases.id
"""
LET_GO = "update cases set claimed_by = null, claimed_until = null where agency_id = $1 and claimed_by is not null"

Take = Callable[[int], Awaitable[UUID | None]]


class ClaimedTwice(Exception):
    """Two negotiators were given one case at the same time."""


async def measure(app_url: str, owner_url: str, world: World, pace: Pace) -> Figure:
    """The figure ``claim``.

    Raises:
        ClaimedTwice: a case was in two hands.
    """
    people = world.negotiators
    await DB.open(app_url, pool_size=len(people))
    bare = [await asyncpg.connect(owner_url) for _ in people]
    try:
        for connection in bare:
            await connection.execute("set role portal_definer")
        ours, other = [], []
        for _ in range(pace.rounds):
            ours.append(await _rate(lambda number: _claim(people[number]), len(people), pace.seconds))
            await bare[0].execute(LET_GO, world.agency.id)
            other.append(await _rate(lambda number: _raw(bare[number], people[number]), len(people), pace.seconds))
            await bare[0].execute(LET_GO, world.agency.id)
    finally:
        for connection in bare:
            await connection.close()
        await DB.close()
    return at_least("claim", ours, other, "claims/s", GOAL, f"{len(people)} negotiators at once; no case in two hands")


async def _claim(actor: Actor) -> UUID | None:
    async with transaction(actor.scope):
        return await claim_next(actor)


async def _raw(connection: asyncpg.Connection, actor: Actor) -> UUID | None:
    now: datetime = clock.now()
    case_id: UUID | None = await connection.fetchval(RAW, actor.agency_id, actor.user_id, now + SOON, now, now + LEASE)
    return case_id


async def _rate(take: Take, people: int, seconds: float) -> float:
    """Claims a second; each gives back the case before it, which then may go to another."""
    in_hand: dict[UUID, int] = {}
    until = perf_counter() + seconds
    taken = 0

    async def one(number: int) -> None:
        nonlocal taken
        mine: UUID | None = None
        while perf_counter() < until:
            # Given back somewhere within the next claim: from here on nobody may rely on it.
            if mine is not None:
                del in_hand[mine]
            mine = await take(number)
            if mine is None:
                continue
            if mine in in_hand:
                raise ClaimedTwice(str(mine))
            in_hand[mine] = number
            taken += 1

    began = perf_counter()
    await asyncio.gather(*(one(number) for number in range(people)))
    return taken / (perf_counter() - began)
