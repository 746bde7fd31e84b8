"""The world that histories happen in: two clients' cases in three currencies, everybody who may touch their money, and a day
that goes on."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol, TypeVar
from uuid import UUID

import asyncpg
from hypothesis import strategies as st

from billing.bank.accounts import OwnAccount
from billing.fees.agreements import agree, flat
from cases.plans.follow import judge_due
from portal import clock
from portal.errors import Forbidden, Refused
from portal.ledger.tables import Component
from portal.people.actor import Actor, system
from portal.tenancy.database import sql, transaction
from tests.billing.bank.statements import opened
from tests.billing.money import NOON
from tests.cases.casework import placed_case
from tests.people import Cast, found

CLAIMS = (("brandt", "GBP", 90_000), ("lanting", "GBP", 500), ("brandt", "JPY", 7), ("lanting", "KWD", 123_456))
"""Client, currency and amount of each case; a yen has no decimals, a dinar three."""
ABROAD = "JPY>GBP,KWD>GBP"
"""What is paid out in another currency than it was collected in, where a client's terms say so."""
PORTAL = "portal"
"""Who acts where nobody does: the processor's word is booked by the portal itself."""
BANKS = {
    "trust": {"iban": "GB29NWBK60161331926819"},
    "second": {"iban": "GB94BARC10201530093459"},
    "operating": {"iban": "GB33BUKB20201555555555", "book": "operating"},
}
"""The accounts in pounds; money in other currencies is on accounts that nobody entered."""


class Act(Protocol):
    """Something that somebody does, in a transaction of its own."""

    @property
    def who(self) -> str:
        """The name of a person of the cast, or `PORTAL`."""

    async def do(self, world: World, actor: Actor) -> None:
        """Do it; what the rules refuse is refused."""


@dataclass(frozen=True)
class AtOnce:
    """Several people at the same moment."""

    acts: list[Act]


@dataclass(frozen=True)
class Passed:
    """Days went by, and what was agreed was judged when the last one began."""

    number: int


Step = Act | AtOnce | Passed


T = TypeVar("T")


def any_of(*some: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """One of them, each as likely as the others; `hypothesis.strategies.one_of` counts the branches of each instead."""
    return st.sampled_from(some).flatmap(lambda one: one)


@dataclass
class World:
    """Where a history stands."""

    cast: Cast
    secret_key: str
    cases: list[UUID] = field(default_factory=list)
    banks: dict[str, OwnAccount] = field(default_factory=dict)
    now: datetime = NOON
    moved: list[tuple[int, str, int]] = field(default_factory=list)
    """Account, currency and minor units of what banks and the agency did that no register of the product tells of."""
    lines: int = 0
    """How many lines banks told of: no two say the same."""
    told: dict[str, int] = field(default_factory=dict)
    """What the processor said first of each of its refunds and chargebacks: it does not say otherwise later. Minor units."""
    posted: dict[UUID, str] = field(default_factory=dict)
    """Journals as they were when they were seen first."""

    @property
    def agency_id(self) -> UUID:
        """The agency that all of it happens in."""
        return self.cast.nordkai.id

    @property
    def today(self) -> date:
        """The day that it is."""
        return self.now.date()

    def ago(self, days: int) -> date:
        """A day some days ago."""
        return (self.now - timedelta(days=days)).date()

    async def ids(self, query: str, *more: object) -> list[UUID]:
        """The ids that a query of the agency finds."""
        return [row["id"] for row in await sql(query, self.agency_id, *more)]

    async def one_of(self, which: int, query: str, *more: object) -> UUID | None:
        """One of them, where there are any."""
        known = await self.ids(query, *more)
        return known[which % len(known)] if known else None


async def begin(owner_pool: asyncpg.Pool, secret_key: str) -> World:
    """A new world: claims placed, fees agreed, accounts at the bank."""
    async with owner_pool.acquire() as connection:
        cast = await found(connection)
        await connection.execute(
            "update remittance_terms set payout_currencies = $2, exchange_gain = 'agency' where client_id = $1",
            *(cast.brandt.id, ABROAD),
        )
    world = World(cast, secret_key)
    for client, currency, amount in CLAIMS:
        of = getattr(cast, client)
        world.cases.append(await placed_case(cast.nordkai, of, currency=currency, amount_minor=amount))
    with clock.at(world.now - timedelta(days=30)):
        for name, given in BANKS.items():
            world.banks[name] = await opened(cast.finance, name, currency="GBP", **given)
        async with transaction(cast.owner.actor.scope):
            for client in (cast.brandt, cast.lanting):
                rule = flat(Decimal("0.25"), tuple(Component))
                await agree(cast.owner.actor, client.id, [rule], date(2026, 10, 1))
    return world


async def go(world: World, step: Step) -> None:
    """One step of a history."""
    if isinstance(step, Passed):
        world.now += timedelta(days=step.number)
        with clock.at(world.now):
            await judge_due({"agency_id": str(world.agency_id)})
        return
    with clock.at(world.now):
        if isinstance(step, AtOnce):
            tasks = [asyncio.create_task(act(world, one), context=copy_context()) for one in step.acts]
            await asyncio.gather(*tasks)
        else:
            await act(world, step)


async def act(world: World, one: Act) -> None:
    """Do it; what the rules refuse leaves nothing behind."""
    actor = system(world.agency_id) if one.who == PORTAL else getattr(world.cast, one.who).actor
    before = list(world.moved)
    try:
        async with transaction(actor.scope):
            await one.do(world, actor)
    except (Refused, Forbidden):
        world.moved = before
