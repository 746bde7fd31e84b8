"""What the register of costs says is what the books say: a query for `portal.ledger.prove`, as in `portal.ledger.registers`."""

from typing import Final

COSTS: Final = """
with said as (
    select id, journal_id, 1 as sign from case_costs where agency_id = $1
    union all
    select id, taken_back_journal_id, -1 from case_costs where agency_id = $1 and taken_back_journal_id is not null),
booked as (
    select j.id, j.effective_on, min(l.currency) as currency, min(l.client_id::text)::uuid as client_id,
           coalesce(sum(l.amount_minor) filter (where l.account = 1240), 0) as advanced,
           coalesce(-sum(l.amount_minor) filter (where l.account = 1100), 0) as paid,
           coalesce(sum(l.amount_minor) filter (where l.account = 9000 and l.component = 'costs'), 0) as owed
    from journals j join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id
    where j.agency_id = $1 and j.source = 'costs' group by j.id),
invoiced as (
    select cost_id, sum(amount_minor) as amount from invoiced_costs where agency_id = $1 group by cost_id),
-- What of costs on its debtor the agency may still be repaid with, case by case.
of_case as (
    select o.case_id, sum(o.amount_minor - coalesce(i.amount, 0)) as repayable
    from case_costs o left join invoiced i on i.cost_id = o.id
    where o.agency_id = $1 and o.advanced_by = 'agency' and o.on_debtor and o.taken_back_at is null group by o.case_id),
repaid as (select case_id, sum(costs_kept_minor) as kept from payments where agency_id = $1 group by case_id),
due as (
    select client_id, currency, sum(amount) as amount from (
        select client_id, currency, amount_minor as amount from case_costs
        where agency_id = $1 and advanced_by = 'agency' and taken_back_at is null
        union all select client_id, currency, -costs_kept_minor from payments where agency_id = $1 and received_by = 'agency'
        -- What the client received itself it owes until a statement takes it, and again when it went back after that.
        union all
        select l.client_id, p.currency, -l.costs_kept_minor from statement_lines l
        join statements s on s.agency_id = l.agency_id and s.id = l.statement_id and s.status <> 'draft'
        join payments p on p.agency_id = l.agency_id and p.id = l.payment_id and p.received_by = 'client'
        where l.agency_id = $1
        union all
        select p.client_id, p.currency, -p.costs_kept_minor from clawbacks b
        join payments p on p.agency_id = b.agency_id and p.id = b.payment_id and p.received_by = 'client'
        where b.agency_id = $1
        union all
        select i.client_id, o.currency, -i.amount_minor from invoiced_costs i
        join case_costs o on o.agency_id = i.agency_id and o.id = i.cost_id where i.agency_id = $1) as moved
    group by client_id, currency),
stands as (
    select client_id, currency, sum(amount_minor) as amount from journal_lines
    where agency_id = $1 and account = 1240 and account < 9000 group by client_id, currency)
select 'is not what was booked' as fault, o.id as cost_id, booked.id as journal_id, o.client_id, o.amount_minor,
       booked.advanced as booked_minor
from said join case_costs o on o.id = said.id full join booked on booked.id = said.journal_id
where (o.client_id, o.currency, case when o.advanced_by = 'agency' then sign * o.amount_minor else 0 end,
       case when o.advanced_by = 'agency' then sign * o.amount_minor else 0 end,
       case when o.on_debtor then sign * o.amount_minor else 0 end)
      is distinct from (booked.client_id, booked.currency, advanced, paid, owed)
   or sign = 1 and o.paid_on <> effective_on
union all
select 'more was repaid than was advanced, or less than nothing', null, null, coalesce(of_case.case_id, repaid.case_id),
       repayable, kept
from repaid full join of_case on of_case.case_id = repaid.case_id
where coalesce(kept, 0) not between 0 and coalesce(repayable, 0)
union all
select 'what was advanced is not what is still to be repaid', null, null, coalesce(due.client_id, stands.client_id),
       coalesce(due.amount, 0), coalesce(stands.amount, 0)
from due full join stands on (stands.client_id, stands.currency) = (due.client_id, due.currency)
where coalesce(due.amount, 0) <> coalesce(stands.amount, 0)
union all
select 'its invoice asks for something else', i.id, i.journal_id, i.client_id, i.total_minor, lines.amount
from (select * from client_invoices where agency_id = $1 and kind = 'costs') i
full join (select invoice_id, sum(amount_minor) as amount from invoiced_costs
           where agency_id = $1 and credit_note_id is null group by invoice_id) lines on lines.invoice_id = i.id
where i.total_minor is distinct from lines.amount
union all
select 'its credit note opens other costs again than it says', n.id, n.journal_id, n.client_id, lines.minor, booked.minor
from (select credit_note_id as id, -sum(amount_minor) as minor from invoiced_costs
      where agency_id = $1 and credit_note_id is not null group by credit_note_id) lines
full join (select n.id, l.amount_minor as minor from credit_notes n
           join client_invoices i on i.agency_id = n.agency_id and i.id = n.invoice_id and i.kind = 'costs'
           join journal_lines l on l.agency_id = n.agency_id and l.journal_id = n.journal_id and l.account = 1240
           where n.agency_id = $1) booked on booked.id = lines.id
join credit_notes n on n.agency_id = $1 and n.id = coalesce(lines.id, booked.id)
where lines.minor is distinct from booked.minor
"""
