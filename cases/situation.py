"""The situation of a case: the one word that every list shows, computed from the facts beside its status.

``refresh`` is called at the end of everything that changes such a fact. It also sets the band and the score that the
queue is ordered by, so that lists read three columns instead of asking a dozen tables.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from cases.casework import NextAction
from cases.queues.score import Band, PaymentSigns, Score, ScoreFacts, chance_of_payment, score
from portal import clock
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.money import exponent
from portal.people.actor import Actor, system
from portal.tenancy.database import as_job, sql, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What decides a situation. ``today`` is the date in the agency's time zone."""

    status: str
    stage: str
    close_code: str | None
    today: date
    on_hold_until: date | None
    recall_asked_on: date | None = None
    agreement: str = ""
    open_disputes: int
    open_promises: int
    last_promise_broken: bool
    attempts: int
    reached: int


def situation(facts: Facts) -> str:
    """The code of the situation. What stops us comes before what is agreed, and that before how far we are."""
    if facts.status == "closed":
        return {"paid_in_full": "paid", "recovered_otherwise": "paid", "settled_in_full": "settled"}.get(
            facts.close_code or "", "closed"
        )
    in_order = (
        ("recall_pending", facts.recall_asked_on is not None),
        ("disputed", facts.open_disputes > 0),
        ("on_hold", facts.on_hold_until is not None and facts.on_hold_until >= facts.today),
        ("needs_info", facts.status == "needs_info"),
        *_agreed(facts, "plan_in_grace", "plan_running"),
        ("promise_open", facts.open_promises > 0),
        *_agreed(facts, "settlement_offered", "plan_offered", "plan_broken"),
        ("promise_broken", facts.last_promise_broken),
        ("legal", facts.stage != "amicable"),
        ("working", facts.reached > 0),
        ("no_contact", facts.attempts > 0),
    )
    return next((code for code, holds in in_order if holds), "new")


def _agreed(facts: Facts, *words: str) -> Iterator[tuple[str, bool]]:
    return ((word, facts.agreement == word) for word in words)


GATHER = """
select c.id, c.status, c.stage, c.close_code, c.on_hold_until, c.recall_asked_on, c.agreement, c.currency, c.oldest_due_on,
       c.limitation_on, c.principal_minor + c.interest_minor + c.costs_minor as balance_minor, c.next_action, c.next_action_at,
       c.status = 'needs_info' and exists (
           select from case_requirements q where q.agency_id = c.agency_id and q.case_id = c.id and q.met_at is null)
           as unaccepted,
       (now_at at time zone a.time_zone)::date as today, a.time_zone, a.base_currency,
       (select count(*) from disputes d where d.agency_id = c.agency_id and d.case_id = c.id and d.answered_at is null)
           as open_disputes,
       p.open_promises, p.broken_promises, p.partly_kept_promises, p.kept_promises, p.last_status, p.last_ended_at,
       t.attempts, t.reached, t.calls,
       own.per_euro as own_per_euro, base.per_euro as base_per_euro
from (select $2::timestamptz as now_at) clock, cases c
join agencies a on a.id = c.agency_id
cross join lateral (
    select count(*) filter (where status = 'open') as open_promises,
           count(*) filter (where status = 'broken') as broken_promises,
           count(*) filter (where status = 'partly_kept') as partly_kept_promises,
           count(*) filter (where status = 'kept') as kept_promises,
           (array_agg(status order by created_at desc))[1] as last_status,
           (array_agg(ended_at order by created_at desc))[1] as last_ended_at
    from promises where agency_id = c.agency_id and case_id = c.id) p
cross join lateral (
    select count(*) as attempts, count(*) filter (where outcome = 'right_party') as reached,
           count(*) filter (where channel = 'call' and direction = 'out') as calls
    from contact_attempts where agency_id = c.agency_id and case_id = c.id) t
left join lateral (
    select per_euro from exchange_rates where currency = c.currency and "on" <= now_at::date order by "on" desc limit 1
) own on true
left join lateral (
    select per_euro from exchange_rates where currency = a.base_currency and "on" <= now_at::date order by "on" desc limit 1
) base on true
where c.agency_id = $1 and c.id = any($3)
"""

STORE = """
update cases c set situation = n.situation, band = n.band, rank = n.rank, score = n.score, score_terms = n.terms::jsonb,
                   broken_promises = n.broken
from unnest($2::uuid[], $3::text[], $4::int[], $5::bigint[], $6::numeric[], $7::text[], $8::int[])
    as n (id, situation, band, rank, score, terms, broken)
where c.agency_id = $1 and c.id = n.id
  and (c.situation, c.band, c.rank, c.score, c.score_terms, c.broken_promises)
      is distinct from (n.situation, n.band, n.rank, n.score, n.terms::jsonb, n.broken)
"""

NOT_DUE = 6
"""The band of a case whose next action lies on a later day, that is on hold or asked back, or that the agency has not
accepted yet (`cases.acceptance` has a list of those): it is in no queue today."""

Stored = tuple[UUID, str, int, int, Decimal, str, int]


async def refresh(actor: Actor, *case_ids: UUID) -> None:
    """Recompute situation, band and order of cases after one of their facts changed, and store what differs."""
    now = clock.now()
    stored = [weigh(row, now) for row in await sql(GATHER, actor.agency_id, now, list(case_ids))]
    if stored:
        await sql(STORE, actor.agency_id, *(list(column) for column in zip(*stored, strict=True)))


def weigh(row: asyncpg.Record, now: datetime) -> Stored:
    """What is stored of one case: its situation, band, rank within the band, score, terms and broken promises."""
    zone, today = ZoneInfo(row["time_zone"]), row["today"]
    ends_today = datetime.combine(today + timedelta(days=1), time(), zone)
    status = situation(
        Facts(
            status=row["status"],
            stage=row["stage"],
            close_code=row["close_code"],
            today=today,
            on_hold_until=row["on_hold_until"],
            recall_asked_on=row["recall_asked_on"],
            agreement=row["agreement"],
            open_disputes=row["open_disputes"],
            open_promises=row["open_promises"],
            last_promise_broken=row["last_status"] in ("broken", "partly_kept"),
            attempts=row["attempts"],
            reached=row["reached"],
        )
    )
    result = score(_score_facts(row, today, zone, ends_today), today)
    band = int(result.band)
    later = row["next_action_at"] is None or row["next_action_at"] >= ends_today
    waits = status in ("on_hold", "recall_pending") or row["unaccepted"]
    if waits or (later and result.band is not Band.LIMITATION):
        band = NOT_DUE
    terms = json.dumps(result.as_facts())
    return row["id"], status, band, _rank(row, result), result.total, terms, row["broken_promises"]


def _score_facts(row: asyncpg.Record, today: date, zone: ZoneInfo, ends_today: datetime) -> ScoreFacts:
    past_due = (today - row["oldest_due_on"]).days
    ended = row["last_ended_at"]
    return ScoreFacts(
        balance=_in_base_currency(row),
        days_past_due=past_due,
        broken=row["broken_promises"],
        chance=chance_of_payment(
            PaymentSigns(
                kept=row["kept_promises"],
                partly_kept=row["partly_kept_promises"],
                broken=row["broken_promises"],
                calls=row["calls"],
                right_party_contacts=row["reached"],
                days_past_due=past_due,
            )
        ),
        limitation_ends=row["limitation_on"],
        callback_due=row["next_action"] == NextAction.CALL_BACK and row["next_action_at"] < ends_today,
        plan_in_grace=row["agreement"] == "plan_in_grace",
        promise_broken_today=row["last_status"] == "broken"
        and ended is not None
        and ended.astimezone(zone).date() == today,
    )


def _in_base_currency(row: asyncpg.Record) -> Decimal:
    """The balance in major units of the agency's currency at the latest rates known; as it is where one is missing."""
    major = Decimal(row["balance_minor"]).scaleb(-exponent(row["currency"]))
    if row["currency"] == row["base_currency"]:
        return major
    own = Decimal(1) if row["currency"] == "EUR" else row["own_per_euro"]
    base = Decimal(1) if row["base_currency"] == "EUR" else row["base_per_euro"]
    return major if own is None or base is None else major / own * base


def _rank(row: asyncpg.Record, result: Score) -> int:
    """Ascending order within a band: what ends first, what is due first, else the higher score."""
    if result.band is Band.LIMITATION:
        return int(row["limitation_on"].toordinal())
    if result.band is Band.CALLBACK:
        return int(row["next_action_at"].astimezone(UTC).timestamp())
    return -int(result.total * 10)


BATCH = 1000
EVERY_OPEN_CASE = "select id from cases where agency_id = $1 and status <> 'closed' and id > $2 order by id limit $3"


@job("cases.reorder")
async def reorder(payload: Payload) -> None:
    """Recompute every open case of one agency: days pass, and with them bands and scores change."""
    actor, last = system(UUID(payload["agency_id"])), UUID(int=0)
    while True:
        async with transaction(as_job(actor.agency_id)):
            ids = [row["id"] for row in await sql(EVERY_OPEN_CASE, actor.agency_id, last, BATCH)]
            await refresh(actor, *ids)
        if len(ids) < BATCH:
            return
        last = ids[-1]
