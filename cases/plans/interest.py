"""The interest of a plan: agreed for each period beforehand, and posted once its payment is due or is being paid.

It is dated on the day on which its period begins, so that money that comes at any time within the period can pay it,
whenever somebody records it. Who pays everything sooner is not charged for periods that never began.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from cases.casework import CaseFile, tell
from cases.plans.register import KeptLine, PlanFile, lines_of, money_for, running_plan
from portal.audit.record import record
from portal.ledger.journal import JournalDraft, owe_more, post
from portal.ledger.tables import Component
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

SOURCE: Final = "plan"


@dataclass(frozen=True, slots=True)
class PeriodInterest:
    """The interest of one period of a plan, to be posted. Minor units; ``begins_on`` is the day the period begins."""

    plan: PlanFile
    position: int
    begins_on: date
    minor: int


def periods(plan: PlanFile, lines: Sequence[KeptLine], charged: date = date.min) -> list[tuple[KeptLine, date]]:
    """Each payment with the day on which the period of its interest begins: none before the day through which agreements
    before it have ``charged``."""
    begins = plan.down_on if plan.down_minor and plan.down_on else plan.made_on
    found: list[tuple[KeptLine, date]] = []
    for line in lines:
        found.append((line, max(begins, charged)))
        begins = line.due_on
    return found


def to_post(
    plan: PlanFile,
    lines: Sequence[KeptLine],
    posted: frozenset[int],
    on: date,
    paid_minor: int,
    charged: date = date.min,
) -> list[PeriodInterest]:
    """What interest is to be posted on a day, with so much paid in all: of what is due by then, and of the payment that
    the money reaches if its period has begun."""
    found: list[PeriodInterest] = []
    before = 0
    for line, begins in periods(plan, lines, charged):
        reached = before < paid_minor and begins <= on
        if line.plan_interest_minor and line.position not in posted and (line.due_on <= on or reached):
            found.append(PeriodInterest(plan, line.position, begins, line.plan_interest_minor))
        before += line.to_pay_minor
    return found


POSTED: Final = """
select external_id from journals where agency_id = $1 and source = 'plan' and external_id between $2 and $2 || '~'
"""
CHARGED: Final = """
select max(l.due_on) from plan_lines l
join journals j on j.agency_id = l.agency_id and j.source = 'plan' and j.external_id = l.plan_id || ' ' || l.position
where l.agency_id = $1 and l.case_id = $2 and l.plan_id is distinct from $3
"""
CLOSED: Final = "select max(through) from closed_periods where agency_id = $1"


async def interest_to_post(actor: Actor, case: CaseFile, on: date, arriving_minor: int = 0) -> list[PeriodInterest]:
    """What interest of the plan that runs on a case is to be posted on a day, on which so much arrives."""
    plan = await running_plan(actor, case)
    if plan is None or not plan.yearly_rate or plan.starts_on is None or on < plan.starts_on:
        return []
    rows = await sql(POSTED, actor.agency_id, f"{plan.id} ")
    posted = frozenset(int(row["external_id"].rpartition(" ")[2]) for row in rows)
    paid = sum(receipt.amount_minor for receipt in await money_for(actor, plan))
    charged = await charged_through(actor, case, plan.id)
    return to_post(plan, await lines_of(actor, plan.id), posted, on, paid + arriving_minor, charged)


async def charged_through(actor: Actor, case: CaseFile, but_for: UUID | None = None) -> date:
    """The last day of the periods whose interest agreements on a case posted, all of them or ``but_for`` one: whatever
    follows charges nothing for these days."""
    return await sql_value(CHARGED, actor.agency_id, case.id, but_for) or date.min


async def earliest_day(actor: Actor) -> date:
    """The first day that may still be posted to."""
    closed = await sql_value(CLOSED, actor.agency_id)
    return closed + timedelta(days=1) if closed else date.min


def draft_of(case: CaseFile, interest: PeriodInterest, earliest: date) -> JournalDraft:
    """The journal of a period's interest; a period that has been closed in the books meanwhile is dated the day after."""
    return JournalDraft(
        source=SOURCE,
        external_id=f"{interest.plan.id} {interest.position}",
        kind="interest",
        effective_on=max(interest.begins_on, earliest),
        lines=owe_more(case.id, Component.INTEREST, interest.minor, case.currency, client=case.client_id),
    )


async def tell_interest(actor: Actor, case: CaseFile, interest: Sequence[PeriodInterest]) -> None:
    """Say on the timeline and in the trail what interest was posted."""
    if interest:
        facts = {"amount_minor": sum(each.minor for each in interest), "currency": case.currency}
        await tell(actor, case, "plan.interest", "money", facts)
        plan = interest[0].plan
        await record(actor, "plan.interest", "plan", plan.id, client_id=case.client_id, facts=facts)


async def post_due_interest(actor: Actor, case: CaseFile, today: date) -> None:
    """Post what interest of the plan that runs on a case is due by a day. The caller holds the case's row."""
    interest = await interest_to_post(actor, case, today)
    earliest = await earliest_day(actor) if interest else date.min
    await post(actor, [draft_of(case, each, earliest) for each in interest])
    await tell_interest(actor, case, interest)
