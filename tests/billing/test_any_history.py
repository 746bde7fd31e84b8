"""Whatever people do to the money, one after the other or at once: the books prove, and nothing is lost or doubled."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from portal import clock
from portal.check import PROOFS
from portal.ledger.accounts import CHART
from portal.settings import Settings
from portal.storage import store
from portal.tenancy.database import as_job, sql, transaction
from tests.billing.books.ledgers import differences
from tests.billing.history import bank, claims, passing_on, payments, processor
from tests.billing.history.everything import STEPS
from tests.billing.history.invariants import hold
from tests.billing.history.registers import agree
from tests.billing.history.world import Act, AtOnce, Passed, Step, World, any_of, begin, go
from tests.billing.money import NOON, wrong
from tests.billing.openings.opening import opened, piece

FAMILIES = (payments, payments, processor, passing_on, bank, claims)
acts: st.SearchStrategy[Act] = any_of(*(any_of(*family.ACTS) for family in FAMILIES))


def alone(act: Act) -> list[Step]:
    return [act]


def at_once(some: list[Act]) -> list[Step]:
    return [AtOnce(some)]


def passed(days: int) -> list[Step]:
    return [Passed(days)]


ways = any_of(*payments.WAYS, *passing_on.WAYS)
steps: st.SearchStrategy[list[Step]] = any_of(
    *[acts.map(alone)] * 5,
    st.integers(1, 12).map(passed),
    st.lists(acts, min_size=2, max_size=4).map(at_once),
    *[ways] * 2,
)
begun: st.SearchStrategy[list[list[Step]]] = st.lists(payments.paid.map(alone), min_size=2, max_size=4)
"""No history without money."""


async def prove(world: World) -> None:
    """What `portal verify` proves of the money, in the ledger and by the packages above it; and beancount adds up the same."""
    assert await wrong(world.agency_id) == []
    with clock.at(world.now):
        async with transaction(as_job(world.agency_id), read_only=True):
            found = {one.name: (await one.prove(world.agency_id))[1] for one in PROOFS}
    assert {name: faults for name, faults in found.items() if faults} == {}
    began, middle, ended = world.ago(0) - timedelta(days=90), NOON.date(), world.today
    for since in (min(began, middle - timedelta(days=60)), middle):
        assert await differences(world.agency_id, since, ended) == []


@examples(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(first=begun, then=st.lists(steps, min_size=6, max_size=14))
async def test_after_any_history_the_books_are_what_payments_and_statements_say(
    owner_pool: asyncpg.Pool, settings: Settings, first: list[list[Step]], then: list[list[Step]]
) -> None:
    world = await begin(owner_pool, settings.secret_key)
    for some in [*first, *then]:
        for step in some:
            await go(world, step)
            await hold(world)
        await agree(world)
    await prove(world)


async def test_a_history_that_touches_every_account_is_added_up_the_same_by_beancount(
    owner_pool: asyncpg.Pool, settings: Settings
) -> None:
    store.configure(settings)
    world = await begin(owner_pool, settings.secret_key)
    cast, trust = world.cast, world.banks["trust"].id
    await opened(
        cast.finance, cast.second_finance, settings, "GBP", {trust: 1_000}, [piece(1_000, cast.brandt)], vat=40
    )
    for step in STEPS:
        await go(world, step)
        await hold(world)
    await prove(world)
    async with transaction(as_job(world.agency_id), read_only=True):
        rows = await sql("select distinct account from journal_lines where agency_id = $1", world.agency_id)
    assert {row["account"] for row in rows} == CHART.keys(), "beancount was shown each of them"
