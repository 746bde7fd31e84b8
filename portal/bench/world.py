"""The synthetic agencies that are measured: cases with debtors, people, calls, promises and a ledger that balances.

Everything is written by the database from a row's number, so that the same N gives the same cases. The domain's own
functions make agencies, clients and people; `post_journals` posts what the cases owe, as a placement does.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from cases.clients import Terms, take_on
from portal import clock
from portal.audit.seal import seal
from portal.bench import names
from portal.people.actor import Actor
from portal.people.agencies import Agency, add_agency
from portal.people.permissions import Role
from portal.people.sessions import Sender, begin
from portal.people.users import add_member
from portal.tenancy.database import Scope, sql_value, transaction

CHUNK = 10_000
NEGOTIATORS = 20
CLIENTS = ("Brandt Antriebe GmbH", "Suzhou Lanting Bearings", "Harbour Freight Ltd", "佛山明达五金", "Kontor Nord AG")

Told = Callable[[int], None]
"""Called with how many more cases are there."""


@dataclass(frozen=True, slots=True)
class World:
    """What was loaded: the agency that is measured, its people, and the token of one who is signed in."""

    agency: Agency
    negotiators: tuple[Actor, ...]
    token: str
    cases: int
    neighbours: int
    """Cases of another agency in the same tables."""


async def build(owner_url: str, cases: int, told: Told) -> World:
    """Load ``cases`` into one agency and a tenth as many into another. The database must be open as the application."""
    agency, client_ids, queue_id = await found("measured", "Nordkai Inkasso", "EUR", CLIENTS)
    other, other_clients, other_queue = await found("neighbour", "Südhafen Forderungen", "EUR", CLIENTS[:2])
    negotiators = [await _person(agency, number) for number in range(NEGOTIATORS)]
    async with transaction(Scope(user_id=negotiators[0].user_id)):
        token = await begin(negotiators[0].membership_id, Sender(), clock.now())
    neighbours = max(10, cases // 10)
    async with _few_indexes(owner_url):
        await _load(owner_url, agency, client_ids, queue_id, negotiators, cases, told)
        await _load(owner_url, other, other_clients, other_queue, [], neighbours, told)
    for one in (agency, other):
        await seal(one.id)
    await tidy(owner_url)
    return World(agency, tuple(negotiators), token, cases, neighbours)


INDEXES = """
select indexname as name, indexdef as definition from pg_indexes join pg_index on indexrelid = indexname::regclass
where schemaname = 'public' and not indisunique and tablename = any($1)
"""
FILLED = ("cases", "debtors", "debtor_people", "contact_points", "invoices", "case_events", "contact_attempts",
          "promises", "journals", "journal_lines")  # fmt: skip


@asynccontextmanager
async def _few_indexes(owner_url: str) -> AsyncIterator[None]:
    """Without the indexes that no key needs while rows pour in; they are built again at the end, as a restore does."""
    connection = await asyncpg.connect(owner_url)
    try:
        indexes = await connection.fetch(INDEXES, list(FILLED))
        for index in indexes:
            await connection.execute(f'drop index "{index["name"]}"')
        yield
        await connection.execute("set maintenance_work_mem = '256MB'")
        for index in indexes:
            await connection.execute(index["definition"])
    finally:
        await connection.close()


async def tidy(owner_url: str) -> None:
    """What autovacuum would have done by the next day."""
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute("vacuum (analyze)")
    finally:
        await connection.close()


async def found(slug: str, name: str, currency: str, clients: tuple[str, ...]) -> tuple[Agency, list[UUID], UUID]:
    agency = await add_agency(slug=slug, name=name, time_zone="Europe/Berlin", base_currency=currency)
    async with transaction(agency.actor.scope):
        client_ids = [await take_on(agency.actor, Terms(name=client, country="DE")) for client in clients]
        queue_id = await sql_value(QUEUE, agency.id)
    return agency, client_ids, queue_id


QUEUE = """
with made as (insert into queues (agency_id, name) values ($1, '') on conflict do nothing returning id)
select id from made union all select id from queues where agency_id = $1 limit 1
"""


async def _person(agency: Agency, number: int) -> Actor:
    name, email = names.PEOPLE[number % len(names.PEOPLE)], f"negotiator{number}@bench.invalid"
    async with transaction(agency.actor.scope):
        user_id, membership_id = await add_member(agency.actor, email, name, None, Role.NEGOTIATOR)
    return Actor(
        kind="user",
        agency_id=agency.id,
        agency_name=agency.name,
        base_currency=agency.base_currency,
        role=Role.NEGOTIATOR,
        user_id=user_id,
        name=name,
        email=email,
        membership_id=membership_id,
        time_zone=agency.time_zone,
    )


async def _load(
    owner_url: str,
    agency: Agency,
    client_ids: list[UUID],
    queue_id: UUID,
    negotiators: list[Actor],
    cases: int,
    told: Told,
) -> None:
    connection = await asyncpg.connect(owner_url)
    try:
        # The role that stands above the policies: rows are written as they lie, not as somebody may see them.
        await connection.execute("set role portal_definer")
        await connection.execute(PICK)
        people = [actor.user_id for actor in negotiators]
        for first in range(1, cases + 1, CHUNK):
            last = min(first + CHUNK - 1, cases)
            await _load_chunk(connection, agency, client_ids, queue_id, people, first, last)
            told(last - first + 1)
        await connection.execute("update agencies set next_case_number = $2 where id = $1", agency.id, cases + 1)
    finally:
        await connection.close()


async def _load_chunk(
    connection: asyncpg.Connection,
    agency: Agency,
    client_ids: list[UUID],
    queue_id: UUID,
    people: list[UUID | None],
    first: int,
    last: int,
) -> None:
    now = clock.now()
    async with connection.transaction():
        await connection.execute(
            "select set_config('app.scope', 'job', true), set_config('app.agency_id', $1, true)", str(agency.id)
        )
        await connection.execute(DRAW, first, last, clock.today(agency.time_zone), client_ids, *_words())
        await connection.execute(
            "update drawn d set debtor_id = e.debtor_id from drawn e where d.n % 5 = 0 and e.n = d.n - 1"
        )
        await _insert(connection, agency.id, queue_id, people, now)
        await connection.execute(POST, now)
        await connection.execute("drop table drawn")


def _words() -> tuple[object, ...]:
    return (
        names.FAMILIES, names.TRADES, names.FORMS, names.CITIES, names.CHINESE_CITIES, names.CHINESE_FIRST,
        names.CHINESE_SECOND, names.CHINESE_TRADES, names.PEOPLE,
    )  # fmt: skip


async def _insert(
    connection: asyncpg.Connection, agency_id: UUID, queue_id: UUID, people: list[UUID | None], now: datetime
) -> None:
    await connection.execute(DEBTORS, agency_id, now)
    await connection.execute(DEBTOR_PEOPLE, agency_id, now)
    await connection.execute(POINTS, agency_id, now)
    await connection.execute(CASES, agency_id, now, queue_id, people)
    await connection.execute(INVOICES, agency_id)
    await connection.execute(ATTEMPTS, agency_id, now)
    await connection.execute(PROMISES, agency_id, now)
    await connection.execute(EVENTS, agency_id, now)


# A number between 0 and p_many - 1 that looks like chance and is the same every time.
PICK = """
create function pg_temp.die(p_row bigint, p_throw bigint, p_many integer) returns integer
    language sql immutable return ((hashint8extended(p_row, p_throw) & 2147483647) % p_many)::integer;
create function pg_temp.pick(p_words text[], p_row bigint, p_throw bigint) returns text
    language sql immutable return p_words[1 + pg_temp.die(p_row, p_throw, cardinality(p_words))];
"""

# Each fifth case is against the debtor of the one before. Three debtors in ten are Chinese companies.
DRAW = """
create temporary table drawn as
select n, uuidv7() as case_id, uuidv7() as debtor_id, client_id, currency, amount_minor, placed_on, due_on,
       chinese, case when chinese then pg_temp.pick($9, d, 1) || pg_temp.pick($10, d, 2) || pg_temp.pick($11, d, 3)
                                       || pg_temp.pick($12, d, 4) || '有限公司'
                     else pg_temp.pick($5, d, 1) || ' ' || pg_temp.pick($6, d, 2) || ' ' || pg_temp.pick($7, d, 3)
                end as name,
       case when chinese then pg_temp.pick($9, d, 1) else pg_temp.pick($8, d, 5) end as city,
       lpad(d::text, 6, '0') as postal_code, pg_temp.pick($13, d, 6) as contact,
       pg_temp.die(n, 7, 100) as fate, ($3::date - placed_on) as days_here, ($3::date - due_on) as days_late
from (
    select n, n - (n % 5 = 0)::int as d, pg_temp.die(n - (n % 5 = 0)::int, 8, 10) < 3 as chinese,
           ($4::uuid[])[1 + pg_temp.die(n, 9, cardinality($4::uuid[]))] as client_id,
           (array['EUR', 'EUR', 'EUR', 'USD', 'CNY'])[1 + pg_temp.die(n, 10, 5)] as currency,
           (2500 + pg_temp.die(n, 11, 1000)::bigint * pg_temp.die(n, 12, 1000)) as amount_minor,
           $3::date - 1 - pg_temp.die(n, 13, 200) as placed_on,
           $3::date - 32 - pg_temp.die(n, 13, 200) - pg_temp.die(n, 14, 300) as due_on
    from generate_series($1::bigint, $2::bigint) as n) as thrown
"""

DEBTORS = """
insert into debtors (id, agency_id, name, match_name, country, city, postal_code, language, created_at)
select debtor_id, $1, name, lower(name), case when chinese then 'CN' else 'DE' end, city, postal_code,
       case when chinese then 'zh-Hans' else 'en' end, $2
from drawn where n % 5 <> 0 order by n
"""

DEBTOR_PEOPLE = """
insert into debtor_people (agency_id, debtor_id, client_id, name, authorised, authorised_on, created_at)
select $1, debtor_id, client_id, contact, true, placed_on, $2 from drawn where n % 5 <> 0 and n % 2 = 0
"""

POINTS = """
insert into contact_points (agency_id, debtor_id, client_id, kind, value, created_at)
select $1, debtor_id, client_id, kind, value, $2 from drawn cross join lateral (values
    ('phone', case when chinese then '+8621' || lpad((62000000 + n % 900000)::text, 8, '0')
                   else '+4940' || lpad((3000000 + n % 900000)::text, 7, '0') end),
    ('email', 'office' || n || '@debtor.invalid')) as point (kind, value)
where n % 5 <> 0
"""

# The score's parts are the sentence that explains the order; half the cases are due today.
CASES = """
insert into cases (id, agency_id, client_id, debtor_id, number, reference, description, status, close_code, closed_at,
                   currency, placed_minor, placed_on, oldest_due_on, debtor_name, debtor_street, debtor_postal_code,
                   debtor_city, debtor_country, next_action, next_action_at, next_action_user_id, next_action_queue_id,
                   next_action_reason, situation, band, rank, score, score_terms, first_contact_at, last_activity_at,
                   created_at)
select case_id, $1, client_id, debtor_id, extract(year from placed_on) || '-' || lpad(n::text, 7, '0'),
       'RE-' || (700000 + n), 'Goods delivered', status, case status when 'closed' then 'uneconomical' end,
       case status when 'closed' then $2::timestamptz end, currency, amount_minor, placed_on, due_on, name,
       'Hafenstraße ' || (1 + n % 90), postal_code, city, case when chinese then 'CN' else 'DE' end,
       case status when 'closed' then null else action end, case status when 'closed' then null else next_at end,
       case when status <> 'closed' and fate % 20 = 3 then ($4::uuid[])[1 + n % greatest(1, cardinality($4::uuid[]))] end,
       case when status <> 'closed' then $3::uuid end, 'placed', situation,
       case when next_at > $2::timestamptz then 6 when action = 'call_back' then 2 else 5 end,
       case when action = 'call_back' then extract(epoch from next_at)::bigint else -(balance + age + chance) end,
       (balance + age + chance) / 10.0,
       jsonb_build_object('balance', (balance / 10.0)::text, 'age', (age / 10.0)::text, 'chance', (chance / 10.0)::text),
       case when fate < 60 then $2::timestamptz - make_interval(days => days_here / 2) end, $2::timestamptz - make_interval(days => days_here / 2),
       placed_on
from drawn
cross join lateral (select
    case when fate >= 92 then 'closed' else 'active' end as status,
    case when fate < 10 then 'promise_open' when fate < 20 then 'promise_broken' when fate < 40 then 'working'
         when fate < 60 then 'no_contact' when fate >= 92 then 'closed' else 'new' end as situation,
    case when fate < 10 then 'check_promise' when fate < 14 then 'call_back' when fate < 60 then 'call'
         else 'first_call' end as action,
    $2::timestamptz + make_interval(hours => n::int % 240 - 120) as next_at,
    round(300 * ln(1 + amount_minor / 100.0) / ln(100001))::int as balance,
    least(250, round(250 * days_late / 180.0))::int as age, 80 + n::int % 40 as chance) as worked
order by n
"""

INVOICES = """
insert into invoices (agency_id, client_id, case_id, number, issued_on, due_on, amount_minor)
select $1, client_id, case_id, 'RE-' || (700000 + n), due_on - 30, due_on, amount_minor from drawn order by n
"""

ATTEMPTS = """
insert into contact_attempts (agency_id, client_id, case_id, debtor_id, outcome, verdict, decision, at)
select $1, client_id, case_id, debtor_id, case when fate < 40 then 'right_party' else 'no_answer' end, 'allowed', '{}',
       $2::timestamptz - make_interval(days => days_here / 2)
from drawn where fate < 60 order by n
"""

PROMISES = """
insert into promises (agency_id, client_id, case_id, amount_minor, due_on, judged_on, status, promised_by, created_at,
                      ended_at)
select $1, client_id, case_id, amount_minor, due, due + 2, case when fate < 10 then 'open' else 'broken' end, contact,
       $2::timestamptz - make_interval(days => days_here / 2), case when fate >= 10 then $2::timestamptz - interval '1 day' end
from drawn cross join lateral (
    select case when fate < 10 then $2::timestamptz::date + n::int % 10 else $2::timestamptz::date - 3 end as due) as promised
where fate < 20 order by n
"""

EVENTS = """
insert into case_events (agency_id, client_id, case_id, at, kind, topic, actor_name, facts)
select $1, client_id, case_id, $2::timestamptz - make_interval(days => days_ago), kind, topic, actor, facts
from drawn cross join lateral (values
    ('case.placed', 'client', '', days_here, 100, jsonb_build_object('acknowledgement', '2026-A00001')),
    ('case.claimed', 'system', 'Anna Weber', days_here / 2, 60, '{}'::jsonb),
    ('call.logged', 'contact', 'Anna Weber', days_here / 2, 60, jsonb_build_object(
        'outcome', case when fate < 40 then 'right_party' else 'no_answer' end, 'direction', 'out', 'note', '',
        'reason_given', '', 'assessment', '', 'verdict', 'allowed', 'override_reason', '', 'person', contact)),
    ('promise.made', 'contact', 'Anna Weber', days_here / 2, 20, jsonb_build_object(
        'amount_minor', amount_minor, 'currency', currency, 'due_on', $2::timestamptz::date, 'received_minor', 0, 'level', 1))
) as told (kind, topic, actor, days_ago, below, facts)
where fate < below order by n
"""

# What each case owes, as a placement posts it: one journal a case, through the ledger's one function.
POST = """
select post_journals(
    journal.sources, journal.ids, journal.sources, journal.days, journal.none, line.journals, line.books, line.accounts,
    line.currencies, line.clients, line.cases, line.components, line.amounts, $1, null)
from (
    select array_agg('placement'::text) as sources, array_agg(case_id::text order by n) as ids,
           array_agg(placed_on order by n) as days, array_agg(null::uuid) as none
    from drawn) as journal, (
    select array_agg(place order by place, account) as journals, array_agg('memo'::text) as books,
           array_agg(account order by place, account) as accounts, array_agg(currency order by place, account) as currencies,
           array_agg(client_id order by place, account) as clients, array_agg(debt order by place, account) as cases,
           array_agg(component order by place, account) as components, array_agg(amount order by place, account) as amounts
    from (select (dense_rank() over (order by n))::integer as place, currency, client_id, account,
                 case account when 9000 then case_id end as debt,
                 case account when 9000 then 'principal' end as component,
                 case account when 9000 then amount_minor else -amount_minor end as amount
          from drawn cross join unnest('{9000,9100}'::smallint[]) as account
          order by n, account) as ordered) as line
"""
