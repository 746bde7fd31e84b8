"""Collecting the payments of agreements on their days, from the method that the debtor let us keep.

Each morning of an agency, case by case, in three steps: within a transaction that holds the case it is seen that a payment
is due and nothing speaks against it, and the attempt is written down; outside of any the processor is asked; within another
what it said is kept. A worker killed in between leaves the attempt, which is asked again under the same key.

The attempt of a payment is unique by plan, payment and number, so that two workers never ask twice.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid5

from billing.cards.accounts import offered_by
from billing.cards.attempts import Attempt, attempts_on, tries_of, turn_of
from billing.cards.intents import ASKED_AGAIN_FOR, ask
from billing.cards.methods import SavedMethod, method_of
from billing.cards.processor import processor_of
from billing.cards.retrying import Turn
from cases.casework import CaseFile, load_case
from cases.plans.follow import standing_of
from cases.plans.register import PlanFile, lines_of, running_plan
from cases.plans.standing import Due
from cases.tables import CaseStatus
from portal import clock
from portal.audit.record import record
from portal.errors import Unanswered
from portal.identity import new_id
from portal.jobs import enqueue, every, job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.people.agency_time import agency_day, agency_zone
from portal.tenancy.database import NOBODY, sql, sql_value, transaction

HOUR: Final = timedelta(hours=7)
"""After midnight by the agency's clock: payments that came until yesterday are in the books by then."""
SOME: Final = 200


@every("autopay.begin", "10 * * * *")
async def begin(_: Payload) -> None:
    """Each hour: collect what is due at the agencies where it is morning."""
    async with transaction(NOBODY):
        for row in await sql("select agency_id, day from days_beginning($1)", clock.now() - HOUR):
            payload = {"agency_id": row["agency_id"]}
            await enqueue("autopay.collect", payload, dedupe=f"autopay {row['agency_id']} {row['day']}")


DUE: Final = """
select distinct p.case_id from plans p
join saved_methods m on m.agency_id = p.agency_id and m.case_id = p.case_id and m.withdrawn_at is null
where p.agency_id = $1 and p.status in ('active', 'grace') and p.next_due_on <= $2 and p.case_id > $3
order by p.case_id limit $4
"""


@job("autopay.collect")
async def collect(payload: Payload) -> None:
    """Collect what is due at one agency today; done again, it collects what is not collected yet.

    Raises:
        Unanswered: the processor did not answer for some of them.
    """
    actor = system(UUID(payload["agency_id"]))
    last, silent = UUID(int=0), None
    while True:
        async with transaction(actor.scope, read_only=True):
            rows = await sql(DUE, actor.agency_id, await agency_day(actor), last, SOME)
        for row in rows:
            try:
                await collect_for(actor, row["case_id"])
            except Unanswered as error:
                silent = error
        if len(rows) < SOME:
            break
        last = rows[-1]["case_id"]
    if silent is not None:
        raise silent


@dataclass(frozen=True, slots=True)
class _Ready:
    """An attempt that is written down, with what it is taken from."""

    id: UUID
    amount_minor: int
    currency: str
    method: SavedMethod


async def collect_for(actor: Actor, case_id: UUID) -> None:
    """Collect one due payment of a case, if anything is to be collected now. Outside of transactions.

    Raises:
        Unanswered: the processor does not answer; the attempt stays, and is asked again.
    """
    async with transaction(actor.scope):
        ready = await _make_ready(actor, case_id)
    if ready is None:
        return
    processor = await processor_of(actor.agency_id)
    method = ready.method
    asking = processor.charge_off_session(
        *(ready.id, ready.amount_minor, ready.currency),
        customer_id=method.customer_id, method_id=method.method_id, kind=method.kind,
    )  # fmt: skip
    await ask(actor.agency_id, ready.id, asking)


async def _make_ready(actor: Actor, case_id: UUID) -> _Ready | None:
    """The attempt to be asked for now, written down; None where nothing is to be collected. Holds the case."""
    case = await load_case(actor, case_id, lock=True)
    method, plan = await method_of(actor, case.id), await running_plan(actor, case)
    if method is None or plan is None or not await _may_be_collected(actor, case):
        return None
    tried = await attempts_on(actor, case.id, limit=100)
    waits = next((one for one in tried if one.is_open), None)
    if waits is not None:
        return _ask_again(waits, method)
    due = await next_due(actor, plan, case, tried, method)
    return None if due is None else await _write_down(actor, case, plan, due, method)


OBJECTION: Final = "select 1 from disputes where agency_id = $1 and case_id = $2 and answered_at is null limit 1"


async def _may_be_collected(actor: Actor, case: CaseFile) -> bool:
    """Nothing speaks against it: the case is worked, nobody has asked it back or disputes it, and cards are taken."""
    if case.status is not CaseStatus.ACTIVE or case.recall_asked_on is not None or case.balance_minor <= 0:
        return False
    if await sql_value(OBJECTION, actor.agency_id, case.id):
        return False
    return await offered_by(actor) is not None


def _ask_again(waits: Attempt, method: SavedMethod) -> _Ready | None:
    """An attempt of ours whose worker was killed before it was asked for, or before its answer was kept."""
    if not (waits.off_session and waits.is_unanswered and clock.now() - waits.created_at < ASKED_AGAIN_FOR):
        return None
    return None if waits.method_id != method.id else _Ready(waits.id, waits.amount_minor, waits.currency, method)


@dataclass(frozen=True, slots=True)
class Collectable:
    """A payment of a plan that is due, and which attempt of it this would be."""

    due: Due
    attempt: int


async def next_due(
    actor: Actor, plan: PlanFile, case: CaseFile, tried: list[Attempt], method: SavedMethod
) -> Collectable | None:
    """The first payment of a plan that is to be collected today: due, not paid otherwise, and not to be waited for."""
    zone, today = await agency_zone(actor), await agency_day(actor)
    for line, missing in await _missing(actor, plan, today):
        if turn_of(tried, plan.id, line, method.id, zone, today).why is None:
            before = tries_of(tried, plan.id, line.position)
            amount = min(missing, case.balance_minor)
            return Collectable(Due(line.position, line.due_on, amount), before[-1].attempt + 1 if before else 1)
    return None


async def _missing(actor: Actor, plan: PlanFile, today: date) -> list[tuple[Due, int]]:
    """The payments of a plan that are due, with what of each has not come."""
    lines = await lines_of(actor, plan.id)
    standing = await standing_of(actor, plan, lines, today)
    shares = zip((line.due for line in lines), standing.paid, strict=True)
    return [(due, due.minor - paid) for due, paid in shares if due.due_on <= today and paid < due.minor]


INSERT: Final = """
insert into card_payments (id, agency_id, client_id, case_id, plan_id, plan_position, token, currency, amount_minor,
                           method_id, off_session, attempt, created_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true, $11, $12, $12) on conflict do nothing returning id
"""


async def _write_down(
    actor: Actor, case: CaseFile, plan: PlanFile, what: Collectable, method: SavedMethod
) -> _Ready | None:
    attempt_id, now = new_id(), clock.now()
    token = uuid5(plan.id, f"{what.due.position} {what.attempt}")
    made = await sql_value(
        INSERT,
        *(attempt_id, actor.agency_id, case.client_id, case.id, plan.id, what.due.position, token, case.currency),
        *(what.due.minor, method.id, what.attempt, now),
    )
    if made is None:
        return None
    facts = {"plan_id": plan.id, "amount_minor": what.due.minor, "currency": case.currency, "attempt": what.attempt}
    await record(actor, "card_payment.begun", "card_payment", attempt_id, facts=facts)
    return _Ready(attempt_id, what.due.minor, case.currency, method)


async def expected(actor: Actor, plan: PlanFile, method: SavedMethod) -> tuple[Due, Turn] | None:
    """The payment that is collected next, and when it will be tried, or why not."""
    today = await agency_day(actor)
    lines = await lines_of(actor, plan.id)
    standing = await standing_of(actor, plan, lines, today)
    following = standing.following
    if following is None:
        return None
    tried = await attempts_on(actor, plan.case_id, limit=100)
    return following, turn_of(tried, plan.id, following, method.id, await agency_zone(actor), today)
