"""From checked rows to cases, a whole placement at a time: each statement takes all rows at once.

The rows of a placement wait in a temporary table, ``new_cases``, that ends with the transaction; it gives each its ids
before anything is written, so that parents and children go in without asking back.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from cases.casework import NextAction
from cases.situation import Stored, weigh
from portal.tenancy.database import connection, sql, sql_one

BATCH = 10_000

# Memory for a sort of all the cases, for as long as the transaction lasts; a worker places few lists at a time.
CREATE = """
set local work_mem = '64MB';
create temporary table new_cases (
    row_number integer, case_id uuid, number text, debtor_id uuid,
    reference text, description text, currency text, total_minor bigint, oldest_due_on date, kind text, name text,
    match_name text, email text, email_given text, phone text, phone_given text, language text, contact_person text,
    street text, postal_code text, match_postal_code text, city text, region text, country text, invoices jsonb,
    interest_minor bigint, costs_minor bigint, credits jsonb, contacts jsonb, registration_number text, tax_id text,
    told_apart_by text, second_placement boolean,
    -- A person of whom nothing but name and postal code is known is nobody's like.
    match_beside text generated always as (
        case when kind = 'person' then coalesce(told_apart_by, case_id::text) else '' end) stored,
    asks text -- what its client must do first, where it falls short of the agency's rules
) on commit drop;
create temporary table new_people (debtor_id uuid, name text, person_id uuid, is_new boolean) on commit drop;
create temporary table new_points (debtor_id uuid, person_id uuid, kind text, value text) on commit drop
"""

GATHER = """
with gathered as (
insert into new_cases (
    row_number, case_id, number, reference, description, currency, total_minor, oldest_due_on, kind, name,
    match_name, email, email_given, phone, phone_given, language, contact_person, street, postal_code,
    match_postal_code, city, region, country, invoices, interest_minor, costs_minor, credits, contacts,
    registration_number, tax_id, told_apart_by, second_placement)
select r.row_number, uuidv7(),
       $3 || '-' || lpad(n::text, greatest(5, length(n::text)), '0'),
       d.*
from (select row_number, draft, $4::bigint + row_number() over (order by row_number) - 1 as n
      from placement_rows where agency_id = $1 and placement_id = $2 and state in ('ready', 'warning')
      order by row_number) r
cross join lateral jsonb_to_record(r.draft) as d (
    reference text, description text, currency text, total_minor bigint, oldest_due_on date, kind text, name text,
    match_name text, email text, email_given text, phone text, phone_given text, language text, contact_person text,
    street text, postal_code text, match_postal_code text, city text, region text, country text, invoices jsonb,
    interest_minor bigint, costs_minor bigint, credits jsonb, contacts jsonb, registration_number text, tax_id text,
    told_apart_by text, second_placement boolean)
order by r.row_number
returning credits is not null as with_credits, contacts is not null as with_contacts)
select coalesce(bool_or(with_credits), false) as credits, coalesce(bool_or(with_contacts), false) as contacts
from gathered
"""

# Of the columns by which rows are found or put in order: all of them would take a second.
SAMPLE = """
analyze new_cases (case_id, row_number, currency, match_name, country, match_postal_code, match_beside, contact_person)
"""

# In the order of the key, so that two placements with the same debtors wait for each other and never cross.
ADD_DEBTORS = """
insert into debtors (
    agency_id, kind, name, match_name, country, region, city, postal_code, match_beside, language, created_at)
select distinct on (match_name, country, match_postal_code, match_beside)
       $1::uuid, kind, name, match_name, country, region, city, match_postal_code, match_beside,
       case when language <> '' then language when country = 'CN' then 'zh-Hans' else 'en' end, $2::timestamptz
from new_cases order by match_name, country, match_postal_code, match_beside, row_number
on conflict (agency_id, match_name, country, postal_code, match_beside) do nothing
"""

FIND_DEBTORS = """
update new_cases p set debtor_id = d.id from debtors d
where d.agency_id = $1 and d.match_name = p.match_name and d.country = p.country and d.postal_code = p.match_postal_code
  and d.match_beside = p.match_beside
"""

# A lookup row by row through an index is never far off, however little the planner knows of tables that fill up now;
# but never in the statement that fills the table: it would step over all its own rows, which it cannot see yet.
# Whom the client names as the debtor's contact person may speak for the debtor, as far as the client knows.
GATHER_PEOPLE = """
insert into new_people (debtor_id, name, person_id, is_new)
select p.debtor_id, p.contact_person, coalesce(known.id, uuidv7()), known.id is null
from (select distinct debtor_id, contact_person from new_cases where contact_person <> '') as p
left join lateral (
    select id from debtor_people d
    where d.agency_id = $1 and d.debtor_id = p.debtor_id and d.client_id = $2 and d.name = p.contact_person
    order by id limit 1) as known on true
"""

ADD_PEOPLE = """
insert into debtor_people (id, agency_id, debtor_id, client_id, name, authorised, authorised_on, created_at)
select person_id, $1, debtor_id, $2, name, true, $4, $3 from new_people where is_new
"""

GATHER_POINTS = """
insert into new_points (debtor_id, person_id, kind, value)
select given.debtor_id, given.person_id, given.kind, given.value
from (select distinct on (c.debtor_id, point.kind, point.value) c.debtor_id, p.person_id, point.kind, point.value
      from new_cases c left join new_people p on p.debtor_id = c.debtor_id and p.name = c.contact_person
      cross join lateral (values ('phone', c.phone), ('email', c.email)) as point (kind, value)
      where point.value <> ''
      order by c.debtor_id, point.kind, point.value, p.person_id nulls last) as given
left join lateral (
    select id from contact_points k
    where k.agency_id = $1 and k.debtor_id = given.debtor_id and k.client_id = $2 and k.kind = given.kind
      and k.value = given.value
    limit 1) as known on true
where known.id is null
"""

ADD_POINTS = """
insert into contact_points (agency_id, debtor_id, person_id, client_id, kind, value, source, created_at)
select $1, debtor_id, person_id, $2, kind, value, 'placement', $3 from new_points
"""

# The facts of a case on its first day, in the shape that `cases.situation` weighs; it has no promises nor attempts yet.
FACTS = """
with rate as materialized (
    select used.currency,
           (select per_euro from exchange_rates x where x.currency = used.currency and x."on" <= $4::date
            order by x."on" desc limit 1) as own_per_euro,
           (select per_euro from exchange_rates x
            where x.currency = (select base_currency from agencies where id = $1) and x."on" <= $4::date
            order by x."on" desc limit 1) as base_per_euro
    from (select distinct currency from new_cases) as used)
select n.case_id as id, case when n.asks is null then 'active' else 'needs_info' end as status, 'amicable' as stage,
       null as close_code, null::date as on_hold_until, null::date as recall_asked_on, '' as agreement,
       n.currency, n.oldest_due_on, null::date as limitation_on,
       n.total_minor as balance_minor, coalesce(n.asks, $2::text) as next_action,
       case when n.asks is null then $3::timestamptz else $5::timestamptz end as next_action_at,
       n.asks is not null as unaccepted,
       ($4::timestamptz at time zone a.time_zone)::date as today, a.time_zone, a.base_currency,
       0 as open_disputes, 0 as open_promises, 0 as broken_promises, 0 as partly_kept_promises, 0 as kept_promises,
       null as last_status, null::timestamptz as last_ended_at, 0 as attempts, 0 as reached, 0 as calls,
       rate.own_per_euro, rate.base_per_euro
from new_cases n
join agencies a on a.id = $1
join rate on rate.currency = n.currency
order by n.row_number
"""

# A case comes with what it owes: the database posts it in the same statement (`post_claims`).
ADD_CASES = """
insert into cases (id, agency_id, client_id, debtor_id, placement_id, number, reference, description, status, currency,
                   placed_minor, principal_minor, interest_minor, costs_minor, placed_on, oldest_due_on, debtor_kind, debtor_name,
                   debtor_registration_number, debtor_tax_id, debtor_street, debtor_postal_code, debtor_city, debtor_region, debtor_country, next_action, next_action_at, next_action_queue_id,
                   next_action_reason, situation, band, rank, score, score_terms, last_activity_at, created_at, second_placement)
select case_id, $1, $2, debtor_id, $3, number, reference, description,
       case when asks is null then 'active' else 'needs_info' end, currency, total_minor,
       total_minor - coalesce(interest_minor, 0) - coalesce(costs_minor, 0), coalesce(interest_minor, 0), coalesce(costs_minor, 0),
       $4, oldest_due_on, kind, name,
       coalesce(registration_number, ''), coalesce(tax_id, ''), street, postal_code, city, region, country, coalesce(asks, $5),
       case when asks is null then $6::timestamptz else $9::timestamptz end, $7,
       case when asks is null then 'placed' else 'acceptance' end, situation, band, rank, score, terms::jsonb, $8, $8,
       coalesce(second_placement, false)
from unnest($10::uuid[], $11::text[], $12::int[], $13::bigint[], $14::numeric[], $15::text[])
    as weighed (case_id, situation, band, rank, score, terms)
join new_cases using (case_id) order by row_number
"""

ADD_INVOICES = """
insert into invoices (agency_id, client_id, case_id, number, issued_on, due_on, amount_minor)
select $1, $2, p.case_id, i.number, i.issued_on, i.due_on, i.amount_minor
from new_cases p
cross join lateral jsonb_to_recordset(p.invoices) as i (number text, issued_on date, due_on date, amount_minor bigint)
order by p.row_number
"""

ADD_EVENTS = """
insert into case_events (agency_id, client_id, case_id, at, kind, topic, actor_id, actor_name, facts)
select $1::uuid, $2::uuid, case_id, $3::timestamptz, 'case.placed', 'client', $4::uuid, $5::text,
       jsonb_build_object('acknowledgement', $6::text, 'placement_id', $7::uuid)
       || case when email = '' and email_given <> '' then jsonb_build_object('email_given', email_given) else '{}' end
       || case when phone = '' and phone_given <> '' then jsonb_build_object('phone_given', phone_given) else '{}' end
from new_cases
union all
select $1, $2, case_id, $3, 'case.address_missing', 'client', null, '', '{}'::jsonb
from new_cases where street = '' or city = ''
"""


@dataclass(frozen=True, slots=True)
class Placing:
    """What all cases of one placement have in common."""

    agency_id: UUID
    client_id: UUID
    placement_id: UUID
    now: datetime
    placed_on: date
    first_number: int
    queue_id: UUID
    first_call_at: datetime
    remind_at: datetime
    """When somebody looks after a case that waits for its client."""
    rows: int


MANY = 500
"""From so many rows on, a placement has the tables it fills sampled; before more cases are written than these."""


async def sample(placing: Placing, *tables: str) -> None:
    """Have tables sampled that this placement fills, if it is large enough for their plans to matter."""
    if placing.rows >= MANY:
        for table in tables:
            await sql("select sample_for_placing($1)", table)


@dataclass(frozen=True, slots=True)
class Given:
    """What at least one case of a placement has beside its debtor and invoices."""

    credits: bool
    contacts: bool


async def gather(placing: Placing) -> Given:
    """Fill ``new_cases`` with the rows that may be placed."""
    await connection().execute(CREATE)
    year = str(placing.placed_on.year)
    given = await sql_one(GATHER, placing.agency_id, placing.placement_id, year, placing.first_number)
    assert given is not None
    await connection().execute(SAMPLE)
    return Given(given["credits"], given["contacts"])


async def add_debtors(placing: Placing) -> None:
    """Find or add each row's debtor, with the people and contact points this client knows."""
    await sql(ADD_DEBTORS, placing.agency_id, placing.now)
    await sample(placing, "debtors")
    await sql(FIND_DEBTORS, placing.agency_id)
    await sql(GATHER_PEOPLE, placing.agency_id, placing.client_id)
    await connection().execute("analyze new_people")
    await sql(ADD_PEOPLE, placing.agency_id, placing.client_id, placing.now, placing.placed_on)
    await sample(placing, "debtor_people")
    await sql(GATHER_POINTS, placing.agency_id, placing.client_id)
    await sql(ADD_POINTS, placing.agency_id, placing.client_id, placing.now)


async def add_cases(placing: Placing) -> None:
    """Write the cases with what they owe, and their invoices.

    Each has its situation and its place in the queue beforehand, so that it is written only once. While the database
    writes some, the next are weighed in a thread.
    """
    facts = await connection().cursor(
        FACTS, placing.agency_id, NextAction.FIRST_CALL, placing.first_call_at, placing.now, placing.remind_at
    )
    weighed = _weighed(await facts.fetch(MANY), placing.now)
    is_sampled = False
    while weighed:
        following = asyncio.create_task(asyncio.to_thread(_weighed, await facts.fetch(BATCH), placing.now))
        try:
            await _write_cases(placing, weighed)
            if not is_sampled:
                await sample(placing, "cases", "journals")
            is_sampled = True
        finally:
            weighed = await following
    await sql(ADD_INVOICES, placing.agency_id, placing.client_id)


def _weighed(facts: Sequence[asyncpg.Record], now: datetime) -> list[Stored]:
    return [weigh(row, now) for row in facts]


async def _write_cases(placing: Placing, weighed: Sequence[Stored]) -> None:
    *weights, _broken = (list(column) for column in zip(*weighed, strict=True))
    await sql(
        ADD_CASES,
        *(placing.agency_id, placing.client_id, placing.placement_id, placing.placed_on),
        *(NextAction.FIRST_CALL, placing.first_call_at, placing.queue_id, placing.now, placing.remind_at),
        *weights,
    )


async def add_events(placing: Placing, acknowledgement: str, by: UUID | None, by_name: str) -> None:
    """Begin each case's timeline."""
    await sql(
        ADD_EVENTS,
        *(placing.agency_id, placing.client_id, placing.now, by, by_name, acknowledgement, placing.placement_id),
    )
