"""Promises to pay (PTP): made in a call, judged by the money that came."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from cases.casework import CaseFile, Next, NextAction, load_case, set_next, tell
from cases.promises.judge import PromiseTerms, Received, judge, last_day, next_level
from cases.promises.tables import PromiseStatus
from cases.situation import refresh
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_one, transaction

TOLERANCE_DAYS = 1
"""Working days after the promised day before a promise is judged."""
LONGEST_DAYS = 90
"""A promise further ahead than this is a plan, not a promise."""

INSERT = """
insert into promises (agency_id, client_id, case_id, contact_attempt_id, amount_minor, due_on, judged_on, level,
                      promised_by, user_id, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id
"""


async def promise(
    actor: Actor,
    case_id: UUID,
    amount_minor: int,
    due_on: date,
    *,
    promised_by: str = "",
    contact_attempt_id: UUID | None = None,
) -> UUID:
    """Record that the debtor promised ``amount_minor`` by ``due_on``; an open promise before it is withdrawn.

    Raises:
        Refused: the amount is not within the balance, or the day is past or too far away.
    """
    actor.require("cases.work")
    case = await load_case(actor, case_id, lock=True)
    now = clock.now()
    today = now.astimezone(ZoneInfo(actor.time_zone)).date()
    _acceptable(case, amount_minor, due_on, today)
    judged_on = last_day(due_on, TOLERANCE_DAYS, case.debtor_country)
    withdrawn = await withdraw_open(actor, [case.id], now)
    level = next_level(await _earlier(actor, case_id))
    row = await sql_one(
        INSERT,
        *(actor.agency_id, case.client_id, case.id, contact_attempt_id, amount_minor, due_on, judged_on, level),
        *(promised_by, actor.user_id, now),
    )
    assert row is not None
    facts: dict[str, object] = {
        "promise_id": str(row["id"]),
        "amount_minor": amount_minor,
        "currency": case.currency,
        "due_on": due_on,
        "judged_on": judged_on,
        "level": level,
    }
    await tell(actor, case, "promise.made", "contact", facts)
    await record(
        actor, "promise.made", "case", case.id, client_id=case.client_id, facts={**facts, "withdrawn": len(withdrawn)}
    )
    await refresh(actor, case.id)
    return UUID(str(row["id"]))


def _acceptable(case: CaseFile, amount_minor: int, due_on: date, today: date) -> None:
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if amount_minor <= 0:
        raise Refused(N_("A promise is of an amount above zero."), field="promise_amount", code="bad_amount")
    if amount_minor > case.balance_minor:
        raise Refused(N_("More than the balance."), field="promise_amount", code="over_balance")
    if due_on < today:
        raise Refused(N_("This day is past."), field="promise_on", code="past")
    if due_on > today + timedelta(days=LONGEST_DAYS):
        raise Refused(
            N_("At most %(days)s days ahead; agree a plan instead."),
            field="promise_on",
            code="too_far",
            days=LONGEST_DAYS,
        )


async def withdraw_open(actor: Actor, case_ids: Sequence[UUID], now: datetime) -> Sequence[UUID]:
    """Nobody waits any more for what the debtors of cases promised; gives the ids of the promises."""
    rows = await sql(
        "update promises set status = 'withdrawn', ended_at = $3"
        " where agency_id = $1 and case_id = any($2) and status = 'open' returning id",
        *(actor.agency_id, list(case_ids), now),
    )
    return [row["id"] for row in rows]


async def _earlier(actor: Actor, case_id: UUID) -> list[PromiseStatus]:
    rows = await sql(
        "select status from promises where agency_id = $1 and case_id = $2 order by created_at, id",
        actor.agency_id,
        case_id,
    )
    return [PromiseStatus(row["status"]) for row in rows]


OPEN = """
select p.id, p.amount_minor, p.due_on, p.judged_on, p.created_at, p.level, a.time_zone
from promises p join agencies a on a.id = p.agency_id
where p.agency_id = $1 and p.case_id = $2 and p.status = 'open' for no key update of p
"""

JUDGED = """
update promises set status = $4, received_minor = $5, ended_at = $6
where agency_id = $1 and id = $2 and status = $3 returning id
"""


# Payments and their reversals post under the source "payment"; each takes from, or gives back to, what is owed.
RECEIPTS = """
select j.effective_on, -sum(l.amount_minor)::bigint as amount_minor
from journal_lines l join journals j on j.agency_id = l.agency_id and j.id = l.journal_id
where l.agency_id = $1 and l.case_id = $2 and l.account = 9000 and j.source = 'payment' and j.effective_on >= $3
group by j.effective_on
"""


async def judge_open(actor: Actor, case: CaseFile) -> PromiseStatus | None:
    """Judge the case's open promise on the money that the ledger has for the case; gives its status if it ended now.

    The caller holds the case's row, and refreshes its situation afterwards.
    """
    row = await sql_one(OPEN, actor.agency_id, case.id)
    if row is None:
        return None
    now = clock.now()
    zone = ZoneInfo(row["time_zone"])
    made_on, today = row["created_at"].astimezone(zone).date(), now.astimezone(zone).date()
    terms = PromiseTerms(
        amount_minor=row["amount_minor"],
        made_on=min(made_on, row["due_on"]),
        due_on=row["due_on"],
        tolerance_days=TOLERANCE_DAYS,
        country=case.debtor_country,
    )
    receipts = [
        Received(receipt["effective_on"], receipt["amount_minor"])
        for receipt in await sql(RECEIPTS, actor.agency_id, case.id, terms.made_on)
    ]
    judgement = judge(terms, receipts, today)
    if not judgement.is_final:
        await sql(
            "update promises set received_minor = $3 where agency_id = $1 and id = $2",
            *(actor.agency_id, row["id"], judgement.received_minor),
        )
        return None
    await sql(JUDGED, actor.agency_id, row["id"], "open", judgement.status, judgement.received_minor, now)
    facts: dict[str, object] = {
        "promise_id": str(row["id"]),
        "amount_minor": row["amount_minor"],
        "received_minor": judgement.received_minor,
        "currency": case.currency,
        "due_on": row["due_on"],
        "level": row["level"],
    }
    await tell(actor, case, f"promise.{judgement.status}", "contact", facts)
    await record(actor, f"promise.{judgement.status}", "case", case.id, client_id=case.client_id, facts=facts)
    if judgement.status is not PromiseStatus.KEPT and case.is_open:
        following = Next(
            NextAction.CALL_ABOUT_PROMISE,
            _morning(today, zone),
            case.next_action_user_id,
            case.next_action_queue_id,
            "promise_broken",
        )
        await set_next(actor, case, following)
    return judgement.status


DUE = """
select case_id from promises where agency_id = $1 and status = 'open' and judged_on < $2 order by judged_on, id limit 1000
"""


@job("promises.judge_due")
async def judge_due(payload: Payload) -> None:
    """Judge every promise of an agency whose last day is over, each case in a transaction of its own."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        due = [row["case_id"] for row in await sql(DUE, actor.agency_id, await agency_day(actor))]
    for case_id in due:
        async with transaction(actor.scope):
            await judge_open(actor, await load_case(actor, case_id, lock=True))
            await refresh(actor, case_id)
    if len(due) == 1000:
        await judge_due(payload)


def _morning(day: date, zone: ZoneInfo) -> datetime:
    """Work begins at eight."""
    return datetime.combine(day, time(8), zone)
