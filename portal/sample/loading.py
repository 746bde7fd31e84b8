"""Loading the sample world: founded, placed, worked through month by month up to now, and put in order."""

import asyncio
import heapq
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import chain, count
from random import Random

from cases.intake.handing_over import hand_over
from cases.intake.receive import arrival, receive
from cases.plans.follow import judge_due as judge_plans
from cases.promises.judge import last_day
from cases.promises.make import TOLERANCE_DAYS, judge_due
from cases.situation import reorder
from portal import clock
from portal.audit.record import record
from portal.audit.seal import seal
from portal.errors import NotFound, Refused
from portal.jobs import enqueue
from portal.jobs.aside import Aside, Asked, set_aside
from portal.pages.text import N_
from portal.people.agencies import OPERATOR, find_agency
from portal.people.permissions import Role
from portal.sample.acts import Call, Event
from portal.sample.agreements import Agreements
from portal.sample.brought import bring_over
from portal.sample.card_money import CardMoney
from portal.sample.cast import AGENCIES, AgencyPlan
from portal.sample.casting import tell_all
from portal.sample.doing import do
from portal.sample.founding import MONTHS, Office, found_office, note_rates
from portal.sample.hours import local_day, moment, months_back
from portal.sample.matters import Matters
from portal.sample.month_end import MonthEnd
from portal.sample.otherwise import Otherwise
from portal.sample.papers import AT_ONCE, attach
from portal.sample.placing import MONTHS as MONTHS_OF_PLACING
from portal.sample.placing import Batch, batches
from portal.sample.quiet import QuietCases
from portal.sample.refunds import Refunds
from portal.sample.remitting import remittances
from portal.sample.ways_to_pay import open_ways_to_pay
from portal.settings import Settings
from portal.tenancy.database import DB, sql, sql_value, transaction

SEED = "the sample world"
SEALED_EVERY = 150
"""So many acts of people lie between two seals of the trail: a worker would seal each second."""
DRAW, KEEP = "documents.draw", "documents.keep"
NOT_DONE = frozenset(
    {"direct_payments.ask", "direct_payments.tell", "claim_links.send", "cards.refund", "refunds.tell"}
)
"""What would write to somebody, or have the processor pay, beside what has mail in its name."""
LOADED = "sample.loaded"
"""The entry of the trail that says that a load came to its end."""

Progress = Callable[[int, int], None]
"""Called with how much is done, and how much there is."""
Step = Callable[[], Awaitable[object]]


async def load(settings: Settings, *, progress: Progress | None = None, now: datetime | None = None) -> bool:
    """Load the sample agencies into a migrated database; False when they are there already.

    Dates count back from ``now``, so that the world looks alive; the same moment gives the same world. A load that was
    killed leaves agencies that are not whole, which the next load recognises.

    Raises:
        Refused: an earlier load did not come to its end, or other agencies have the names of the sample's.
        SettingsError: the database's owner, who writes the rates of exchange, is not known.
    """
    async with _opened(settings):
        if await loaded():
            return False
        with clock.at(now or clock.now()):
            await _live(settings, clock.now(), progress or (lambda done, of: None))
    return True


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[None]:
    """The database and what else a command needs, opened here unless it is open already."""
    from portal.app import configure

    opened_here = not DB.pool
    if opened_here:
        await DB.open(settings.database_url, pool_size=6)
    try:
        configure(settings)
        yield
    finally:
        if opened_here:
            await DB.close()


async def loaded() -> bool:
    """Whether the sample is there, whole.

    Raises:
        Refused: a part of it is.
    """
    whole = [await _whole(plan) for plan in AGENCIES]
    if all(state is True for state in whole):
        return True
    if all(state is None for state in whole):
        return False
    raise Refused(
        N_(
            "An earlier load of the sample did not come to its end. Begin again with an empty database,"
            " or with another PORTAL_HOME."
        ),
        code="half_loaded",
    )


async def _whole(plan: AgencyPlan) -> bool | None:
    """Whether an agency was loaded to the end; None when it is not there at all."""
    async with transaction(OPERATOR, read_only=True):
        try:
            agency = await find_agency(plan.slug)
        except NotFound:
            return None
    if not agency.is_sample:
        raise Refused(N_("There is an agency %(slug)s already."), field="slug", code="taken", slug=plan.slug)
    async with transaction(agency.actor.scope, read_only=True):
        ended = "select true from audit_events where agency_id = $1 and action = $2 limit 1"
        return bool(await sql_value(ended, agency.id, LOADED))


async def _live(settings: Settings, now: datetime, progress: Progress) -> None:
    """Found the agencies, then let each live its months; they share nothing, so that they live beside one another."""
    done: dict[str, tuple[int, int]] = {}

    def tell(slug: str, so_far: int, of: int) -> None:
        done[slug] = (so_far, of)
        progress(sum(each[0] for each in done.values()), sum(each[1] for each in done.values()))

    await note_rates(settings, now.date())
    began = months_back(now.date(), MONTHS)
    lives = []
    for plan in AGENCIES:
        with clock.at(moment(began, time(9), plan.time_zone)):
            office = await found_office(plan, local_day(now, plan.time_zone))
            with set_aside():  # the mails to the owners
                await open_ways_to_pay(office, settings)
                await bring_over(office, local_day(clock.now(), plan.time_zone), settings.secret_key)
        lives.append(_Life(settings, now, office, partial(tell, plan.slug)))
    for life in lives:
        life.foresee()
    async with asyncio.TaskGroup() as tasks:
        for life in lives:
            tasks.create_task(life.live())


@dataclass
class _Life:
    """Everything that happens in one agency, in the order of time."""

    settings: Settings
    now: datetime
    office: Office
    progress: Progress
    agenda: list[tuple[datetime, int, Step]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    aside: Aside = field(default_factory=Aside)
    pictures: list[dict[str, str]] = field(default_factory=list)
    """Documents whose first page a worker draws later: it takes half a second for each."""

    def plan(self, at: datetime, step: Step) -> None:
        heapq.heappush(self.agenda, (at, next(self.numbers), step))

    def foresee(self) -> None:
        """Plan all of it."""
        random = Random(f"{SEED} {self.office.plan.slug}")  # noqa: S311 - the same world every time
        placed = batches(random, self.office.plan, self.now)
        for batch in placed:
            for account in batch.accounts:
                account.placed_at = batch.at
            self.plan(batch.at, partial(self._place, batch))
        accounts = [account for batch in placed if not batch.spoilt for account in batch.accounts]
        events = tell_all(random, accounts, self.now)
        for event in events:
            self.plan(event.at, partial(self._happen, event))
        for at, step in Matters(self.office, self.now, accounts).steps():
            self.plan(at, step)
        quiet = QuietCases(self.office, events)
        more = (
            Agreements(self.office, self.now, quiet),
            Otherwise(self.office, self.now, quiet),
            CardMoney(self.office, self.now, quiet, self.settings.secret_key),
            Refunds(self.office, self.now, quiet, self.settings.secret_key),
            MonthEnd(self.office, self.now, quiet, self.settings.secret_key),
        )
        for at, step in chain.from_iterable(one.steps() for one in more):
            self.plan(at, step)
        self._plan_nights(events)
        self._plan_remittances()
        self.progress(0, len(self.agenda))

    def _plan_nights(self, events: list[Event]) -> None:
        """Promises are judged in the nights after their last days; the trail is sealed now and then, as it grows."""
        zone = self.office.plan.time_zone
        payload = {"agency_id": str(self.office.system.agency_id)}
        for night in sorted(nights_of_judgement(events)):
            if (at := moment(night, time(0, 5), zone)) < self.now:
                self.plan(at, partial(judge_due, payload))
        for event in events[::SEALED_EVERY]:
            self.plan(event.at, partial(seal, self.office.system.agency_id))

    def _plan_remittances(self) -> None:
        for remittance in remittances(self.office, self.now, MONTHS_OF_PLACING - 1):
            steps: dict[str, Step] = {
                "prepare": remittance.prepare,
                "approve": partial(remittance.approve, self.settings.secret_key),
                "exchange": remittance.exchange,
                "pay": remittance.pay,
            }
            for at, name in remittance.steps():
                if at < self.now:
                    self.plan(at, steps[name])

    async def live(self) -> None:
        """From the first placement to the present."""
        with set_aside() as self.aside:
            done, of = 0, len(self.agenda)
            while self.agenda:
                at, _, step = heapq.heappop(self.agenda)
                if at < self.now:
                    with clock.at(at):
                        await step()
                        await self._jobs()
                done += 1
                self.progress(min(done, of), of)
            await self._conclude()
        await self._draw()

    async def _happen(self, event: Event) -> None:
        again = await do(self.office, event)
        if again is not None:
            later = Event(at=again, account=event.account, act=event.act)
            self.plan(again, partial(self._happen_late, later))

    async def _happen_late(self, event: Event) -> None:
        """A call that the guard put off once; put off again, or overtaken by what came between, it is left."""
        with suppress(Refused):
            await do(self.office, event)

    # Placing

    async def _place(self, batch: Batch) -> None:
        """A client hands a file over: received and checked, and, if it is right, made into cases."""
        submitter = self.office.of(batch.client, Role.SUBMITTER)
        content = batch.content
        arriving = await arrival(io.BytesIO(content), "csv", "web", batch.name)
        async with transaction(submitter.scope):
            received = await receive(submitter, arriving)
        await self._jobs()
        if batch.spoilt:
            return
        with clock.at(batch.at + timedelta(minutes=6)):
            async with transaction(submitter.scope):
                await hand_over(submitter, received.placement.id)
            await self._jobs()
        await self._find_cases(batch)
        with_papers = [account for account in batch.accounts if account.paper]
        at = batch.at + timedelta(minutes=25)
        self.plan(at, partial(attach, submitter, with_papers))

    async def _find_cases(self, batch: Batch) -> None:
        known = "select reference, id from cases where agency_id = $1 and reference = any($2)"
        async with transaction(self.office.system.scope, read_only=True):
            rows = await sql(known, self.office.system.agency_id, [account.reference for account in batch.accounts])
        ids = {row["reference"]: row["id"] for row in rows}
        for account in batch.accounts:
            account.case_id = ids[account.reference]

    async def _jobs(self) -> None:
        """What was asked for meanwhile. No letter leaves the sample, and a worker draws the pictures afterwards."""
        while waiting := self.aside.take():
            self.pictures += [job.payload for job in waiting if job.name == DRAW]
            await _several_at_once([job for job in waiting if job.name == KEEP])
            for job in waiting:
                if job.name not in (DRAW, KEEP, *NOT_DONE) and ".mail" not in job.name:
                    await job.run()

    async def _draw(self) -> None:
        async with transaction(self.office.system.scope):
            for payload in self.pictures:
                await enqueue(DRAW, payload)

    async def _conclude(self) -> None:
        """The present: the month's run is being drafted, the queue is in order, the trail is sealed."""
        for place, remittance in enumerate(remittances(self.office, self.now, 0)):
            remittance.period_to = local_day(self.now, self.office.plan.time_zone)
            try:
                await remittance.prepare(reviewed=place == 0)
            except Refused as refused:
                if refused.code != "open_run":
                    raise
        await judge_plans({"agency_id": str(self.office.system.agency_id)})
        await reorder({"agency_id": str(self.office.system.agency_id)})
        async with transaction(self.office.system.scope):
            await record(self.office.system, LOADED, "agency", self.office.system.agency_id)
        await seal(self.office.system.agency_id)


async def _several_at_once(jobs: Sequence[Asked]) -> None:
    """Locking hundreds of documents is waiting for the storage."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def run(job: Asked) -> None:
        async with slots:
            await job.run()

    await asyncio.gather(*(run(job) for job in jobs))


def nights_of_judgement(events: list[Event]) -> set[date]:
    """The nights in which a promise of the stories is found kept or broken, and the one after, for calls put off."""
    nights: set[date] = set()
    for event in events:
        if isinstance(event.act, Call) and event.act.promise_on is not None:
            ends = last_day(event.act.promise_on, TOLERANCE_DAYS, event.account.debtor.country)
            nights |= {ends + timedelta(days=1), ends + timedelta(days=2)}
    return nights
