"""Agreements to pay of the sample world: one of each kind in every agency, on accounts whose own story has been told.

Nothing of it depends on chance: each can be seen in every world that is loaded.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from billing.payments.receipts import record
from billing.plans.agree import agree
from billing.plans.decide import decide
from billing.plans.offer import offer
from billing.plans.sketch import Wish
from cases.casework import CaseFile
from cases.plans.follow import judge_due
from cases.plans.register import load_plan
from portal import clock
from portal.people.permissions import Role
from portal.sample.founding import Office
from portal.sample.hours import local_day, moment, working_day
from portal.sample.quiet import QuietCases, part_of
from portal.sample.words import words_of
from portal.tenancy.database import transaction

Step = Callable[[], Awaitable[object]]


@dataclass
class Agreements:
    """All of them in one agency."""

    office: Office
    now: datetime
    quiet: QuietCases

    def __post_init__(self) -> None:
        plan = self.office.plan
        self.words = words_of(plan.language)
        self.negotiator = self.office.one(Role.NEGOTIATOR)
        self.today = local_day(self.now, plan.time_zone)

    def steps(self) -> Iterator[tuple[datetime, Step]]:
        """When each of it happens."""
        yield self._at(-26), partial(self.settle_and_keep, self._day(-19))
        yield self._at(-25), partial(self.plan, self._day(-18))
        yield self._at(-20), partial(self.plan, self._day(-13), paid=True)
        yield self._at(-9), partial(self.plan, self._day(-3))
        yield self._at(-2), self.ask_the_client
        yield self._at(-1), partial(self.ask_the_supervisor, 12)
        yield self.now - timedelta(minutes=50), partial(self.offer_to_the_debtor, 6)
        for days in (-6, -1):
            yield self._at(days, time(0, 20)), self.judge

    def _day(self, days: int) -> date:
        plan = self.office.plan
        return working_day(self.today, days, plan.country, plan.country)

    def _at(self, days: int, at: time = time(15, 10)) -> datetime:
        return moment(self._day(days), at, self.office.plan.time_zone)

    async def judge(self) -> None:
        """A new day: what runs is judged."""
        await judge_due({"agency_id": str(self.office.system.agency_id)})

    async def plan(self, first_on: date, *, paid: bool = False) -> None:
        """A plan that the debtor agreed to, with a first payment that came, or did not."""
        case = await self.quiet.take()
        down = part_of(case, 20)
        plan_id = await self._offer(
            case, down_minor=down, down_on=first_on, first_on=_later(first_on, 30), count=6, why=self.words.plan
        )
        await self._agree(plan_id, case)
        if paid:
            await self._pay(case, down, first_on)

    async def settle_and_keep(self, on: date) -> None:
        """A settlement within the house's authority, which the debtor keeps: the rest is written off."""
        case = await self.quiet.take()
        sum_ = part_of(case, 90)
        plan_id = await self._offer(case, offer_minor=sum_, first_on=on, count=1, why=self.words.settled)
        await self._agree(plan_id, case)
        await self._pay(case, sum_, on)

    async def ask_the_client(self) -> None:
        """A settlement so low that its client decides."""
        case = await self.quiet.take(of_first_client=True)
        await self._offer(
            case, offer_minor=part_of(case, 45), first_on=_later(self.today, 14), count=2, why=self.words.settled
        )

    async def ask_the_supervisor(self, count: int) -> None:
        """A plan longer than a negotiator may agree to."""
        case = await self.quiet.take()
        await self._offer(case, **self._with_first(case), count=count, why=self.words.plan)

    async def offer_to_the_debtor(self, count: int) -> None:
        """A plan within the house's authority that its debtor still has to answer."""
        case = await self.quiet.take()
        await self._offer(case, **self._with_first(case), count=count, why=self.words.plan)

    def _with_first(self, case: CaseFile) -> dict[str, object]:
        """An eighth in a week, the rest from next month on."""
        return {
            "down_minor": part_of(case, 13),
            "down_on": _later(self.today, 7),
            "first_on": _later(self.today, 30),
        }

    async def _offer(self, case: CaseFile, **said: object) -> UUID:
        today = clock.today(self.office.plan.time_zone)
        language = "zh-Hans" if case.debtor_country == "CN" else "en"
        wish = Wish(valid_until=today + timedelta(days=21), language=language, **said)  # type: ignore[arg-type]
        async with transaction(self.negotiator.scope):
            return await offer(self.negotiator, case.id, wish)

    async def _agree(self, plan_id: UUID, case: CaseFile) -> None:
        """The supervisor approves what needs it, and the debtor agrees the next day at the latest."""
        manager = self.office.one(Role.MANAGER)
        async with transaction(manager.scope):
            if (await load_plan(manager, plan_id)).rung == "supervisor":
                await decide(manager, plan_id, approved=True)
        async with transaction(self.negotiator.scope):
            await agree(self.negotiator, plan_id, "told", case.debtor_name)

    async def _pay(self, case: CaseFile, minor: int, on: date) -> None:
        """The money comes on its day and is booked at noon."""
        finance, zone = self.office.one(Role.FINANCE), self.office.plan.time_zone
        with clock.at(max(clock.now(), moment(on, time(12, 30), zone))):
            async with transaction(finance.scope):
                await record(finance, case.id, minor, on, "bank", f"PLAN {case.number}", case.debtor_name)


def _later(day: date, days: int) -> date:
    return day + timedelta(days=days)
