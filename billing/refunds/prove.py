"""What was paid back, proved again: ``portal verify`` asks for it, agency by agency."""

from typing import Final
from uuid import UUID

from portal.check import proof
from portal.tenancy.database import sql

# Surplus is proved against its payments as well (`portal.ledger.registers`); here every refund against suspense and books.
FAULTS: Final = """
with kept as (select * from refunds where agency_id = $1),
moved as (
    select j.id, l.currency, coalesce(sum(l.amount_minor) filter (where l.account = 1000), 0) as bank,
           coalesce(sum(l.amount_minor) filter (where l.account = 2020), 0) as suspended
    from journals j join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id
    where j.agency_id = $1 and j.id in (select journal_id from kept union select returned_journal_id from kept)
    group by j.id, l.currency),
standing as (select * from kept where suspense_id is not null and status in ('asked', 'approved', 'paid'))
select r.id,
       case when r.way <> 'card' and r.status in ('approved', 'paid', 'returned')
                 and (r.decided_by is null or r.decided_by = r.asked_by) then 'was not approved by a second person'
            when r.way = 'bank' and r.journal_id is not null and r.paid_on < r.pay_from then 'was paid before the day from which on it may be'
            when r.way <> 'card' and r.journal_id is not null
                 and (out.bank, out.currency) is distinct from (-r.amount_minor, r.currency) then 'is not what left the bank'
            when r.suspense_id is not null and r.journal_id is not null and out.suspended is distinct from r.amount_minor
                then 'is not what left suspense'
            when r.returned_journal_id is not null
                 and (back.bank, back.suspended, back.currency)
                     is distinct from (r.amount_minor, case when r.suspense_id is null then 0 else -r.amount_minor end, r.currency)
                then 'is not what came back'
       end as fault
from kept r
left join moved out on out.id = r.journal_id and out.currency = r.currency
left join moved back on back.id = r.returned_journal_id and back.currency = r.currency
union all
select coalesce(r.id, s.id),
       case when r.id is null then 'is suspended money on its way back, and no refund says so'
            else 'is of suspended money that says otherwise' end
from standing r
full join (select * from suspense where agency_id = $1 and status in ('asked', 'approved', 'sent_back')) s
    on s.id = r.suspense_id
where (s.status, s.amount_minor, s.out_journal_id) is distinct from
      (case r.status when 'paid' then 'sent_back' else r.status end, r.amount_minor, r.journal_id)
union all
select f.id, 'is a payment file that differs from the refunds in it'
from payment_files f left join filed_refunds x on x.agency_id = f.agency_id and x.file_id = f.id
left join refunds r on r.agency_id = f.agency_id and r.id = x.refund_id
where f.agency_id = $1 and f.run_id is null group by f.id
having (f.payments, f.total_minor) is distinct from (count(x.id), coalesce(sum(x.amount_minor), 0))
    or bool_or((r.amount_minor, r.currency) is distinct from (x.amount_minor, f.currency))
order by 1
"""


@proof("what is paid back was approved by a second person, and left the bank and suspense as it says", "{} refunds")
async def prove_refunds(agency_id: UUID) -> tuple[int, list[str]]:
    """Refunds against suspended money and their journals."""
    rows = await sql(FAULTS, agency_id)
    return len(rows), [f"refund {row['id']} {row['fault']}" for row in rows if row["fault"]]
