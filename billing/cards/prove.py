"""What the processor still has of each charge, proved: taken, less what of it was paid out, refunded and charged back, is what
the books hold for it (T1010); with payouts that list nothing, what was paid in and what the
processor took for itself, that is the account's whole balance.
"""

from typing import Final
from uuid import UUID

from billing.cards.payouts import OWN_FEES
from portal.check import proof
from portal.tenancy.database import sql, sql_value

# The books' side: what each journal moved there, and of which charge. What no payment tells of names its charge first.
BOOKED: Final = """
moved as materialized (
    select j.id as journal_id, j.source, j.kind, j.external_id, l.currency, sum(l.amount_minor) as minor
    from journal_lines l join journals j on j.agency_id = l.agency_id and j.id = l.journal_id
    where l.agency_id = $1 and l.account = 1010 and l.account < 9000 group by j.id, l.currency),
booked as materialized (
    select moved.*, coalesce(nullif(p.charge_id, ''), nullif(o.charge_id, ''),
                             case when moved.kind = any ('{loss,loss made good,dispute fee}')
                                  then split_part(moved.external_id, ' ', 1) end) as charge_id
    from moved
    left join payments p on p.agency_id = $1 and p.journal_id = moved.journal_id
    left join refunds f on f.agency_id = $1 and f.journal_id = moved.journal_id and f.way = 'card'
    left join payments o on o.agency_id = $1 and o.id = f.payment_id),
of_charges as (select charge_id, currency, sum(minor) as minor from booked where charge_id is not null group by 1, 2)
"""

FAULTS: Final = f"""
with {BOOKED},
-- What the processor told of each charge that is in the books.
said as (
    select c.charge_id, c.currency, c.amount_minor - coalesce(c.fee_minor, 0) as taken,
           coalesce((select sum(r.amount_minor) from card_refunds r
                     where r.agency_id = $1 and r.card_payment_id = c.id and r.status = 'succeeded'), 0) as refunded,
           coalesce((select sum(b.amount_minor + b.fee_minor) from chargebacks b
                     where b.agency_id = $1 and b.card_payment_id = c.id and b.reversal_id is not null), 0) as charged_back,
           coalesce((select sum(b.amount_minor) from chargebacks b
                     where b.agency_id = $1 and b.card_payment_id = c.id and b.return_id is not null), 0) as won
    from card_payments c where c.agency_id = $1 and c.payment_id is not null)
select format('charge %s: %s taken, %s refunded, %s charged back, %s won, and the books hold %s of it (%s)', said.charge_id, taken,
              refunded, charged_back, won, coalesce(minor, 0), said.currency) as fault
from said left join of_charges on of_charges.charge_id = said.charge_id and of_charges.currency = said.currency
where taken - refunded - charged_back + won <> coalesce(minor, 0)
union all
-- What is of no charge was paid out, paid in by the agency, or the processor's own: so all charges are the balance.
select format('journal %s moved %s %s at the processor for no charge', journal_id, minor, currency)
from booked where charge_id is null and not (source = 'processor' and kind = any ('{{payout,funding,processor fee}}'))
union all
select format('payout %s took %s for the processor itself, and no journal says so', o.payout_id, -l.net_minor)
from payout_lines l join payouts o on o.agency_id = $1 and o.id = l.payout_id
where l.agency_id = $1 and l.kind = any ($2) and l.net_minor <> 0 and not exists (
    select from booked where booked.source = 'processor' and booked.external_id = l.transaction_id and booked.minor = l.net_minor)
union all
-- What a payout paid out of each charge is what its lines say.
select format('payout %s of %s is not its lines', o.payout_id, o.amount_minor)
from payouts o where o.agency_id = $1 and o.is_listed and o.amount_minor <> (
    select coalesce(sum(l.net_minor), 0) from payout_lines l where l.agency_id = $1 and l.payout_id = o.id)
union all
select format('payout %s of %s is booked as %s', o.payout_id, o.amount_minor, coalesce(-moved.minor, 0))
from payouts o left join moved on moved.journal_id = o.journal_id and moved.currency = o.currency
where o.agency_id = $1 and o.journal_id is not null and o.amount_minor is distinct from -moved.minor
union all
select format('charge %s brought %s less %s, and payout %s says %s less %s', c.charge_id, c.amount_minor, c.fee_minor, o.payout_id,
              l.amount_minor, l.fee_minor)
from payout_lines l join payouts o on o.agency_id = $1 and o.id = l.payout_id
join card_payments c on c.agency_id = $1 and c.charge_id = l.source_id
where l.agency_id = $1 and l.amount_minor > 0 and c.payment_id is not null
  and (l.amount_minor, l.fee_minor) is distinct from (c.amount_minor, c.fee_minor)
union all
-- What comes again makes a loss good first: money of a charge stands on no case while the agency bears a loss of it.
select format('charge %s: %s of it are the agency''s loss, and money of it stands', lost.charge_id, lost.minor)
from (select b.charge_id, sum(l.amount_minor) as minor
      from booked b join journal_lines l on l.agency_id = $1 and l.journal_id = b.journal_id and l.account = 5010
      where b.kind = any ('{{loss,loss made good}}') group by b.charge_id having sum(l.amount_minor) <> 0) lost
where minor < 0 or exists (
    select from payments p where p.agency_id = $1 and p.charge_id = lost.charge_id and p.reverses is null and p.suspense_id is null
       and not exists (select from payments r where r.agency_id = $1 and r.reverses = p.id))
order by 1
"""  # noqa: S608 - constants
CHARGES: Final = "select count(distinct charge_id) from payments where agency_id = $1 and charge_id <> ''"


@proof("what the processor has of each charge is what was taken less what went, and together all of it", "{} charges")
async def prove_charges(agency_id: UUID) -> tuple[int, list[str]]:
    """Charges, refunds, chargebacks and payouts as the processor told of them, against the books. Minor units."""
    faults = await sql(FAULTS, agency_id, OWN_FEES)
    return int(await sql_value(CHARGES, agency_id)), [row["fault"] for row in faults]
