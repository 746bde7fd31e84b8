"""That exchange clearing (T1900) is what waits to be exchanged, and every exchange what statements promised: a query for
`portal.ledger.prove`, as those of `portal.ledger.registers`.
"""

from typing import Final

EXCHANGES: Final = """
with lines as (
    select j.id, j.source, l.account, l.currency, sum(l.amount_minor)::bigint as amount
    from journal_lines l join journals j on j.agency_id = l.agency_id and j.id = l.journal_id
    where l.agency_id = $1 and (j.source = 'exchange' or l.account = 1900) group by j.id, j.source, l.account, l.currency),
promised as (
    select s.id, s.client_id, s.status, s.currency, s.payout_currency as target, s.net_minor, s.payout_minor, s.exchange_gain,
           s.exchange_loss, x.id as part_id, x.exchange_id, x.sold_minor, x.quoted_minor, x.bought_minor, x.target as bought_into, x.client_id as part_of,
           x.paid_minor, x.drawn_minor
    from statements s left join exchange_parts x on x.agency_id = s.agency_id and x.statement_id = s.id
    where s.agency_id = $1 and s.status <> 'draft' and (s.payout_currency is not null or x.id is not null)),
waits as (
    select currency, sum(amount) as amount from (
        select currency, -net_minor as amount from promised where part_id is null
        union all select target, payout_minor from promised where part_id is null) sides group by currency),
clearing as (select currency, sum(amount) as amount from lines where account = 1900 group by currency)
select 'exchange clearing is not what waits to be exchanged' as fault, null::uuid as id, coalesce(waits.amount, 0) as waits_minor,
       coalesce(clearing.amount, 0) as booked_minor, coalesce(waits.currency, clearing.currency) as currency
from waits full join clearing using (currency) where coalesce(waits.amount, 0) <> coalesce(clearing.amount, 0)
union all
select 'was not exchanged as it was promised', id, payout_minor, quoted_minor, target
from promised
where part_id is not null and (net_minor, payout_minor, target, client_id) is distinct from (sold_minor, quoted_minor, bought_into, part_of)
   or part_id is null and status = 'closed'
union all
select 'is not what was booked, or not its parts', x.id, x.bought_minor, bought.amount, x.target
from exchanges x
left join (select exchange_id, sum(sold_minor) as sold, sum(quoted_minor) as quoted, sum(bought_minor) as bought,
                  sum(greatest(quoted_minor - bought_minor, 0)) filter (where exchange_loss = 'agency' or bought_minor = 0) as lost
           from promised where part_id is not null group by exchange_id) parts on parts.exchange_id = x.id
left join lines sold on sold.id = x.journal_id and sold.account = 1000 and sold.currency = x.currency
left join lines bought on bought.id = x.journal_id and bought.account = 1000 and bought.currency = x.target
left join lines lost on lost.id = x.journal_id and lost.account = 1090 and lost.currency = x.target
where x.agency_id = $1 and x.taken_back_at is null
  and ((x.sold_minor, x.bought_minor, x.quoted_minor) is distinct from (parts.sold, parts.bought, parts.quoted)
       or (x.sold_minor, x.bought_minor, coalesce(parts.lost, 0)) is distinct from (-sold.amount, bought.amount, coalesce(lost.amount, 0)))
union all
select 'does not give the difference to whoever its statement says', id, paid_minor, bought_minor, target
from promised
where part_id is not null and (paid_minor, drawn_minor) is distinct from (
    case when bought_minor > quoted_minor then case exchange_gain when 'client' then bought_minor else quoted_minor end
         else case when exchange_loss = 'client' and bought_minor > 0 then bought_minor else quoted_minor end end,
    case when exchange_gain = 'agency' then greatest(bought_minor - quoted_minor, 0) else 0 end)
union all
select 'was booked, and is no exchange', lines.id, null, null, null
from lines where source = 'exchange' and not exists (
    select from exchanges where agency_id = $1 and lines.id in (journal_id, taken_back_journal_id))
union all
select 'was taken back, and its journal stands', x.id, null, null, x.target
from exchanges x left join journals back on back.agency_id = x.agency_id and back.id = x.taken_back_journal_id
where x.agency_id = $1 and x.taken_back_at is not null
  and (back.reverses is distinct from x.journal_id or exists (
      select from exchange_parts p where p.agency_id = x.agency_id and p.exchange_id = x.id))
"""
