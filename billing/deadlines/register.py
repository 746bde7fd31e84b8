"""What is still to be deposited, remitted and proved, with the day by which the agency's law asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from billing.deadlines.rules import LAWS, Law
from billing.money_rules.rules import rules_of
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql

SOON: Final = timedelta(days=7)
"""So long before its day something is pointed at on other pages."""
MOST: Final = 50
"""So many pieces of cash and cheques are listed, the oldest first."""
SHOWN: Final = 200
"""So many clients' months to be remitted are shown, the oldest first; all of them count."""
MONTHS: Final = 12
"""So many months are looked back on for what was never signed."""

IN_HAND: Final = """
select p.id as payment_id, p.case_id, c.number as case_number, p.channel, p.received_on, p.currency,
       p.amount_minor + p.surplus_minor + p.held_minor as amount_minor
from payments p join cases c on c.agency_id = p.agency_id and c.id = p.case_id
where p.agency_id = $1 and p.channel in ('cash', 'cheque') and p.reverses is null
  and not exists (select from payments back where back.agency_id = p.agency_id and back.reverses = p.id)
  and not exists (select from bank_matches m
                  where m.agency_id = p.agency_id and m.journal_id = p.journal_id and m.undone_at is null)
order by p.received_on, p.id limit $2
"""

# The clients' money of a month that has ended, brought over as well, less costs repaid to us with it, as long as no statement over it is closed, which is when it has been paid.
TO_REMIT: Final = """
with held as (
select p.currency, p.received_on, p.client_id, p.amount_minor - p.costs_kept_minor as minor
from payments p
where p.agency_id = $1 and p.received_by = 'agency' and p.received_on < date_trunc('month', $2::date)
  and p.reverses is null and p.amount_minor > p.costs_kept_minor
  and not exists (select from payments back where back.agency_id = p.agency_id and back.reverses = p.id)
  and not exists (select from statement_lines l
                  join statements s on s.agency_id = l.agency_id and s.id = l.statement_id and s.status = 'closed'
                  where l.agency_id = p.agency_id and l.payment_id = p.id)
union all
select o.currency, i.received_on, i.client_id, i.amount_minor
from openings o
join opening_items i on i.agency_id = o.agency_id and i.opening_id = o.id and i.kind = 'funds'
where o.agency_id = $1 and o.status = 'approved' and i.received_on < date_trunc('month', $2::date)
  and not exists (select from statements s where s.agency_id = i.agency_id and s.id = i.statement_id and s.status = 'closed'))
select h.currency, date_trunc('month', h.received_on)::date as month, h.client_id, k.name as client_name, count(*) as payments,
       sum(h.minor)::bigint as amount_minor
from held h join clients k on k.agency_id = $1 and k.id = h.client_id
group by h.currency, month, h.client_id, k.name order by month, sum(h.minor) desc, h.client_id, h.currency
"""

# Currencies whose clients' money was in the books by then: what was never there cannot be signed.
UNSIGNED: Final = """
select distinct d.day, b.currency
from unnest($2::date[]) as d (day)
join bank_accounts b on b.agency_id = $1 and b.book = 'trust' and b.opened_on <= d.day
     and (b.closed_on is null or b.closed_on >= d.day)
where exists (select from journal_lines l
              where l.agency_id = $1 and l.account in (1000, 1010) and coalesce(l.client_id, l.agency_id) = $1
                and l.currency = b.currency and l.effective_on <= d.day)
  and not exists (select from reconciliations r
                  where r.agency_id = $1 and r.currency = b.currency and r.on_day = d.day and r.second_at is not null)
order by d.day, b.currency
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something with its day. Minor units of ``currency``."""

    currency: str
    by: date
    today: date

    @property
    def is_late(self) -> bool:
        """Whether its day is over."""
        return self.by < self.today

    @property
    def days_late(self) -> int:
        """So many days its day is over; nought or less where it is not."""
        return (self.today - self.by).days

    @property
    def is_soon(self) -> bool:
        """Whether it is late or will be soon."""
        return self.by <= self.today + SOON


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand(Due):
    """Cash or a cheque that no bank has told of yet."""

    payment_id: UUID
    case_id: UUID
    case_number: str
    channel: str
    received_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRemit(Due):
    """A month's money that a client has not been paid."""

    month: date
    client_id: UUID
    client_name: str
    payments: int
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToProve(Due):
    """The end of a month that two people have not signed."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """All of them, the soonest first."""

    law: Law | None = None
    in_hand: Sequence[InHand] = field(default_factory=tuple)
    to_remit: Sequence[ToRemit] = field(default_factory=tuple)
    to_prove: Sequence[ToProve] = field(default_factory=tuple)

    @property
    def pressing(self) -> list[Due]:
        """What is late or will be soon."""
        return [one for one in (*self.in_hand, *self.to_remit, *self.to_prove) if one.is_soon]


async def deadlines_of(actor: Actor) -> Deadlines:
    """What the agency's law asks for and is not done yet; nothing where it chose no law."""
    actor.require("remittances.read")
    law = LAWS.get((await rules_of(actor)).law)
    if law is None:
        return Deadlines()
    today = await agency_day(actor)
    return Deadlines(
        law=law,
        in_hand=await _in_hand(actor, law, today),
        to_remit=await _to_remit(actor, law, today),
        to_prove=await _to_prove(actor, law, today),
    )


async def _in_hand(actor: Actor, law: Law, today: date) -> list[InHand]:
    if law.deposit_days is None:
        return []
    rows = await sql(IN_HAND, actor.agency_id, MOST)
    return [InHand(**row, by=_set(law.deposit_by(row["received_on"])), today=today) for row in rows]


async def _to_remit(actor: Actor, law: Law, today: date) -> list[ToRemit]:
    if law.remit_by(today) is None:
        return []
    rows = await sql(TO_REMIT, actor.agency_id, today)
    return [ToRemit(**row, by=_set(law.remit_by(row["month"])), today=today) for row in rows]


async def _to_prove(actor: Actor, law: Law, today: date) -> list[ToProve]:
    if not law.monthly_proof:
        return []
    ends = [today.replace(day=1) - timedelta(days=1)]
    while len(ends) < MONTHS:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return [
        ToProve(day=day, currency=currency, by=_set(law.prove_by(day)), today=today)
        for day, currency in await unsigned(actor, ends)
    ]


async def unsigned(actor: Actor, days: Sequence[date]) -> list[tuple[date, str]]:
    """Which of these days are not signed by two, in each currency that had clients' money in the books by then."""
    return [(row["day"], row["currency"]) for row in await sql(UNSIGNED, actor.agency_id, days)]


def _set(by: date | None) -> date:
    """A day that the law sets, as the caller has seen."""
    assert by is not None
    return by
