"""What each client would be paid, worked out in the database over all clients at once.

A client's payments are taken once their hold is over, each with its fee. Net remittance keeps back all fees, those on
direct payments too, with VAT on their total, what the client still owed (O1200) and what it owes for money that went back
after a remittance (O1230, event 10 of the money rules). What is not covered stays owed: nothing is paid then, and the
rest is carried (event 11), of a claw-back as such. VAT is counted once on the fee total and
spread over the fee lines by largest remainder, ties to the earlier line, exactly as `portal.money.split` does.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from portal.money import exponent
from portal.people.actor import Actor
from portal.tenancy.database import sql

TAKEN: Final = """
taken as (
    select p.id, p.client_id, p.case_id, p.received_on, p.received_by = 'agency' as ours, p.amount_minor, p.fee_minor,
           count(*) over (partition by coalesce(p.reverses, p.id)) > 1 as went_back,
           row_number() over (partition by p.client_id order by p.received_on, p.id) as position,
           case when k.vat_treatment = 'standard' then k.vat_rate else 0 end as vat_rate
    from payments p
    join clients k on k.agency_id = p.agency_id and k.id = p.client_id
    where p.agency_id = $1 and p.currency = $2 and p.release_on <= $3 and k.remittance_method = 'net'
      and (p.amount_minor <> 0 or p.fee_minor <> 0)
      and not exists (select from statement_lines l where l.agency_id = p.agency_id and l.payment_id = p.id)
      -- Money that went back is taken together with its payment, or neither is.
      and not exists (select from payments back
                      where back.agency_id = p.agency_id and back.reverses = p.id and back.release_on > $3)
      and (p.reverses is null or not exists (
          select from statement_lines l where l.agency_id = p.agency_id and l.payment_id = p.reverses))),
owing as (
    select client_id, coalesce(sum(amount_minor) filter (where account = 1200), 0) as owed,
           coalesce(sum(amount_minor) filter (where account = 1230), 0) as clawed
    from (select client_id, account, amount_minor from journal_lines
          where agency_id = $1 and account in (1200, 1230) and currency = $2 and account < 9000
          union all
          -- What a client is asked to transfer is not taken as well.
          select client_id, 1200, -total_minor from client_invoices
          where agency_id = $1 and currency = $2 and paid_journal_id is null) lines
    group by client_id),
sums as (
    select client_id, count(*) as payments, sum(amount_minor) as collected,
           coalesce(sum(amount_minor) filter (where not ours), 0) as direct, sum(fee_minor) as fees,
           max(vat_rate) as vat_rate, round(sum(fee_minor) * max(vat_rate)) as vat, min(received_on) as first_on
    from taken group by client_id),
due as (
    select sums.*, collected - direct as ours, coalesce(owed, 0) as owed, coalesce(clawed, 0) as clawed,
           fees + vat + coalesce(owed, 0) + coalesce(clawed, 0) as due
    from sums left join owing using (client_id)),
left_over as (
    select *, due - (ours - net) as rest,
           -- Fees and what was owed before are covered first; of a claw-back stays open what remains, its own part at most.
           case when clawed < 0 then greatest(least(due - (ours - net), 0), clawed)
                else least(greatest(due - (ours - net), 0), clawed) end as clawed_out
    from (select *, least(greatest(ours - due, 0), ours) as net from due) due),
shares as (
    select due.client_id, payments, collected, direct, fees, due.vat_rate, vat, ours, owed, net, first_on,
           clawed, clawed_out, rest - clawed_out as still_owed, ceil(k.remittance_floor_minor * $4::numeric) as floor,
           net > 0 and net < ceil(k.remittance_floor_minor * $4::numeric) as deferred, k.vat_treatment,
           coalesce(d.id::text, '') as account_id
    from left_over due
    join clients k on k.agency_id = $1 and k.id = due.client_id
    left join bank_details d on d.agency_id = $1 and d.client_id = due.client_id and d.currency = $2
         and d.status = 'in_force')
"""

PREVIEW: Final = f"""
with {TAKEN},
waiting as (
    select p.client_id, count(*) as held, sum(p.amount_minor) as held_minor, min(p.release_on) as held_until
    from payments p
    where p.agency_id = $1 and p.currency = $2 and p.release_on > $3 and p.received_on <= $3 and p.received_by = 'agency'
      and p.reverses is null
      and not exists (select from payments back where back.agency_id = p.agency_id and back.reverses = p.id)
      and not exists (select from statement_lines l where l.agency_id = p.agency_id and l.payment_id = p.id)
    group by p.client_id)
select k.id as client_id, k.name as client_name, k.remittance_method as method, coalesce(s.payments, 0) as payments,
       coalesce(s.collected, 0)::bigint as collected_minor, coalesce(s.direct, 0)::bigint as direct_minor,
       coalesce(s.fees, 0)::bigint as fees_minor, coalesce(s.vat_rate, 0) as vat_rate,
       coalesce(s.vat, 0)::bigint as vat_minor, -coalesce(s.owed, 0)::bigint as carried_in_minor,
       -coalesce(s.still_owed, 0)::bigint as carried_out_minor, -coalesce(s.clawed, 0)::bigint as clawed_in_minor,
       -coalesce(s.clawed_out, 0)::bigint as clawed_out_minor, coalesce(s.net, 0)::bigint as net_minor,
       coalesce(s.floor, 0)::bigint as floor_minor, coalesce(s.deferred, false) as deferred,
       coalesce(w.held, 0) as held, coalesce(w.held_minor, 0)::bigint as held_minor, w.held_until
from shares s full join waiting w using (client_id)
join clients k on k.agency_id = $1 and k.id = client_id
order by k.name, k.id
"""  # noqa: S608 - constants

OTHER_METHODS: Final = """
select k.id as client_id, k.name as client_name, k.remittance_method as method, count(*) as payments
from payments p join clients k on k.agency_id = p.agency_id and k.id = p.client_id
where p.agency_id = $1 and p.currency = $2 and p.release_on <= $3 and k.remittance_method <> 'net'
  and not exists (select from statement_lines l where l.agency_id = p.agency_id and l.payment_id = p.id)
group by k.id, k.name, k.remittance_method order by k.name, k.id
"""

WRITE: Final = f"""
with {TAKEN},
spread as (
    select t.*, s.vat,
           case when went_back or s.fees = 0 then round(t.fee_minor * t.vat_rate) else div(s.vat * t.fee_minor, s.fees) end
               as whole,
           case when went_back or s.fees = 0 then -1 else mod(s.vat * t.fee_minor, s.fees) end as rest
    from taken t join shares s using (client_id) where not s.deferred),
lines as (
    select spread.*,
           row_number() over (partition by client_id order by rest desc, position)
               <= vat - sum(whole) over (partition by client_id) as rounded_up
    from spread),
made as (
    insert into statements (agency_id, client_id, run_id, currency, period_from, period_to, collected_minor, direct_minor,
                            fees_minor, vat_rate, vat_minor, carried_in_minor, carried_out_minor, clawed_in_minor,
                            clawed_out_minor, net_minor, payments, deferred, letterhead)
    select $1, s.client_id, $5, $2,
           least(coalesce(before.period_to + 1, least(date_trunc('month', $3::date)::date, s.first_on)), $3), $3,
           s.collected, s.direct, s.fees, s.vat_rate, s.vat, -s.owed, -s.still_owed, -s.clawed, -s.clawed_out, s.net,
           s.payments, s.deferred,
           jsonb_build_object('vat_treatment', s.vat_treatment, 'account_id', s.account_id)
    from shares s
    left join lateral (
        select max(period_to) as period_to from statements b
        where b.agency_id = $1 and b.client_id = s.client_id and b.currency = $2 and b.status <> 'draft') before on true
    returning id, client_id)
insert into statement_lines (agency_id, client_id, statement_id, payment_id, case_id, case_number, debtor_name, position,
                             received_on, gross_minor, fee_minor, vat_minor, net_minor)
select $1, l.client_id, made.id, l.id, l.case_id, c.number, c.debtor_name, l.position, l.received_on, l.amount_minor,
       l.fee_minor, l.whole + l.rounded_up::int, case when l.ours then l.amount_minor else 0 end - l.fee_minor
from lines l join made using (client_id) join cases c on c.agency_id = $1 and c.id = l.case_id
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a client would be paid. Minor units; ``carried_*`` and ``clawed_*`` are below nought for what the client owes us."""

    client_id: UUID
    client_name: str
    method: str
    payments: int
    collected_minor: int
    direct_minor: int
    fees_minor: int
    vat_rate: Decimal
    vat_minor: int
    carried_in_minor: int
    carried_out_minor: int
    clawed_in_minor: int
    clawed_out_minor: int
    net_minor: int
    floor_minor: int
    deferred: bool
    held: int
    held_minor: int
    held_until: date | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A client whose payments are released and who is not remitted net."""

    client_id: UUID
    client_name: str
    method: str
    payments: int


async def shares(actor: Actor, currency: str, through: date) -> list[Share]:
    """What every client would be paid of what is released by a day; also those whose money is all held."""
    rows = await sql(PREVIEW, actor.agency_id, currency, through, floor_scale(actor, currency))
    return [Share(**row) for row in rows]


async def left_out(actor: Actor, currency: str, through: date) -> list[LeftOut]:
    """Clients with released payments whose method is not net."""
    return [LeftOut(**row) for row in await sql(OTHER_METHODS, actor.agency_id, currency, through)]


async def write(actor: Actor, run_id: UUID, currency: str, through: date) -> None:
    """Write the statements of a draft and their lines. A statement under its floor has no lines: its payments wait.

    The letterhead of a draft is only what the approval must find unchanged; the approval writes the whole of it.
    """
    await sql(WRITE, actor.agency_id, currency, through, floor_scale(actor, currency), run_id)


def floor_scale(actor: Actor, currency: str) -> Decimal:
    """From minor units of the agency's base currency to those of another: a floor of 10.00 EUR is 10.00 USD, or 10 JPY.

    The floor is a plain figure that keeps small transfers from being sent; no rate of the day moves it.
    """
    return Decimal(10) ** (exponent(currency) - exponent(actor.base_currency))
