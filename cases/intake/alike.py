"""Finding, among what a client has placed and in the placement itself, the claims that a row nearly repeats.

A likeness is a warning: the row may be placed, and a person has seen what it looks like. Alike are invoices of one debtor
(by `match_name`) and amount whose numbers differ only in case, signs and leading zeros, or that fell due on the same day.
Everything lies in one sorted set and is compared with the first of its group, so that a list of a hundred thousand equal
amounts takes no longer than any other.
"""

from typing import Final

from cases.casework import STANDS
from cases.intake.placement import PlacementFile
from portal.tenancy.database import sql

# RE-00123, re 123 and RE123 are one; 1-12 and 11-2 are two.
_FOLDED: Final = """
coalesce(nullif(trim(both '-' from regexp_replace(
    regexp_replace(upper(number), '[^[:alnum:]]+|(?<=[[:alpha:]])(?=[[:digit:]])|(?<=[[:digit:]])(?=[[:alpha:]])', '-', 'g'),
    '(^|-)0+(?=[[:digit:]])', '\\1', 'g')), ''), number)
"""

# Debtors are found by their name as the agency knows them; shown is only what this client called them.
MARK_ALIKE: Final = f"""
with given as materialized (
    select r.id, r.row_number, r.currency, r.draft ->> 'match_name' as match_name, r.draft ->> 'name' as name,
           i.number, i.amount_minor, i.due_on
    from placement_rows r
    cross join lateral jsonb_to_recordset(r.draft -> 'invoices') as i (number text, amount_minor bigint, due_on date)
    where r.agency_id = $1 and r.placement_id = $2 and r.state in ('ready', 'warning')
), placed as (
    select c.id as case_id, c.currency, d.match_name, c.debtor_name as name, i.number, i.amount_minor, i.due_on
    from (select distinct match_name from given) named
    join debtors d on d.agency_id = $1 and d.match_name = named.match_name
    join cases c on c.agency_id = $1 and c.debtor_id = d.id and c.client_id = $3
                and {STANDS}
    join invoices i on i.agency_id = $1 and i.case_id = c.id
), counted as (
    select *, count(*) over (partition by match_name, currency, amount_minor) as times
    from (select null::uuid as id, null::integer as row_number, case_id, currency, match_name, name, number,
                 amount_minor, due_on from placed
          union all
          select id, row_number, null, currency, match_name, name, number, amount_minor, due_on from given) claimed
), folded as (
    select *, array[case_id::text, row_number::text, name, number] as told, {_FOLDED} as key
    from counted where times > 1
), compared as (
    select id, row_number, number, amount_minor, due_on,
           first_value(told) over (partition by match_name, currency, amount_minor, key
                                   order by row_number nulls first, case_id, number) as by_number,
           first_value(told) over (partition by match_name, currency, amount_minor, due_on
                                   order by row_number nulls first, case_id, number) as by_day
    from folded
), nearest as (
    select distinct on (id) id, number, amount_minor, due_on, other
    from (select id, row_number, number, amount_minor, null::date as due_on, by_number as other, 1 as rank from compared
          union all
          select id, row_number, number, amount_minor, due_on, by_day, 2 from compared) likeness
    where id is not null and other[2] is distinct from row_number::text
    order by id, rank, other[1] nulls last, number
)
update placement_rows r
set state = 'warning', duplicate_of = n.other[1]::uuid,
    likeness = jsonb_build_object('row', n.other[2]::integer, 'debtor', n.other[3], 'number', n.number,
                                  'known_number', n.other[4], 'amount_minor', n.amount_minor, 'due_on', n.due_on)
from nearest n
where r.agency_id = $1 and r.id = n.id
  and ($4::integer[] is null or r.row_number = any($4) or n.other[2]::integer = any($4))
"""  # noqa: S608 - own expression

FORGET: Final = """
update placement_rows
set likeness = null, duplicate_of = null, state = case when issues = '[]' then 'ready' else 'warning' end
where agency_id = $1 and placement_id = $2 and state = 'warning' and likeness is not null
  and (row_number = any($3) or (likeness ->> 'row')::integer = any($3))
"""


async def mark_alike(placement: PlacementFile, rows: list[int] | None = None) -> None:
    """Warn of rows that look like a case of the client, or like an earlier row. ``rows``: these have changed.

    What is a duplicate has been set aside before. The transaction sees what the agency sees.
    """
    whose = (placement.agency_id, placement.id)
    if rows is not None:
        await sql(FORGET, *whose, rows)
    await sql(MARK_ALIKE, *whose, placement.client_id, rows)
