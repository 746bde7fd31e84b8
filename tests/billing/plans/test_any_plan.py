"""Whatever comes and goes back on an agreement: it stands as a plain model says, each evening, and the books prove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from uuid import UUID

import asyncpg
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from billing.costs.add import WantedCost, add_cost
from billing.payments.receipts import record
from billing.payments.returns import reverse
from billing.plans.sketch import Wish
from billing.plans.terms import Rhythm
from cases.casework import load_case
from cases.plans.register import lines_of
from portal import clock
from portal.errors import Refused
from portal.identity import new_id
from portal.tenancy.database import sql, transaction
from tests.billing.money import NOON, TODAY, agreed, look, wrong
from tests.billing.planning import agreed_to, decided, new_day, offered, plan_now
from tests.cases.casework import placed_case
from tests.people import Cast, found

OWED = 60_000


@dataclass(frozen=True)
class Comes:
    """Money comes, so many cents."""

    minor: int


@dataclass(frozen=True)
class GoesBack:
    """One of the payments goes back."""

    which: int


@dataclass(frozen=True)
class Costs:
    """A court is paid, and its debtor owes that as well."""

    minor: int


@dataclass(frozen=True)
class Passes:
    """Days go by, one after the other."""

    days: int


Step = Comes | GoesBack | Costs | Passes
steps = st.lists(
    st.one_of(
        st.builds(Comes, st.sampled_from([1, 5_000, 9_999, 10_000, 15_000, 20_000, 40_000, 60_500])),
        st.builds(GoesBack, st.integers(0, 4)),
        st.builds(Costs, st.sampled_from([1, 7_000])),
        st.builds(Passes, st.integers(1, 9)),
        st.builds(Passes, st.integers(1, 3)),
    ),
    min_size=4,
    max_size=10,
)
wishes = st.builds(
    Wish,
    first_on=st.just(date(2026, 11, 30)),
    valid_until=st.just(TODAY + timedelta(days=9)),
    offer_minor=st.sampled_from([None, None, 50_000]),
    count=st.integers(1, 3),
    rhythm=st.just(Rhythm.WEEK),
    down_minor=st.just(6_000),
    down_on=st.just(date(2026, 11, 25)),
    yearly_rate=st.sampled_from([Decimal(0), Decimal("0.12")]),
)


@dataclass
class Model:
    """What somebody with a notebook would say: dues by day, money by day, and what became of it."""

    dues: Sequence[tuple[date, int]]
    forgiven_minor: int
    interest: Sequence[int]
    """What may have been posted of it: of no period, of the first, of the first two, and so on."""
    owed_minor: int = OWED
    """The claim, and the costs that came on top of it."""
    money: dict[UUID, tuple[date, int]] = field(default_factory=dict)
    broken: bool = False

    def late_since(self, today: date) -> list[int]:
        """For each due that is late on a day, for how many days it has been so by then."""
        found = []
        for place, (due_on, _) in enumerate(self.dues):
            last, wanted = _next_working(due_on), sum(minor for _, minor in self.dues[: place + 1])
            day, days = today, -1
            while day > last and self.paid_by(day) < wanted:
                day, days = day - timedelta(days=1), days + 1
            found.append(days)
        return [days for days in found if days >= 0]

    def paid_by(self, today: date) -> int:
        """What had come and stayed by a day; what went back counts until it did."""
        return sum(minor for day, minor in self.money.values() if day <= today)


def _next_working(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


@examples(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(wish=wishes, history=steps)
async def test_any_history_of_an_agreement_ends_as_the_notebook_says(
    owner_pool: asyncpg.Pool, wish: Wish, history: list[Step]
) -> None:
    async with owner_pool.acquire() as connection:
        cast = await found(connection)
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=OWED)
    plan_id = await offered(cast.negotiator, case_id, wish)
    if (await plan_now(cast.owner.actor, plan_id)).status == "offered":
        await decided(cast.brandt_admin, plan_id)
    await agreed_to(cast.negotiator, plan_id)
    async with transaction(cast.owner.actor.scope, read_only=True):
        kept = await lines_of(cast.owner.actor, plan_id)
    posted = accumulate((line.plan_interest_minor for line in kept), initial=0)
    dues = [(line.due_on, line.to_pay_minor) for line in kept]
    model = Model(dues, OWED - (wish.offer_minor or OWED), list(posted))
    now = NOON + timedelta(hours=1)
    for step in history:
        now = await _go(cast, case_id, plan_id, model, step, now)
        await _agrees(cast, case_id, plan_id, model, now.date())
    assert await wrong(cast.nordkai.id) == []


async def _go(cast: Cast, case_id: UUID, plan_id: UUID, model: Model, step: Step, now: datetime) -> datetime:
    if isinstance(step, Passes):
        for _ in range(step.days):
            now += timedelta(days=1)
            await new_day(cast.nordkai.id, now.date())
            await _agrees(cast, case_id, plan_id, model, now.date())
        return now
    now += timedelta(minutes=1)
    with clock.at(now):
        async with transaction(cast.finance.actor.scope):
            if isinstance(step, Comes):
                await _comes(cast, case_id, model, step.minor, now.date())
            elif isinstance(step, Costs):
                await _costs(cast, case_id, model, step.minor, now.date())
            else:
                await _goes_back(cast, model, step.which, now.date())
    return now


async def _comes(cast: Cast, case_id: UUID, model: Model, minor: int, today: date) -> None:
    payment_id = await record(cast.finance.actor, case_id, minor, today, "bank", surplus_agreed=True)
    [row] = await sql("select amount_minor from payments where id = $1", payment_id)
    model.money[payment_id] = (today, row["amount_minor"])


async def _costs(cast: Cast, case_id: UUID, model: Model, minor: int, today: date) -> None:
    if (await load_case(cast.finance.actor, case_id)).is_open:
        court = WantedCost(kind="court", amount_minor=minor, paid_on=today)
        await add_cost(cast.finance.actor, case_id, court, new_id())
        model.owed_minor += minor


async def _goes_back(cast: Cast, model: Model, which: int, today: date) -> None:
    standing = [one for one, (_, minor) in model.money.items() if minor >= 0]
    gone = {one for one in standing if UUID(int=one.int ^ 1) in model.money}
    if not (left := [one for one in standing if one not in gone]):
        return
    payment_id = left[which % len(left)]
    try:
        await reverse(cast.finance.actor, payment_id, "returned_by_bank", today)
    except Refused:
        return
    model.money[UUID(int=payment_id.int ^ 1)] = (today, -model.money[payment_id][1])


async def _agrees(cast: Cast, case_id: UUID, plan_id: UUID, model: Model, today: date) -> None:
    """The plan and the case are what the model says."""
    plan, case = await plan_now(cast.owner.actor, plan_id), await look(cast.owner.actor, case_id)
    paid, wanted = model.paid_by(today), sum(minor for _, minor in model.dues)
    late = model.late_since(today)
    fulfilled = paid >= wanted or (case.balance_minor == 0 and paid > 0)
    model.broken = model.broken or (not fulfilled and any(days >= 5 for days in late))
    if model.broken:
        assert plan.status == "broken"
        assert case.balance_minor >= model.owed_minor - paid, "nothing is forgiven"
    elif fulfilled:
        assert plan.status == "completed"
        left = [model.owed_minor + interest - paid - model.forgiven_minor for interest in model.interest]
        if model.forgiven_minor:
            assert case.balance_minor in [max(0, minor) for minor in left], "no more is forgiven than was agreed"
            assert case.close_code in ("settled_in_full", "paid_in_full") if case.balance_minor == 0 else case.is_open
    else:
        assert plan.status == ("grace" if late else "active"), (paid, late)
        assert case.balance_minor - (model.owed_minor - paid) in model.interest, (
            "the claim and its costs, less what came, and whole periods' interest"
        )
    if not model.broken:
        assert plan.paid_minor == paid
