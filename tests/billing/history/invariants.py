"""The seven invariants of the ledger, asked of the tables by SQL of their own: nothing of the code under test is asked."""

from __future__ import annotations

from typing import Final

from portal.tenancy.database import as_job, sql, transaction
from tests.billing.history.world import World

INVARIANTS: Final = """
with l as materialized (select * from journal_lines where agency_id = $1),
days as (select distinct currency, effective_on as day from l),
-- What stood on each account of an agency at the end of each day.
stood as (select d.currency, d.day, a.account, coalesce(sum(l.amount_minor), 0) as minor
          from days d cross join (values (1000), (1010), (1090), (1900), (2000), (2010), (2020), (2030), (2040), (2190), (1220)) a (account)
          left join l on l.currency = d.currency and l.account = a.account and l.effective_on <= d.day
          group by 1, 2, 3),
day as (select currency, day, (select jsonb_object_agg(s.account, s.minor) from stood s
                               where (s.currency, s.day) = (d.currency, d.day)) as on_account from days d)
select '1: does not balance' as fault, journal_id::text as what from l
group by journal_id, book, currency having sum(amount_minor) <> 0
union all
select '2: trust assets are not its liabilities', currency || ' ' || day from stood
where account not in (2190, 1220) group by currency, day having sum(minor) <> 0
union all
select '3: below nought', account || ' ' || day from (
    select account, effective_on as day, sum(sum(case when account = 9000 then amount_minor else -amount_minor end)) over (
               partition by account, currency, case when account = 9000 then case_id else client_id end, component
               order by effective_on) as own
    from l where account in (2000, 2010, 2020, 2030, 2040, 9000)
    group by account, currency, case when account = 9000 then case_id else client_id end, component, effective_on) run where own < 0
union all
select '4: the two books do not agree', currency || ' ' || day from day
where (on_account ->> '1090')::bigint <> -(on_account ->> '2190')::bigint
   or (on_account ->> '2040')::bigint <> -(on_account ->> '1220')::bigint
union all
select '5: the bank is not what it is held for', currency || ' ' || day from day
where (on_account ->> '1000')::bigint <> -(on_account ->> '2000')::bigint - (on_account ->> '2010')::bigint
      - (on_account ->> '2020')::bigint - (on_account ->> '2030')::bigint - (on_account ->> '2040')::bigint
      - (on_account ->> '1010')::bigint - (on_account ->> '1090')::bigint - (on_account ->> '1900')::bigint
union all
select '6: a case shows another balance', c.number from cases c left join lateral (
    select coalesce(sum(amount_minor) filter (where component = 'principal'), 0) as principal,
           coalesce(sum(amount_minor) filter (where component = 'interest'), 0) as interest,
           coalesce(sum(amount_minor) filter (where component = 'costs'), 0) as costs
    from l where l.account = 9000 and l.case_id = c.id) memo on true
where c.agency_id = $1 and (c.principal_minor, c.interest_minor, c.costs_minor) <> (memo.principal, memo.interest, memo.costs)
"""
POSTED: Final = """
select j.id, md5(j::text || coalesce((select string_agg(l::text, '|' order by l.position) from journal_lines l
                                      where l.agency_id = $1 and l.journal_id = j.id), '')) as digest
from journals j where j.agency_id = $1
"""
BANK_LINES: Final = """
select m.bank_line_id from bank_matches m join bank_lines b on b.agency_id = $1 and b.id = m.bank_line_id
where m.agency_id = $1 and m.undone_at is null group by m.bank_line_id, b.amount_minor
having sum(m.amount_minor) <> b.amount_minor or sum(m.amount_minor) <> (
    select coalesce(sum(l.amount_minor), 0) from journal_lines l join bank_matches o on o.agency_id = $1 and o.journal_id = l.journal_id
    where l.agency_id = $1 and o.bank_line_id = m.bank_line_id and o.undone_at is null and l.account in (1000, 1100)
      and l.bank_account_id = o.bank_account_id)
"""


async def hold(world: World) -> None:
    """The seven invariants hold; what was posted is as it was, and what banks told of is in the books as they told it."""
    async with transaction(as_job(world.agency_id), read_only=True):
        assert [tuple(row) for row in await sql(INVARIANTS, world.agency_id)] == []
        assert await sql(BANK_LINES, world.agency_id) == [], "5, the bank's side"
        posted = {row["id"]: row["digest"] for row in await sql(POSTED, world.agency_id)}
    assert world.posted.items() <= posted.items(), "7: posted is posted"
    world.posted = posted
