"""What the registers of payments, suspense, claw-backs, outcomes, statements, corrections and recalls say is what the
books say: queries for `portal.ledger.prove`.

A payment's row and a statement's figures are what people read; the journals are what the money did. The tables belong to
the packages above, of which the shell knows nothing: they are read by plain SQL. Each query gives one row, its columns
named, for each fault; ``$1`` is the agency.
"""

from typing import Final

PAYMENTS: Final = """
with booked as (
    select j.id, j.source, j.kind, j.reverses, j.effective_on, min(l.currency) as currency,
           j.kind like '%clawed back' as clawed, j.kind in ('chargeback', 'refund', 'return') or j.kind like '%clawed back' as undone,
           coalesce(-sum(amount_minor) filter (where account = 9000 and component = 'principal'), 0) as principal,
           coalesce(-sum(amount_minor) filter (where account = 9000 and component = 'interest'), 0) as interest,
           coalesce(-sum(amount_minor) filter (where account = 9000 and component = 'costs'), 0) as costs,
           coalesce(sum(amount_minor) filter (where account in (1000, 1010)), 0) as cash,
           coalesce(-sum(amount_minor) filter (where account = 2000), 0) as funds,
           coalesce(-sum(amount_minor) filter (where account = 2020), 0) as suspended,
           coalesce(-sum(amount_minor) filter (where account = 2030), 0) as surplus,
           coalesce(-sum(amount_minor) filter (where account = 2040), 0) as repaid,
           coalesce(-sum(amount_minor) filter (where account = 1240), 0) as advances,
           coalesce(sum(amount_minor) filter (where account = 5000), 0) as processor_fee,
           coalesce(sum(amount_minor) filter (where account = 5010), 0) as lost,
           coalesce(sum(amount_minor) filter (where account = 5020), 0) as banks_kept,
           coalesce(sum(amount_minor) filter (where account = 1210), 0) as fee,
           coalesce(sum(amount_minor) filter (where account = 4090), 0) as fee_back,
           coalesce(sum(amount_minor) filter (where account = 1230), 0) as owed_back,
           min(l.case_id::text)::uuid as case_id, min(l.client_id::text)::uuid as client_id
    from journals j join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id
    where j.agency_id = $1
      and (j.source = 'payment' or j.id in (select journal_id from payments where agency_id = $1))
    group by j.id),
kept as (
    select p.*, o.journal_id as reversed_journal, count(*) over (partition by p.journal_id) as sharing,
           case when p.received_by = 'agency' then p.amount_minor else 0 end as ours,
           case when p.received_by = 'agency' then p.costs_kept_minor else 0 end as ours_kept,
           o.id is null or (o.amount_minor, o.surplus_minor, o.held_minor, o.fee_minor, o.costs_kept_minor, o.banks_kept_minor)
                           = (-p.amount_minor, -p.surplus_minor, -p.held_minor, -p.fee_minor, -p.costs_kept_minor, -p.banks_kept_minor) as whole,
           b.owed_minor as clawed_back
    from payments p left join payments o on o.agency_id = p.agency_id and o.id = p.reverses
    left join clawbacks b on b.agency_id = p.agency_id and b.payment_id = p.id
    where p.agency_id = $1)
select case when kept.id is null then 'booked, but in no register' when booked.id is null then 'not booked'
            when sharing > 1 then 'shares its journal' when not whole then 'does not take back all of it'
            else 'differs from its journal' end as fault,
       kept.id as payment_id, coalesce(booked.id, kept.journal_id) as journal_id, amount_minor, principal, interest, costs,
       fee_minor, fee
from kept full join booked on booked.id = kept.journal_id
where kept.id is null or booked.id is null or sharing > 1 or not whole
   or (kept.principal_minor, kept.interest_minor, kept.costs_minor, kept.fee_minor, kept.currency, kept.received_on,
       kept.processor_fee_minor, kept.banks_kept_minor)
      is distinct from (principal, interest, costs, case when clawed then -fee_back else fee end, booked.currency,
                        effective_on, processor_fee, banks_kept)
   or kept.amount_minor <> principal + interest + costs
   or case when undone then kept.reverses is null or booked.reverses is not null
           else kept.reversed_journal is distinct from booked.reverses end
   or (funds, repaid) is distinct from (case when clawed then 0 else ours - ours_kept end, case when clawed then 0 else ours_kept end)
   or advances <> case when clawed then kept.costs_kept_minor else ours_kept end
   or kept.costs_kept_minor not between least(kept.costs_minor, 0) and greatest(kept.costs_minor, 0)
   or (kept.clawed_back is null) = clawed or owed_back <> coalesce(kept.clawed_back, 0)
   -- Out of suspense nothing moves on a bank; else all that came, or went back, does, less what the processor kept.
   or case when kept.suspense_id is not null then (cash, suspended) is distinct from (0, kept.banks_kept_minor - kept.amount_minor - kept.surplus_minor)
           else cash <> ours + surplus + suspended - processor_fee - lost - banks_kept end
   or kept.suspense_id is null
      -- What was paid out to the debtor before it went back is not there to go back.
      and case when undone then surplus not between kept.surplus_minor and 0
                                or suspended not between kept.held_minor + kept.surplus_minor - surplus and 0
               else (suspended, surplus) is distinct from (kept.held_minor, kept.surplus_minor) end
   or kept.case_id <> booked.case_id or kept.client_id <> booked.client_id
order by coalesce(kept.id, booked.id)
"""

SUSPENSE: Final = """
with lines as (
    select j.id, l.currency, -sum(l.amount_minor) as amount
    from journal_lines l join journals j on j.agency_id = l.agency_id and j.id = l.journal_id
    where l.agency_id = $1 and l.account = 2020 group by j.id, l.currency),
kept as (select s.*, s.status in ('waiting', 'asked', 'approved') as here,
                sum(s.amount_minor) over (partition by s.out_journal_id, s.currency) as gone_together,
                sum(s.amount_minor) over (partition by s.journal_id, s.currency) as came_together
         from suspense s where s.agency_id = $1)
select 'is not what its journal brought' as fault, kept.id as suspense_id, kept.amount_minor, lines.amount, kept.currency
from kept left join lines on lines.id = kept.journal_id and lines.currency = kept.currency
where lines.amount is distinct from kept.came_together
union all
select 'ended, and no journal took it away', kept.id, kept.amount_minor, lines.amount, kept.currency
from kept left join lines on lines.id = kept.out_journal_id and lines.currency = kept.currency
where case when kept.here then kept.out_journal_id is not null else lines.amount is distinct from -kept.gone_together end
union all
select 'is booked to a payment that went back, or is not its', kept.id, kept.amount_minor, p.amount_minor, kept.currency
from kept left join payments p on p.agency_id = kept.agency_id and p.id = kept.matched_payment_id
where (kept.status = 'matched') is distinct from (p.suspense_id is not null and p.suspense_id = kept.id and not exists (
    select from payments r where r.agency_id = p.agency_id and r.reverses = p.id))
union all
select 'suspense is not what waits in it', null, coalesce(waits.amount, 0), coalesce(stands.amount, 0),
       coalesce(waits.currency, stands.currency)
from (select currency, sum(amount_minor) as amount from kept where here group by currency) waits
full join (select currency, sum(amount) as amount from lines group by currency) stands on stands.currency = waits.currency
where coalesce(waits.amount, 0) <> coalesce(stands.amount, 0)
"""

SURPLUS: Final = """
with lines as (
    select j.id, j.source, j.kind, l.currency, -sum(l.amount_minor) as amount
    from journal_lines l join journals j on j.agency_id = l.agency_id and j.id = l.journal_id
    where l.agency_id = $1 and l.account = 2030 group by j.id, l.currency),
paid as (select * from refunds where agency_id = $1 and payment_id is not null and status in ('paid', 'returned')),
kept as (
    select p.id, p.currency, p.surplus_minor,
           coalesce((select sum(amount_minor) from paid where paid.payment_id = p.id and paid.status = 'paid'), 0)
             + coalesce((select sum(s.amount_minor) from suspense s
                         where s.agency_id = $1 and s.payment_id = p.id and s.why = 'surplus'), 0) as out,
           exists (select from payments b where b.agency_id = $1 and b.reverses = p.id) as went_back
    from payments p where p.agency_id = $1 and p.surplus_minor > 0)
select 'more of it went than was too much' as fault, id as payment_id, null::uuid as refund_id, surplus_minor, out, currency
from kept where out > surplus_minor
union all
select 'is not what was booked', paid.payment_id, paid.id, paid.amount_minor, lines.amount, coalesce(paid.currency, lines.currency)
from paid full join (select * from lines where kind = 'surplus refund') lines on lines.id = paid.journal_id
where (paid.amount_minor, paid.currency) is distinct from (-lines.amount, lines.currency)
union all
select 'is not what came back', paid.payment_id, paid.id, paid.amount_minor, lines.amount, paid.currency
from paid left join lines on lines.id = paid.returned_journal_id
where paid.status = 'returned' and (paid.amount_minor, paid.currency) is distinct from (lines.amount, lines.currency)
union all
select 'is not what debtors are owed', null, null, coalesce(owed.amount, 0), coalesce(stands.amount, 0),
       coalesce(owed.currency, stands.currency)
from (select currency, sum(surplus_minor - out) as amount from kept where not went_back group by currency) owed
full join (select currency, sum(amount) as amount from lines group by currency) stands on stands.currency = owed.currency
where coalesce(owed.amount, 0) <> coalesce(stands.amount, 0)
"""

CLAWBACKS: Final = """
with told as (
    select client_id, currency, sum(clawed_in_minor - clawed_out_minor) as taken from statements
    where agency_id = $1 and status <> 'draft' group by client_id, currency),
owed as (
    select client_id, currency, sum(owed) as owed
    from (select client_id, currency, owed_minor as owed from clawbacks where agency_id = $1
          union all select client_id, currency, corrected_minor - net_minor from client_invoices
          where agency_id = $1 and kind = 'clawback') each
    group by client_id, currency),
stands as (
    select client_id, currency, sum(amount_minor) as amount from journal_lines
    where agency_id = $1 and account = 1230 and account < 9000 group by client_id, currency)
select 'claw-backs less what statements took or invoices ask are not what is owed' as fault, client_id, currency,
       coalesce(owed, 0) + coalesce(taken, 0) as owed_minor, coalesce(amount, 0) as booked_minor
from owed full join told using (client_id, currency) full join stands using (client_id, currency)
where coalesce(owed, 0) + coalesce(taken, 0) <> coalesce(amount, 0)
union all
select 'is not its payment', b.client_id, b.currency, b.owed_minor, b.gross_minor - b.fee_minor - b.vat_minor
from clawbacks b left join payments p on p.agency_id = b.agency_id and p.id = b.payment_id
where b.agency_id = $1
  and ((b.client_id, b.case_id, b.currency, b.fee_minor, b.gross_minor)
       is distinct from (p.client_id, p.case_id, p.currency, -p.fee_minor,
                         p.costs_kept_minor - case when p.received_by = 'agency' then p.amount_minor else 0 end)
       or b.owed_minor <> b.gross_minor - b.fee_minor - b.vat_minor or p.reverses is null)
"""

INVOICES: Final = """
with booked as (
    select j.id, j.external_id, j.kind, j.effective_on, min(l.currency) as currency, min(l.client_id::text)::uuid as client_id,
           coalesce(sum(l.amount_minor) filter (where l.account = 1200), 0) as owed
    from journals j join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id
    where j.agency_id = $1 and j.source = 'invoice' group by j.id),
said as (
    select id, journal_id, id || ':issued' as external_id, issued_on as on_day, client_id, currency, total_minor as owed
    from client_invoices where agency_id = $1
    union all
    select p.invoice_id, p.journal_id, p.id || ':paid', p.paid_on, p.client_id, i.currency, -p.amount_minor
    from invoice_payments p join client_invoices i on i.agency_id = p.agency_id and i.id = p.invoice_id where p.agency_id = $1
    union all
    select p.invoice_id, p.taken_back_journal_id, p.id || ':taken back', p.taken_back_on, p.client_id, i.currency, p.amount_minor
    from invoice_payments p join client_invoices i on i.agency_id = p.agency_id and i.id = p.invoice_id
    where p.agency_id = $1 and p.taken_back_at is not null
    union all
    select invoice_id, journal_id, id || ':credited', issued_on, client_id, currency, -total_minor
    from credit_notes where agency_id = $1 and invoice_id is not null)
select 'is not what was booked' as fault, said.id as invoice_id, booked.id as journal_id, said.owed, booked.owed as booked_minor
from said full join booked on booked.id = said.journal_id
where (said.external_id, said.on_day, said.client_id, said.currency, said.owed)
      is distinct from (booked.external_id, booked.effective_on, booked.client_id, booked.currency, booked.owed)
union all
select 'is not what its statement says', i.id, i.journal_id, s.invoiced_fees_minor + s.invoiced_vat_minor - s.credited_minor,
       i.total_minor
from (select * from client_invoices where agency_id = $1 and kind = 'fees') i
full join (select * from statements where agency_id = $1 and status <> 'draft' and invoiced_fees_minor > 0) s
    on s.id = i.statement_id
where (i.client_id, i.currency, i.net_minor, i.vat_rate, i.vat_minor, i.credited_minor, i.vat_treatment)
      is distinct from (s.client_id, s.currency, s.invoiced_fees_minor, s.vat_rate, s.invoiced_vat_minor, s.credited_minor,
                        s.letterhead ->> 'vat_treatment')
union all
select 'is not paid and corrected as its transfers and credit notes say', i.id, i.journal_id,
       i.paid_minor + i.corrected_minor, coalesce(p.paid, 0) + coalesce(c.corrected, 0)
from client_invoices i
left join (select invoice_id, sum(amount_minor) as paid from invoice_payments
           where agency_id = $1 and taken_back_at is null group by invoice_id) p on p.invoice_id = i.id
left join (select invoice_id, sum(total_minor) as corrected from credit_notes where agency_id = $1 group by invoice_id) c
    on c.invoice_id = i.id
where i.agency_id = $1 and (i.paid_minor, i.corrected_minor) is distinct from (coalesce(p.paid, 0), coalesce(c.corrected, 0))
"""

CREDIT_NOTES: Final = """
with given as (
    select credit_note_id, sum(fee_minor) as net, sum(vat_minor) as vat from clawbacks
    where agency_id = $1 and credit_note_id is not null group by credit_note_id),
booked as (
    select j.id, sum(l.amount_minor) filter (where l.account = 2100) as vat, -sum(l.amount_minor) filter (where l.account = 1200) as total
    from journals j join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id
    where j.agency_id = $1 and j.source = 'invoice' and j.kind = 'credit note' group by j.id)
select 'does not give back the fees of what went back' as fault, n.id as credit_note_id, n.number
from (select * from credit_notes where agency_id = $1 and statement_id is not null) n
full join given on given.credit_note_id = n.id
where (n.net_minor, n.vat_minor) is distinct from (given.net, given.vat)
union all
select 'is not what was booked', n.id, n.number
from (select * from credit_notes where agency_id = $1 and invoice_id is not null) n full join booked on booked.id = n.journal_id
where (n.total_minor, n.vat_minor) is distinct from (booked.total, coalesce(booked.vat, 0))
"""

RETURNED: Final = """
with moved as (
    select j.id, l.client_id, l.currency, -sum(l.amount_minor) as amount, j.effective_on
    from journals j join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id and l.account = 2010
    where j.agency_id = $1 and j.kind in ('payout returned', 'paid again')
    group by j.id, l.client_id, l.currency, j.effective_on),
kept as (
    select id, journal_id, returned_on as on_day, client_id, currency, amount_minor as amount from returned_payouts
    where agency_id = $1
    union all
    select id, paid_journal_id, paid_on, client_id, currency, -amount_minor from returned_payouts
    where agency_id = $1 and status = 'paid')
select 'is not what was booked' as fault, kept.id as returned_id, moved.id as journal_id, kept.amount as amount_minor,
       moved.amount as booked_minor
from kept full join moved on moved.id = kept.journal_id
where (kept.client_id, kept.currency, kept.amount, kept.on_day)
      is distinct from (moved.client_id, moved.currency, moved.amount, moved.effective_on)
union all
select 'is undone, and was not taken back', r.id, r.journal_id, r.amount_minor, null from returned_payouts r
where r.agency_id = $1 and (r.status = 'undone') <> exists (
    select from journals j where j.agency_id = r.agency_id and j.reverses = r.journal_id)
"""

CORRECTIONS: Final = """
with booked as (
    select j.external_id, l.case_id, l.component, sum(l.amount_minor) as difference
    from journals j join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id and l.account = 9000
    where j.agency_id = $1 and j.source = 'correction' group by j.external_id, l.case_id, l.component),
posted as (select * from claim_corrections where agency_id = $1 and status = 'posted')
select case when posted.id is null then 'booked, but no correction' when booked.external_id is null then 'not booked'
            else 'differs from its journal' end as fault,
       posted.id as correction_id, coalesce(posted.case_id, booked.case_id) as case_id,
       after_minor - before_minor as corrected_minor, difference as difference_minor
from posted full join booked on booked.external_id = posted.id::text
where (posted.case_id, posted.component, after_minor - before_minor)
      is distinct from (booked.case_id, booked.component, difference)
union all
select 'was recalled and still owes', null, c.id, null, c.balance_minor
from recalls r join cases c on c.agency_id = r.agency_id and c.id = r.case_id
where r.agency_id = $1 and r.status = 'final' and c.balance_minor <> 0
"""

BANK: Final = """
with matched as (
    select m.bank_line_id, m.journal_id, m.amount_minor, sum(l.amount_minor)::bigint as booked_minor
    from bank_matches m join bank_accounts b on b.agency_id = m.agency_id and b.id = coalesce(m.instead_of, m.bank_account_id)
    left join journal_lines l on l.agency_id = m.agency_id and l.journal_id = m.journal_id and l.currency = b.currency
         and l.account = case b.book when 'trust' then 1000 else 1100 end
         and (l.bank_account_id = b.id or (l.bank_account_id is null and b.position = 1))
    where m.agency_id = $1 and m.undone_at is null
    group by m.id, m.bank_line_id, m.journal_id, m.amount_minor),
summed as (select bank_line_id, sum(amount_minor)::bigint as amount_minor from matched group by bank_line_id)
select 'is not what its journal moved on the account' as fault, bank_line_id, journal_id, amount_minor, booked_minor
from matched where amount_minor is distinct from booked_minor
union all
select 'is not the sum of its matches', l.id, null, l.amount_minor, summed.amount_minor
from bank_lines l left join summed on summed.bank_line_id = l.id
where l.agency_id = $1 and (l.status = 'booked' or summed.amount_minor is not null)
  and (l.status <> 'booked' or l.amount_minor is distinct from summed.amount_minor)
"""

OUTCOMES: Final = """
select case when kept.id is null then 'came off a claim, and no client said so' when booked.id is null then 'not booked'
            else 'differs from what was booked' end as fault,
       kept.id as outcome_id, booked.id as payment_id, kept.value_minor, booked.amount_minor
from (select * from outcomes where agency_id = $1 and kind in ('goods', 'set_off') and status = 'stands') kept
full join (select * from payments where agency_id = $1 and channel in ('goods', 'set_off') and reverses is null) booked
    on booked.id = kept.payment_id
where (kept.case_id, kept.kind, kept."on", kept.value_minor, kept.currency)
      is distinct from (booked.case_id, booked.channel, booked.received_on, booked.amount_minor, booked.currency)
"""

STATEMENTS: Final = """
with booked as (
    select statement_id,
           coalesce(sum(amount_minor) filter (where kind = 'approval' and account = 2000), 0) as ours,
           coalesce(-sum(amount_minor) filter (where kind = 'approval' and account in (1900, 2010) and l.currency = s.currency), 0)
               as net,
           coalesce(-sum(amount_minor) filter (where kind = 'approval' and account = 2010 and l.currency = s.payout_currency), 0)
               as promised,
           coalesce(-sum(amount_minor) filter (where kind in ('approval', 'invoice') and account = 1210), 0) as fees,
           coalesce(-sum(amount_minor) filter (where kind in ('approval', 'invoice') and account = 2100), 0) as vat,
           coalesce(-sum(amount_minor) filter (where kind = 'approval' and account = 1240), 0) as direct_costs,
           coalesce(sum(amount_minor) filter (where kind = 'approval' and account = 1200), 0) as owed,
           coalesce(sum(amount_minor) filter (where kind = 'invoice' and account = 1200), 0) as invoiced,
           coalesce(sum(amount_minor) filter (where kind in ('approval', 'invoice') and account = 1230), 0) as clawed,
           coalesce(sum(amount_minor) filter (where kind = 'paid' and account = 2010), 0) as paid,
           coalesce(sum(amount_minor) filter (where kind = 'draw' and account = 2040 and l.currency = s.currency), 0) as drawn,
           coalesce(sum(amount_minor) filter (where kind = 'draw' and account = 2040 and l.currency = s.payout_currency), 0)
               as gained
    from (select id, kind, split_part(external_id, ':', 1) as statement_id from journals
          where agency_id = $1 and source = 'remittance' and not exists (
              select from remittance_runs r where r.agency_id = $1 and r.id::text = split_part(external_id, ':', 1))
          union all
          select journal_id, 'invoice', statement_id::text from client_invoices
          where agency_id = $1 and statement_id is not null) j
    join journal_lines l on l.agency_id = $1 and l.journal_id = j.id
    left join statements s on s.agency_id = $1 and s.id::text = j.statement_id
    group by 1),
settled as (
    select s.id, s.number, s.status, method, payments, carried_out_minor, invoiced_fees_minor, invoiced_vat_minor, credited_minor,
           invoiced_fees_minor + invoiced_vat_minor - credited_minor as invoiced, collected_minor as collected, direct_minor as direct, fees_minor as fees,
           vat_minor as vat, net_minor as net, carried_in_minor - carried_out_minor as owed,
           clawed_in_minor, clawed_out_minor, clawed_in_minor - clawed_out_minor as clawed,
           costs_minor as costs, direct_costs_minor as direct_costs,
           collected_minor - direct_minor - costs_minor + direct_costs_minor + brought_minor as ours,
           collected_minor - direct_minor + brought_minor - net_minor as to_draw, coalesce(payout_minor, 0) as promised,
           coalesce(x.paid_minor, net_minor) as due, coalesce(x.drawn_minor, 0) as gained,
           run.drawn_on is not null or run.status = 'closed' as is_drawn
    from statements s join remittance_runs run on run.agency_id = s.agency_id and run.id = s.run_id
    left join exchange_parts x on x.agency_id = s.agency_id and x.statement_id = s.id
    where s.agency_id = $1 and s.status <> 'draft'),
-- What each client owed (O1200 without invoices, and O1230 of it for money that went back) after each approval; ids rise with
-- time, and the invoice that a credit comes off is posted after the approval.
carried as (
    select statement_id, sum(owing) over course as owed, sum(clawing) over course as clawed
    from (select client_id, currency, journal_id, case when account = 1200 then amount_minor else 0 end as owing,
                 case when account = 1230 then amount_minor else 0 end as clawing, null::uuid as statement_id
          from journal_lines l where agency_id = $1 and account in (1200, 1230) and (account = 1230 or not exists (
              select from journals j where j.agency_id = l.agency_id and j.id = l.journal_id and j.source = 'invoice'))
          union all
          select s.client_id, s.currency, j.id, 0, 0, s.id from statements s
          join journals j on j.agency_id = s.agency_id and j.source = 'remittance' and j.external_id = s.id || ':approval'
          where s.agency_id = $1 and s.status <> 'draft') as posted
    window course as (partition by client_id, currency order by journal_id, statement_id nulls first)),
listed as (
    select l.statement_id, count(*) as payments, sum(l.gross_minor) as collected,
           coalesce(sum(l.gross_minor) filter (where p.received_by = 'client'), 0) as direct, sum(l.fee_minor) as fees,
           sum(l.vat_minor) as vat, coalesce(sum(l.fee_minor) filter (where p.received_by = 'client'), 0) as direct_fees,
           coalesce(sum(l.vat_minor) filter (where p.received_by = 'client'), 0) as direct_vat,
           sum(l.costs_kept_minor) as costs,
           coalesce(sum(l.costs_kept_minor) filter (where p.received_by = 'client'), 0) as direct_costs,
           bool_or((l.gross_minor, l.fee_minor, l.received_on, l.case_id, l.client_id, l.costs_kept_minor, l.net_minor)
                   is distinct from (p.amount_minor, p.fee_minor, p.received_on, p.case_id, p.client_id, p.costs_kept_minor,
                                     case when p.received_by = 'agency' then p.amount_minor else 0 end
                                     - p.costs_kept_minor - p.fee_minor))
               as other
    from statement_lines l join payments p on p.agency_id = l.agency_id and p.id = l.payment_id
    where l.agency_id = $1 group by l.statement_id)
select 'figures are not those of its lines' as fault, settled.id as statement_id, number
from settled left join listed on listed.statement_id = settled.id
where (settled.payments, settled.collected, settled.direct, settled.costs, settled.direct_costs, settled.fees, settled.vat)
      is distinct from (coalesce(listed.payments, 0), coalesce(listed.collected, 0), coalesce(listed.direct, 0),
                        coalesce(listed.costs, 0), coalesce(listed.direct_costs, 0), coalesce(listed.fees, 0), coalesce(listed.vat, 0))
   or settled.ours - settled.net - settled.direct_costs - settled.fees - settled.vat
      + settled.invoiced + settled.owed + settled.clawed <> 0
   or settled.invoiced <> 0 and (invoiced_fees_minor, invoiced_vat_minor) is distinct from (
       case method when 'gross' then listed.fees when 'combined' then direct_fees end,
       case method when 'gross' then listed.vat when 'combined' then direct_vat end)
union all
select 'has a line that is not its payment', settled.id, number
from settled join listed on listed.statement_id = settled.id where other
union all
select 'is not what was booked', settled.id, number
from settled left join booked on booked.statement_id = settled.id::text
where (settled.ours, settled.net, settled.direct_costs, settled.fees, settled.vat, settled.invoiced, settled.owed, settled.clawed,
       settled.promised)
      is distinct from (coalesce(booked.ours, 0), coalesce(booked.net, 0), coalesce(booked.direct_costs, 0), coalesce(booked.fees, 0), coalesce(booked.vat, 0),
                        coalesce(booked.invoiced, 0), coalesce(booked.owed, 0), coalesce(booked.clawed, 0),
                        coalesce(booked.promised, 0))
   or (coalesce(paid, 0), coalesce(drawn, 0), coalesce(booked.gained, 0))
      is distinct from (case when status = 'closed' then settled.due else 0 end,
                        case when is_drawn then to_draw else 0 end, case when is_drawn then settled.gained else 0 end)
union all
select 'does not carry what the client owed', settled.id, number
from settled join carried on carried.statement_id = settled.id
where (-carried_out_minor, -clawed_out_minor - credited_minor) is distinct from (carried.owed, carried.clawed)
union all
select 'does not draw the interest that it says', null, number
from (select r.number, case when r.drawn_on is not null or r.status = 'closed' then r.interest_minor else 0 end as said, coalesce((
          select sum(l.amount_minor) from journals j
          join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id and l.account = 2040
          where j.agency_id = $1 and j.source = 'remittance' and j.external_id = r.id || ':draw'), 0) as drawn
      from remittance_runs r where r.agency_id = $1) run
where said <> drawn
union all
select 'was booked, and is no statement', null, booked.statement_id
from booked where not exists (select from settled where settled.id::text = booked.statement_id)
"""
