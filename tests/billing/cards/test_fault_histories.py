"""Whatever fails while cards are charged: the books end where the processor's own account ends, and prove.

A history is made by a seed. Debtors pay, pay twice and turn back; cards are declined or want to be confirmed; events come
early, late, five times, shuffled or never; the processor is down, and workers are killed on either side of a commit;
money is given back and claimed back, before and after it was remitted; clerks record other payments meanwhile. Then all is
quiet, the sweep looks, and what the books say must be what the processor says. More of them: ``--histories 5000``.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from litestar.exceptions import LitestarException

from billing.cards.booking import book
from billing.cards.payouts import owed_to_trust
from billing.cards.refunds import approve_refund, ask_for_refund
from billing.cards.sweep import sweep_agency
from billing.payments.processor_journals import top_up
from billing.payments.receipts import record
from billing.remittance.approve import approve
from billing.remittance.draft import prepare, review
from billing.remittance.pay import pay as confirm
from portal import clock
from portal.audit.seal import seal
from portal.errors import Refused, Unanswered
from portal.identity import new_id
from portal.jobs.work import work_off
from portal.settings import Settings
from portal.tenancy.database import NOBODY, SafeTransaction, as_job, sql, sql_value, transaction
from portal.verify import run as verify
from tests.billing.cards.holding import held_by, since_the_last_payout
from tests.billing.cards.scripted import Scripted, attempted, event, example, seconds, set_up, signed
from tests.billing.money import agreed, wrong
from tests.billing.remitting import PROOF
from tests.cases.casework import MONDAY, placed_case
from tests.people import Cast, Person, Visit

KEY = "k" * 32
TOGETHER = 25
"""Histories that share a cast."""
START = MONDAY.replace(hour=12)
AMOUNTS = (500, 4_999, 20_000, 50_000, 70_000)
OWED = 120_000


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Groups of seeds, so that workers share them."""
    if "seeds" in metafunc.fixturenames:
        many = metafunc.config.getoption("histories")
        groups = [range(first, min(first + TOGETHER, many)) for first in range(0, many, TOGETHER)]
        metafunc.parametrize("seeds", groups, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")


class Killed(RuntimeError):
    """A worker or server was killed here."""


class Reaper:
    """Kills whoever commits, on one side of the commit or the other, as often as it was told to."""

    def __init__(self) -> None:
        self.waits: list[tuple[int, str]] = []

    def strikes(self, side: str) -> bool:
        """Whether this commit is the one."""
        if not self.waits or self.waits[0][1] != side:
            return False
        left = self.waits[0][0]
        self.waits[0] = (left - 1, side)
        if left:
            return False
        self.waits.pop(0)
        return True


@pytest.fixture
def reaper(monkeypatch: pytest.MonkeyPatch) -> Reaper:
    """Stands beside every commit of the application while something is being done for the processor."""
    one, commits = Reaper(), SafeTransaction.commit

    async def commit(self: SafeTransaction) -> None:
        if one.strikes("before"):
            raise Killed
        await commits(self)  # type: ignore[no-untyped-call]
        if one.strikes("after"):
            raise Killed

    monkeypatch.setattr(SafeTransaction, "commit", commit)
    return one


@dataclass
class Paid:
    """An attempt of a debtor, as the processor knows it."""

    ours: UUID
    amount: int
    name: str
    took: bool = False
    charged_back: int = 0
    won: bool = False

    @property
    def charge(self) -> str:
        return f"ch_{self.name}"


@dataclass
class World:
    """One case, what its debtor did, and what the processor holds of ours."""

    cast: Cast
    owner: asyncpg.Connection
    scripted: Scripted
    reaper: Reaper
    client: httpx.AsyncClient
    random: random.Random
    case_id: UUID
    now: datetime = START
    tried: list[Paid] = field(default_factory=list)
    unsaid: list[dict[str, Any]] = field(default_factory=list)
    story: list[str] = field(default_factory=list)

    @property
    def agency(self) -> UUID:
        return self.cast.nordkai.id

    def say(self, kind: str, object_id: str) -> None:
        """The processor has something to tell; whether and when it arrives is another matter."""
        said = event(kind, object_id, new_id().hex, at=self.now)
        self.scripted.events.append(said)
        self.unsaid.append(said)

    def one(self, *conditions: Callable[[Paid], bool]) -> Paid | None:
        """One of the attempts of which all of it is so."""
        fitting = [paid for paid in self.tried if all(holds(paid) for holds in conditions)]
        return self.random.choice(fitting) if fitting else None

    def left_of(self, paid: Paid) -> int:
        """What of a charge the processor has not given back."""
        objects = self.scripted.objects.items()
        given_back = [one["amount"] for name, one in objects if name.startswith("re_") and one["charge"] == paid.charge]
        return paid.amount - int(sum(given_back))

    async def as_person(self, person: Person, work: Callable[[], Awaitable[object]]) -> None:
        """What a person does, in a transaction; what the rules refuse leaves nothing behind."""
        try:
            async with transaction(person.actor.scope):
                await work()
        except Refused as refused:
            self.story.append(f"  refused: {refused.code}")


async def begins(world: World) -> None:
    """The debtor asks to pay; the row is there before the processor hears of it, and its answer may be lost."""
    amount = world.random.choice(AMOUNTS)
    ours, _ = await attempted(world.owner, world.cast, amount, case_id=world.case_id)
    paid = Paid(ours, amount, ours.hex[-12:])
    world.tried.append(paid)
    world.scripted.unpaid(ours, "requires_payment_method", amount)
    if world.random.random() < 0.7:
        await world.owner.execute("update card_payments set intent_id = $2 where id = $1", ours, f"pi_{paid.name}")


async def pays(world: World) -> None:
    """The debtor's bank says yes, no, or that it wants to be asked again; its fee may be told later."""
    paid = world.one(lambda each: not each.took)
    if paid is None:
        return
    outcome = world.random.choice(("yes", "yes", "yes", "no", "ask", "later"))
    if outcome == "no":
        error = {"code": "card_declined", "decline_code": world.random.choice(("expired_card", "do_not_honor"))}
        world.scripted.unpaid(paid.ours, "requires_payment_method", paid.amount, error)
        world.say("payment_intent.payment_failed", f"pi_{paid.name}")
    elif outcome == "ask":
        world.scripted.unpaid(paid.ours, "requires_action", paid.amount)
        world.say("payment_intent.requires_action", f"pi_{paid.name}")
    else:
        fee = paid.amount // 50 + 25
        world.scripted.paid(paid.ours, paid.amount, None if outcome == "later" else fee, at=world.now)
        if outcome == "later":
            world.say("charge.succeeded", paid.charge)
            world.scripted.paid(paid.ours, paid.amount, fee, at=world.now)
        paid.took = True
        world.say("payment_intent.succeeded", f"pi_{paid.name}")
        if world.random.random() < 0.5:
            world.say("charge.updated", paid.charge)


async def arrives(world: World) -> None:
    """Some of what the processor told arrives: shuffled, again, or late; and is followed as far as that goes."""
    some = [said for said in world.unsaid if world.random.random() < 0.7]
    again = [said for said in some for _ in range(world.random.choice((1, 1, 2, 5)))]
    world.random.shuffle(again)
    for said in again:
        body, headers = signed(said)
        try:
            answer = await world.client.post(f"/hooks/stripe/{world.agency}", content=body, headers=headers)
        except LitestarException:  # the server was killed: the processor hears nothing, and tells it again
            continue
        assert answer.status_code == 200
        if said in world.unsaid:
            world.unsaid.remove(said)
    await works(world)


async def works(world: World) -> None:
    """A worker does what waits."""
    await work_off(agency_id=world.agency, forgiving=True)


async def comes_back(world: World) -> None:
    """The debtor comes back from the bank, and reloads the page."""
    if paid := world.one():
        for _ in range(world.random.choice((1, 2))):
            try:
                await book(world.agency, f"pi_{paid.name}")
            except (Killed, Unanswered) as fault:
                world.story.append(f"  {type(fault).__name__}")


async def fails(world: World) -> None:
    """Something is about to fail: the processor is down or slow, or somebody is killed."""
    if world.random.random() < 0.5:
        call = world.random.choice(("fetch_intent", "fetch_charge", "refund", "fetch_dispute", "fetch_refund"))
        world.scripted.faults[call].append(Unanswered("the processor"))
    else:
        world.reaper.waits.append((world.random.randrange(4), world.random.choice(("before", "after"))))


async def gives_back(world: World) -> None:
    """Somebody asks for a refund, somebody else approves it; or it is made at the processor itself."""
    paid = world.one(lambda each: each.took and not each.charged_back and world.left_of(each) > 0)
    if paid is None:
        return
    left, cast = world.left_of(paid), world.cast
    amount = left if world.random.random() < 0.5 else max(1, left // 3)
    if world.random.random() < 0.4:
        world.say("refund.created", world.scripted.refunded(paid.charge, amount, name=new_id().hex[-6:]))
        return
    asked: list[UUID] = []
    token = new_id()

    async def ask() -> None:
        asked.append(await ask_for_refund(cast.finance.actor, paid.ours, amount, "paid twice", token))

    await world.as_person(cast.finance, ask)
    for refund_id in asked:
        approver = cast.second_finance
        await world.as_person(approver, lambda: approve_refund(approver.actor, refund_id, PROOF, KEY))  # noqa: B023
    await works(world)


async def is_claimed_back(world: World) -> None:
    """The debtor's bank claims a payment back, or the claim is decided for us."""
    won = world.one(lambda each: each.charged_back > 0 and not each.won)
    if won is not None and world.random.random() < 0.6:
        won.won = True
        moved = ((-won.charged_back, 2_000), (won.charged_back, 0))
        world.say("charge.dispute.closed", world.scripted.disputed(won.charge, "won", *moved, amount=won.charged_back))
        return
    paid = world.one(lambda each: each.took and not each.charged_back and world.left_of(each) > 0)
    if paid is not None:
        paid.charged_back = world.left_of(paid)
        out = (-paid.charged_back, 2_000)
        dispute = world.scripted.disputed(paid.charge, "needs_response", out, amount=paid.charged_back)
        world.say("charge.dispute.created", dispute)
        world.say("charge.dispute.funds_withdrawn", dispute)


async def is_paid_by_bank(world: World) -> None:
    """A clerk records a transfer meanwhile."""
    person, amount = world.cast.finance, world.random.choice(AMOUNTS)
    await world.as_person(
        person,
        lambda: record(person.actor, world.case_id, amount, world.now.date(), "bank", surplus_agreed=True),
    )


async def is_paid_out(world: World) -> None:
    """The processor pays to the trust account what it holds, and the agency pays its fees in; a payout may fail."""
    failed = [
        name for name, one in world.scripted.objects.items() if name.startswith("po_") and one["status"] == "paid"
    ]
    if failed and world.random.random() < 0.2:
        world.scripted.objects[failed[-1]]["status"] = "failed"
        world.say("payout.failed", failed[-1])
        return
    name, amount = f"po_{new_id().hex[-12:]}", held_by(world.scripted)
    if amount > 0:
        world.scripted.lines[name] = since_the_last_payout(world.scripted)
        assert sum(line["net"] for line in world.scripted.lines[name]) == amount
        world.scripted.objects[name] = example(
            "payout", id=name, amount=amount, currency="eur", status="paid", arrival_date=seconds(world.now)
        )
        world.say("payout.paid", name)
    finance = world.cast.finance

    async def pays_in() -> None:
        if (owed := await owed_to_trust(finance.actor, "EUR")) > 0:
            await top_up(finance.actor, "EUR", owed, world.now.date(), f"{name} fees")

    await world.as_person(finance, pays_in)


async def is_remitted(world: World) -> None:
    """What is released goes to the client; a run may stop at any step, and be led on later."""
    cast = world.cast
    runs = await world.owner.fetch(
        "select id from remittance_runs where agency_id = $1 and status in ('draft', 'reviewed', 'approved')",
        world.agency,
    )
    known = [row["id"] for row in runs]

    async def draft() -> None:
        known.append(await prepare(cast.finance.actor, "EUR", world.now.date()))

    if not known:
        await world.as_person(cast.finance, draft)
    for run_id in known:
        await world.as_person(cast.finance, lambda: review(cast.finance.actor, run_id))  # noqa: B023
        if world.random.random() < 0.8:
            approver = cast.second_finance
            await world.as_person(approver, lambda: approve(approver.actor, run_id, PROOF, KEY))  # noqa: B023
        if world.random.random() < 0.8:
            await world.as_person(
                cast.finance,
                lambda: confirm(cast.finance.actor, run_id, world.now.date(), "SEPA"),  # noqa: B023
            )


async def passes(world: World) -> None:
    """Hours or days go by: holds end, events grow late."""
    world.now += timedelta(hours=world.random.choice((1, 30, 24 * 8)))


ACTS = (
    (begins, 4), (pays, 6), (arrives, 5), (comes_back, 3), (fails, 4), (gives_back, 2), (is_claimed_back, 2),
    (is_paid_by_bank, 1), (is_paid_out, 2), (is_remitted, 3), (passes, 3),
)  # fmt: skip


async def lives(world: World) -> None:
    """A history, and the quiet after it, in which nothing fails any more."""
    acts, weights = [act for act, _ in ACTS], [weight for _, weight in ACTS]
    for act in [begins, pays, *world.random.choices(acts, weights, k=world.random.randrange(4, 11))]:
        world.story.append(act.__name__)
        with clock.at(world.now):
            try:
                await act(world)
            except Killed:
                world.story.append("  killed")
    world.reaper.waits.clear()
    world.scripted.faults.clear()
    # The janitor finds what was in the hands of those who were killed.
    async with transaction(NOBODY):
        await sql("update queue.pgqueuer set status = 'queued' where status = 'picked'")
    for _ in range(3):
        world.now += timedelta(hours=2)
        with clock.at(world.now):
            await sweep_agency({"agency_id": str(world.agency)})
            await work_off(agency_id=world.agency, forgiving=True)


CLEARING = """
select coalesce(sum(amount_minor), 0)::bigint from journal_lines where agency_id = $1 and account = 1010
"""


async def ends_well(world: World) -> None:
    """The books have of every payment what the processor has, and prove."""
    rows = await world.owner.fetch("select id, status, payment_id from card_payments where case_id = $1", world.case_id)
    took = {paid.ours for paid in world.tried if paid.took}
    assert {row["id"] for row in rows if row["payment_id"]} == took, "what was paid is in the books, and nothing else"
    async with transaction(as_job(world.agency), read_only=True):
        held = await sql_value(CLEARING, world.agency)
    assert held == held_by(world.scripted), "what the processor holds of ours is what the books say it holds"
    assert await wrong(world.agency) == []


async def test_whatever_fails_the_books_end_where_the_processors_account_ends(
    seeds: range,
    cast: Cast,
    owner: asyncpg.Connection,
    visit: Visit,
    scripted: Scripted,
    reaper: Reaper,
    settings: Settings,
) -> None:
    await agreed(cast, cast.brandt)
    await set_up(owner, cast)
    client, now = await visit(), START
    for seed in seeds:
        case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=OWED)
        world = World(cast, owner, scripted, reaper, client, random.Random(seed), case_id, now)
        try:
            await lives(world)
            await ends_well(world)
        except Exception as wrong_end:
            wrong_end.add_note(f"history {seed}:\n" + "\n".join(world.story))
            raise
        now = world.now
        scripted.events.clear()
    await seal(cast.nordkai.id)  # as a worker does each second: these may take longer than an entry may wait
    assert [
        check for check in await verify(settings, agency=cast.nordkai.slug, sample_documents=0) if not check.ok
    ] == []
