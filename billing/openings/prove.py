"""Opening balances, proved again: ``portal verify`` asks for it, agency by agency."""

from typing import Final
from uuid import UUID

from portal.check import proof
from portal.tenancy.database import sql

FAULTS: Final = """
with kept as (select * from openings where agency_id = $1 and status = 'approved'),
said as (
    select k.id, 1000 as account, b.bank_account_id as holder, b.amount_minor as minor
    from kept k join opening_banks b on b.agency_id = $1 and b.opening_id = k.id
    join bank_accounts a on a.agency_id = $1 and a.id = b.bank_account_id and a.book = 'trust'
    union all
    select k.id, 1100, b.bank_account_id, b.amount_minor
    from kept k join opening_banks b on b.agency_id = $1 and b.opening_id = k.id
    join bank_accounts a on a.agency_id = $1 and a.id = b.bank_account_id and a.book = 'operating'
    union all
    select k.id, case i.kind when 'funds' then 2000 else 2020 end, i.client_id, -sum(i.amount_minor)
    from kept k join opening_items i on i.agency_id = $1 and i.opening_id = k.id
    group by k.id, 2, i.client_id
    union all
    select k.id, told.account, null, told.minor from kept k cross join lateral (values
        (1090, due_from_operating_minor), (2190, -due_from_operating_minor), (2040, -due_to_operating_minor),
        (1220, due_to_operating_minor), (2100, -vat_minor)) as told (account, minor)
    where told.minor <> 0),
booked as (
    select j.id as journal_id, j.external_id, j.effective_on, l.account, coalesce(l.client_id, l.bank_account_id) as holder,
           l.currency, l.amount_minor as minor
    from journals j join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id
    where j.agency_id = $1 and j.source = 'opening' and j.reverses is null
      and not exists (select from journals back where back.agency_id = j.agency_id and back.reverses = j.id)),
per_account as (
    select coalesce(said.id::text, booked.external_id) as id, coalesce(said.account, booked.account) as account,
           sum(said.minor)::bigint as said_minor, sum(booked.minor)::bigint as booked_minor
    from said full join booked on booked.external_id = said.id::text and booked.account = said.account
         and booked.holder is not distinct from said.holder
    where coalesce(booked.account, 0) <> 3000
    group by 1, 2, coalesce(said.holder, booked.holder))
select id, format('has %s on %s, and its journal %s', coalesce(said_minor, 0), account, coalesce(booked_minor, 0)) as fault
from per_account where said_minor is distinct from booked_minor
union all
select booked.external_id, 'is in the books, and nobody approved it' from booked
where not exists (select from kept where kept.id::text = booked.external_id and kept.journal_id = booked.journal_id
                  and kept.effective_on = booked.effective_on and kept.currency = booked.currency)
union all
select o.id::text, 'is undone, and was not taken out of the books' from openings o
where o.agency_id = $1 and (o.status = 'undone') <> exists (
    select from journals back where back.agency_id = o.agency_id and back.reverses = o.journal_id
                                and back.id = o.undone_journal_id)
union all
select id::text, 'was not approved by a second person' from kept where approved_by = any (authors)
union all
select k.id::text, 'has a piece that became other suspense'
from kept k join opening_items i on i.agency_id = $1 and i.opening_id = k.id and i.kind <> 'funds'
where not exists (
    select from suspense s where s.agency_id = $1 and s.id = i.suspense_id and s.journal_id = k.journal_id)
union all
select s.id::text, 'is a statement that brings over something else than its pieces'
from statements s left join lateral (
    select coalesce(sum(i.amount_minor), 0) as minor from opening_items i
    where i.agency_id = s.agency_id and i.statement_id = s.id) told on true
where s.agency_id = $1 and s.status <> 'draft' and s.brought_minor <> told.minor
order by 1
"""


@proof("every opening balance is in the books as it was proposed, by two people", "{} opening balances")
async def prove_openings(agency_id: UUID) -> tuple[int, list[str]]:
    """Opening balances, their journals, and what statements told of them, against each other."""
    known = await sql("select id from openings where agency_id = $1 and status = 'approved'", agency_id)
    rows = await sql(FAULTS, agency_id)
    return len(known), [f"opening {row['id']} {row['fault']}" for row in rows]
