"""What each client would be paid, kept back and asked for, worked out in the database over all clients at once.

A client's payments are taken once they are released (`billing.remittance.released`), each with its fee. VAT is counted once
on the fee total, rounded by `portal.money.share` as all money is, and spread over the fee lines by largest remainder, ties to
the earlier line, exactly as `portal.money.split` does. A statement goes by the terms of the cycle that it begins in: by what
holds on the day when the first of its money was released, after what was told before. So a change takes effect with the next
cycle and re-opens none. What becomes of fee and VAT is the method then:

- `net` keeps all of it back from the money received, that on direct payments too (event 5 of the money rules);
- `gross` keeps nothing of it back: an invoice asks for it (event 6);
- `combined` keeps back that of the lines we received and invoices that of direct payments, the VAT of each line with it.

What is open from before is taken from the money under every method: what earlier statements carried (O1200), since they
said so, and claw-backs (O1230), which are money that the client has and has to give back, less the fee and VAT of it that
are credited, whether these had been kept back or invoiced (events 9 and 10). What is not covered stays owed: nothing is
paid then, and the rest is carried (event 11), of a claw-back as such. Where claw-backs give back more than they ask for,
as when a direct payment bounced, the money grows by it; what is left of that, because there is no more to keep back,
comes off the invoice, down to the least that can be asked for: if it covers the invoice, there is none.

Costs that we advanced and a debtor repaid never were the client's: what we received of them is due to us since the receipt
(event 16), and drawn with the run that its payment is on. What the client received of them itself is taken from the money
like a fee without VAT, under every method.

What was brought over for a client from before these books (`billing.openings`) is paid to it as it is, under every method: no
fee is due on it.

So of each statement: paid = received by us + brought over - costs - fees - VAT + invoiced + carried in - carried out
+ clawed in - clawed out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

import asyncpg

from billing.exchange.quotes import price
from billing.openings.brought import WAITING
from billing.remittance.released import Stays, staying_behind
from cases.remittance_terms import RemittanceCycle, RemittanceMethod
from portal.money import exponent, share
from portal.people.actor import Actor
from portal.tenancy.database import savepoint, sql

TAKEN: Final = f"""
brought as ({WAITING.format(currency="$2", through="$3")}),
free as (
    select p.*, count(*) over (partition by coalesce(p.reverses, p.id)) > 1 as went_back
    from payments p
    where p.agency_id = $1 and p.currency = $2 and p.release_on <= $3 and p.id <> all($4::uuid[])
      and (p.amount_minor <> 0 or p.fee_minor <> 0)
      and not exists (select from statement_lines l where l.agency_id = p.agency_id and l.payment_id = p.id)
      -- Money that went back is taken together with its payment, or neither is.
      and not exists (select from payments back
                      where back.agency_id = p.agency_id and back.reverses = p.id and back.release_on > $3)
      and (p.reverses is null or not exists (
          select from statement_lines l where l.agency_id = p.agency_id and l.payment_id = p.reverses))),
-- How each client is paid: by the terms of the cycle that its statement begins in.
paying as (
    select f.client_id, before.period_to as told_through, t.remittance_method as method, t.exchange_gain, t.exchange_loss,
           nullif(payout_currency(t.payout_currencies, $2), $2) as other_currency
    from (select client_id, min(first_on) as first_on
          from (select client_id, release_on as first_on from free union all select client_id, since from brought) released
          group by client_id) f
    left join lateral (
        select max(period_to) as period_to from statements b
        where b.agency_id = $1 and b.client_id = f.client_id and b.currency = $2 and b.status <> 'draft') before on true
    cross join lateral remittance_terms_of($1, f.client_id, greatest(f.first_on, before.period_to + 1)) t),
taken as (
    select p.id, p.client_id, p.case_id, p.received_on, p.received_by = 'agency' as ours, p.amount_minor, p.fee_minor,
           p.costs_kept_minor as costs, p.went_back,
           b.method = 'gross' or b.method = 'combined' and p.received_by <> 'agency' as invoiced,
           row_number() over (partition by p.client_id order by p.received_on, p.id) as position,
           case when k.vat_treatment = 'standard' then k.vat_rate else 0 end as vat_rate
    from free p join paying b using (client_id)
    join clients k on k.agency_id = p.agency_id and k.id = p.client_id)
"""  # noqa: S608 - constants

# VAT is due on the fees of a client; a payment that went back shows its own, and its reversal the same.
TO_ROUND: Final = f"""
with {TAKEN}
select sum(fee_minor)::bigint as fee, max(vat_rate) as rate from taken group by client_id
union select fee_minor, vat_rate from taken where went_back
"""  # noqa: S608 - constants

LINES: Final = f"""
{TAKEN},
rounded as (select * from unnest($6::bigint[], $7::numeric[], $8::bigint[]) as r (fee, rate, vat)),
totals as (
    select t.client_id, t.fees, r.vat::numeric as vat
    from (select client_id, sum(fee_minor) as fees, max(vat_rate) as rate from taken group by client_id) t
    left join rounded r on r.fee = t.fees and r.rate = t.rate),
spread as (
    select t.*, s.vat, case when t.went_back then r.vat when s.fees = 0 then 0 else div(s.vat * t.fee_minor, s.fees) end as whole,
           case when t.went_back or s.fees = 0 then -1 else mod(s.vat * t.fee_minor, s.fees) end as rest
    from taken t join totals s using (client_id)
    left join rounded r on t.went_back and r.fee = t.fee_minor and r.rate = t.vat_rate),
lines as (
    select spread.*,
           whole + (row_number() over (partition by client_id order by rest desc, position)
                    <= vat - sum(whole) over (partition by client_id))::int as vat_minor
    from spread)
"""  # noqa: S608 - constants

SHARES: Final = """
owing as (
    select client_id, coalesce(sum(amount_minor) filter (where account = 1200), 0) as owed,
           coalesce(sum(amount_minor) filter (where account = 1230), 0) as clawed
    from (select client_id, account, amount_minor from journal_lines
          where agency_id = $1 and account in (1200, 1230) and currency = $2 and account < 9000
          union all
          -- What a client is asked to transfer is not taken as well.
          select client_id, 1200, paid_minor + corrected_minor - total_minor from client_invoices
          where agency_id = $1 and currency = $2 and settled_on is null) lines
    group by client_id),
of_payments as (
    select client_id, count(*) as payments, sum(amount_minor) as collected,
           coalesce(sum(amount_minor) filter (where not ours), 0) as direct, sum(fee_minor) as fees,
           sum(costs) as costs, coalesce(sum(costs) filter (where not ours), 0) as direct_costs,
           max(vat_rate) as vat_rate, max(vat) as vat, coalesce(sum(fee_minor) filter (where invoiced), 0) as asked_fees,
           coalesce(sum(vat_minor) filter (where invoiced), 0) as asked_vat, min(received_on) as first_on
    from lines group by client_id),
sums as (
    select client_id, coalesce(payments, 0) as payments, coalesce(collected, 0) as collected, coalesce(direct, 0) as direct,
           coalesce(fees, 0) as fees, coalesce(costs, 0) as costs, coalesce(direct_costs, 0) as direct_costs, vat_rate,
           case when payments is null then 0 else vat end as vat, coalesce(asked_fees, 0) as asked_fees, coalesce(asked_vat, 0) as asked_vat,
           least(first_on, since) as first_on, coalesce(brought, 0) as brought
    from of_payments full join brought using (client_id)),
due as (
    select sums.*, collected - direct - costs + direct_costs + brought as ours, coalesce(owed, 0) as owed, coalesce(clawed, 0) as clawed,
           fees - asked_fees + vat - asked_vat + direct_costs + coalesce(owed, 0) + coalesce(clawed, 0) as due
    from sums left join owing using (client_id)),
left_over as (
    select *, due - (ours - net) as rest,
           -- Fees and what was owed before are covered first; of a claw-back stays open what remains, its own part at most.
           case when clawed < 0 then greatest(least(due - (ours - net), 0), clawed)
                else least(greatest(due - (ours - net), 0), clawed) end as clawed_left
    from (select *, least(greatest(ours - due, 0), ours) as net from due) due),
asked as (
    select *, asked_fees + asked_vat > greatest(-clawed_left, 0) as is_invoiced,
           least(asked_fees + asked_vat, greatest(-clawed_left, 0)) as given_back
    from left_over),
shares as (
    select s.client_id, payments, collected, direct, costs, direct_costs, fees, vat, ours, owed, net, first_on, clawed, brought,
           coalesce(s.vat_rate, case when k.vat_treatment = 'standard' then k.vat_rate else 0 end) as vat_rate,
           clawed_left + given_back as clawed_out, rest - clawed_left as still_owed,
           case when is_invoiced then asked_fees else 0 end as invoiced_fees,
           case when is_invoiced then asked_vat else 0 end as invoiced_vat,
           case when is_invoiced then given_back else 0 end as credited,
           ceil(k.remittance_floor_minor * $5::numeric) as floor,
           net > 0 and net < ceil(k.remittance_floor_minor * $5::numeric) as deferred, k.vat_treatment,
           b.method, b.told_through, b.other_currency, b.exchange_gain, b.exchange_loss,
           -- The end of the client's cycle that follows its last statement (`cases.remittance_terms.cycle_end`).
           case t.remittance_cycle
                when 'weekly' then b.told_through + 7
                when 'twice_a_month' then
                    case when extract(day from b.told_through + 1) <= 15
                         then date_trunc('month', b.told_through + 1)::date + 14
                         else (date_trunc('month', b.told_through + 1) + interval '1 month')::date - 1 end
                else (date_trunc('month', b.told_through + 1) + interval '1 month')::date - 1 end as due_on
    from asked s
    join clients k on k.agency_id = $1 and k.id = s.client_id
    join paying b on b.client_id = s.client_id
    left join lateral remittance_terms_of($1, s.client_id, b.told_through + 1) t on true)
"""

PREVIEW: Final = f"""
with {LINES}, {SHARES},
waiting as (
    select p.client_id, count(*) filter (where p.release_on > $3) as held,
           sum(p.amount_minor) filter (where p.release_on > $3) as held_minor, min(p.release_on) filter (where p.release_on > $3) as held_until,
           sum(p.amount_minor) filter (where p.id = any($9::uuid[])) as at_processor_minor,
           sum(p.amount_minor) filter (where p.id = any($4::uuid[]) and p.id <> all($9::uuid[])) as fee_open_minor
    from payments p
    where p.agency_id = $1 and p.currency = $2 and (p.release_on > $3 or p.id = any($4::uuid[])) and p.received_on <= $3
      and p.received_by = 'agency' and p.reverses is null
      and not exists (select from payments back where back.agency_id = p.agency_id and back.reverses = p.id)
      and not exists (select from statement_lines l where l.agency_id = p.agency_id and l.payment_id = p.id)
    group by p.client_id)
select k.id as client_id, k.name as client_name, coalesce(s.method, t.remittance_method) as method, t.remittance_cycle as cycle,
       coalesce(s.payments, 0) as payments,
       coalesce(s.collected, 0)::bigint as collected_minor, coalesce(s.direct, 0)::bigint as direct_minor,
       coalesce(s.brought, 0)::bigint as brought_minor, coalesce(s.costs, 0)::bigint as costs_minor,
       coalesce(s.fees, 0)::bigint as fees_minor, coalesce(s.vat_rate, 0) as vat_rate,
       case when s.client_id is null then 0 else s.vat end::bigint as vat_minor, -coalesce(s.owed, 0)::bigint as carried_in_minor,
       -coalesce(s.still_owed, 0)::bigint as carried_out_minor, -coalesce(s.clawed, 0)::bigint as clawed_in_minor,
       -coalesce(s.clawed_out, 0)::bigint as clawed_out_minor,
       coalesce(s.invoiced_fees + s.invoiced_vat - s.credited, 0)::bigint as invoiced_minor,
       coalesce(s.net, 0)::bigint as net_minor, s.other_currency,
       coalesce(s.floor, 0)::bigint as floor_minor, coalesce(s.deferred, false) as deferred, s.told_through, s.due_on,
       coalesce(s.due_on <= $3, true) as is_due,
       coalesce(w.held, 0) as held, coalesce(w.held_minor, 0)::bigint as held_minor, w.held_until,
       coalesce(w.at_processor_minor, 0)::bigint as at_processor_minor, coalesce(w.fee_open_minor, 0)::bigint as fee_open_minor
from shares s full join waiting w using (client_id)
join clients k on k.agency_id = $1 and k.id = client_id
cross join lateral remittance_terms_of($1, k.id, coalesce(s.told_through + 1, $3)) t
order by k.name, k.id
"""  # noqa: S608 - constants

WRITE: Final = f"""
with {LINES}, {SHARES},
made as (
    insert into statements (agency_id, client_id, run_id, currency, method, period_from, period_to, collected_minor,
                            direct_minor, brought_minor, costs_minor, direct_costs_minor, fees_minor, vat_rate, vat_minor, carried_in_minor, carried_out_minor,
                            clawed_in_minor, clawed_out_minor, invoiced_fees_minor, invoiced_vat_minor, credited_minor,
                            net_minor, payout_currency, exchange_gain, exchange_loss, payments, deferred, letterhead)
    select $1, s.client_id, $9, $2, s.method,
           least(coalesce(told_through + 1, least(date_trunc('month', $3::date)::date, s.first_on)), $3), $3,
           s.collected, s.direct, s.brought, s.costs, s.direct_costs, s.fees, s.vat_rate, s.vat, -s.owed, -s.still_owed, -s.clawed, -s.clawed_out,
           s.invoiced_fees, s.invoiced_vat, s.credited, s.net,
           paid.currency, case when paid.currency <> '' then s.exchange_gain end,
           case when paid.currency <> '' then s.exchange_loss end, s.payments, s.deferred,
           jsonb_build_object('vat_treatment', s.vat_treatment, 'account_id', coalesce(d.id::text, ''))
    from shares s
    cross join lateral (select case when s.net > 0 and not s.deferred then s.other_currency end as currency) paid
    left join bank_details d on d.agency_id = $1 and d.client_id = s.client_id and d.status = 'in_force'
         and d.currency = coalesce(paid.currency, $2)
    where not $10 or coalesce(s.due_on <= $3, true)
    returning id, client_id, deferred)
insert into statement_lines (agency_id, client_id, statement_id, payment_id, case_id, case_number, debtor_name, position,
                             received_on, gross_minor, fee_minor, vat_minor, costs_kept_minor, net_minor)
select $1, l.client_id, made.id, l.id, l.case_id, c.number, c.debtor_name, l.position, l.received_on, l.amount_minor,
       l.fee_minor, l.vat_minor, l.costs, case when l.ours then l.amount_minor else 0 end - l.costs - l.fee_minor
from lines l join made using (client_id) join cases c on c.agency_id = $1 and c.id = l.case_id
where not made.deferred
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a client would be paid. Minor units; ``carried_*`` and ``clawed_*`` are below nought for what the client owes us."""

    client_id: UUID
    client_name: str
    method: RemittanceMethod
    cycle: RemittanceCycle
    payments: int
    collected_minor: int
    direct_minor: int
    brought_minor: int
    """What was brought over for it from before these books."""
    costs_minor: int
    """What repays costs that the agency had advanced."""
    fees_minor: int
    vat_rate: Decimal
    vat_minor: int
    carried_in_minor: int
    carried_out_minor: int
    clawed_in_minor: int
    clawed_out_minor: int
    invoiced_minor: int
    """What an invoice asks for: fees and VAT that are not kept back, less what is given back."""
    net_minor: int
    other_currency: str | None
    """What it is paid out in, where that is another currency."""
    floor_minor: int
    deferred: bool
    told_through: date | None
    """The end of its last statement; none before its first."""
    due_on: date | None
    """The end of its cycle that follows; a client without a statement is due at once."""
    is_due: bool
    held: int
    held_minor: int
    held_until: date | None
    at_processor_minor: int
    """What stays behind because no payout has brought it to the bank."""
    fee_open_minor: int
    """What stays behind because the processor's fee on it is not paid in."""

    @property
    def behind_minor(self) -> int:
        """All that is not passed on yet."""
        return self.held_minor + self.at_processor_minor + self.fee_open_minor

    @property
    def is_released(self) -> bool:
        """Whether there is anything to tell and pay."""
        return bool(self.payments or self.brought_minor)


async def shares(actor: Actor, currency: str, through: date) -> list[Share]:
    """What every client would be paid of what is released by a day; also those whose money all stays behind."""
    stays = await staying_behind(actor, currency, through)
    at_processor = [payment_id for payment_id, why in stays.items() if why is Stays.AT_PROCESSOR]
    asked = (actor.agency_id, currency, through, list(stays))
    rows = await _with_vat(PREVIEW, asked, floor_scale(actor, currency), at_processor)
    return [
        Share(**{**row, "method": RemittanceMethod(row["method"]), "cycle": RemittanceCycle(row["cycle"])})
        for row in rows
    ]


async def write(actor: Actor, run_id: UUID, currency: str, through: date, *, only_due: bool) -> None:
    """Write the statements of a draft and their lines, of all clients or of those whose cycle has come round. A statement
    under its floor has no lines: its payments wait. What is paid out in another currency has the run's quoted rates.

    The letterhead of a draft is only what the approval must find unchanged; the approval writes the whole of it.
    """
    stays = await staying_behind(actor, currency, through)
    asked = (actor.agency_id, currency, through, list(stays))
    await _with_vat(WRITE, asked, floor_scale(actor, currency), run_id, only_due)
    await price(actor, run_id)


TRIES: Final = 9


async def _with_vat(query: str, asked: Sequence[object], scale: Decimal, *more: object) -> Sequence[asyncpg.Record]:
    """The answer to a query in which VAT has to be rounded. That is done here, by the one function that rounds, sum by sum: who
    records a payment between the two questions makes a sum that is not rounded yet, and both are asked once more.
    """
    for _ in range(TRIES):
        rounded = await _rounded(asked)
        try:
            async with savepoint():
                rows = await sql(query, *asked, scale, *rounded, *more)
        except asyncpg.NotNullViolationError as error:
            if error.column_name != "vat_minor":
                raise
            continue
        if all(row["vat_minor"] is not None for row in rows):
            return rows
    raise RuntimeError("payments are recorded faster than they are added up")


async def _rounded(asked: Sequence[object]) -> tuple[list[int], list[Decimal], list[int]]:
    """Sums of fees, the rates on them, and the VAT of each."""
    rows = await sql(TO_ROUND, *asked)
    fees, rates = [row["fee"] for row in rows], [row["rate"] for row in rows]
    return fees, rates, [share(fee, rate) for fee, rate in zip(fees, rates, strict=True)]


def floor_scale(actor: Actor, currency: str) -> Decimal:
    """From minor units of the agency's base currency to those of another: a floor of 10.00 EUR is 10.00 USD, or 10 JPY.

    The floor is a plain figure that keeps small transfers from being sent; no rate of the day moves it.
    """
    return Decimal(10) ** (exponent(currency) - exponent(actor.base_currency))
