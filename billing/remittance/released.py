"""Which money is released: hold over, money in the trust bank account, and what the agency owes for it paid in.

Bank transfers, cheques and cash are at the bank when they are booked. Card money comes with a payout of the processor,
less its fees, which the agency pays in: until both have happened a payment stays behind, alone, and takes nothing of other
clients' money. Where payouts are known line by line, a payment has come with the payout that names it. Where they are not,
what the processor still has (T1010) is its newest money. What the agency pays in covers losses on exchanges, which hold what
was bought (`billing.remittance.pay`), and the processor's fees first, the oldest first, unless it was paid in for a payout;
bank charges and other costs of the agency hold no client's money back: that a run pays no more than is there is seen to at
its approval.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_one


class Stays(StrEnum):
    """Why money whose hold is over stays behind."""

    AT_PROCESSOR = "at_processor"
    """No payout has brought it to the bank."""
    FEE_OPEN = "fee_open"
    """The agency has not paid in what the processor kept of it."""


STAYS_TEXTS: Final = {
    Stays.AT_PROCESSOR: N_("at the card processor"),
    Stays.FEE_OPEN: N_("the processor's fee is not paid in yet"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMoney:
    """A card payment that is on no final statement. Minor units."""

    payment_id: UUID
    came_minor: int
    """What it brought to our account with the processor, less what of it went back."""
    fee_minor: int
    """What the processor kept of it."""
    is_named: bool
    """Whether a payout lists it."""
    has_come: bool
    """Whether that payout is at the bank."""
    is_made_good: bool
    """Whether the agency paid the fees of that payout in."""
    may_have_come: bool
    """Whether a payout that lists nothing has come since it was booked."""


@dataclass(frozen=True, slots=True)
class Clearing:
    """What is not at the bank, in one currency and minor units."""

    at_processor_minor: int
    """T1010; below nought where the processor took more than it had."""
    fees_open_minor: int
    """Of the processor's fees, what the agency has not paid in."""


def staying(newest_first: Sequence[CardMoney], clearing: Clearing) -> dict[UUID, Stays]:
    """By payment, why it stays behind; the others are at the bank, whole."""
    left = clearing.at_processor_minor - sum(
        one.came_minor for one in newest_first if one.is_named and not one.has_come
    )
    fees, found = clearing.fees_open_minor, dict[UUID, Stays]()
    for one in newest_first:
        if not one.is_named:
            has_come = one.may_have_come and left <= 0
            left -= one.came_minor
        else:
            has_come = one.has_come
        is_open = one.fee_minor > 0 and fees > 0 and not one.is_made_good
        fees -= one.fee_minor if is_open else 0
        if not has_come:
            found[one.payment_id] = Stays.AT_PROCESSOR
        elif is_open:
            found[one.payment_id] = Stays.FEE_OPEN
    return found


# Card payments that no final statement has, the newest first. What was received anew, after a chargeback was won or a refund
# failed, comes with the payout that names that.
CARD_MONEY: Final = """
with unlisted as (
    select j.id from journals j
    where j.agency_id = $1 and j.source = 'processor' and j.kind = 'payout'
      and exists (select from journal_lines l where l.agency_id = j.agency_id and l.journal_id = j.id and l.account = 1000
                  and l.currency = $2 and l.amount_minor > 0)
      and not exists (select from payouts o where o.agency_id = j.agency_id and o.journal_id = j.id
                      and (o.is_listed or o.reversal_journal_id is not null))
    order by j.id desc limit 1)
select p.id as payment_id, coalesce(came.minor, 0)::bigint as came_minor, p.processor_fee_minor as fee_minor,
       payout.id is not null as is_named, coalesce(payout.has_come, false) as has_come,
       coalesce(payout.is_made_good, false) as is_made_good, coalesce(p.journal_id < unlisted.id, false) as may_have_come,
       p.release_on <= $3 and back.id is null as is_asked
from payments p
join journals j on j.agency_id = p.agency_id and j.id = p.journal_id
left join payments back on back.agency_id = p.agency_id and back.reverses = p.id
left join lateral (
    select sum(l.amount_minor) as minor from journal_lines l
    where l.agency_id = p.agency_id and l.journal_id in (p.journal_id, back.journal_id) and l.account = 1010) came on true
left join lateral (
    select o.id, o.journal_id is not null and o.reversal_journal_id is null as has_come, o.topped_up_at is not null as is_made_good
    from payout_lines l join payouts o on o.agency_id = l.agency_id and o.id = l.payout_id
    where l.agency_id = p.agency_id and l.amount_minor > 0
      and l.source_id = case when j.external_id ~ ' (won|failed)$' then split_part(j.external_id, ' ', 1) else p.charge_id end
    order by 2 desc, o.id desc limit 1) payout on true
left join unlisted on true
where p.agency_id = $1 and p.currency = $2 and p.charge_id <> '' and p.reverses is null
  and not exists (select from statement_lines l join statements s on s.agency_id = l.agency_id and s.id = l.statement_id
                  where l.agency_id = p.agency_id and l.payment_id = p.id and s.status <> 'draft')
order by p.journal_id desc
"""

# What the agency paid into the bank account counts for exchanges and the processor's fees first, but no more is open than it
# owes at all.
CLEARING: Final = """
select coalesce((select sum(amount_minor) from ledger_moved($3) where account = 1010 and currency = $2), 0)::bigint
           as at_processor_minor,
       greatest(0, least(
           (select sum(amount_minor) from ledger_moved($3) where account = 1090 and currency = $2),
           coalesce((select sum(processor_fee_minor) from payments where agency_id = $1 and currency = $2 and charge_id <> ''), 0)
           + coalesce((select sum(l.amount_minor) from journal_lines l join journals j on j.agency_id = l.agency_id and j.id = l.journal_id
                       where l.agency_id = $1 and l.account = 1090 and l.currency = $2 and j.source = 'exchange'), 0)
           + coalesce((select sum(l.amount_minor) from journal_lines l join journals j on j.agency_id = l.agency_id and j.id = l.journal_id
                       where l.agency_id = $1 and l.account = 1090 and l.currency = $2 and l.amount_minor < 0
                         and j.source <> 'exchange' and j.reverses is null
                         and not exists (select from journals r where r.agency_id = j.agency_id and r.reverses = j.id)
                         and exists (select from journal_lines b where b.agency_id = l.agency_id and b.journal_id = l.journal_id
                                     and b.account = 1000 and b.amount_minor > 0)), 0)))::bigint as fees_open_minor
"""


async def staying_behind(actor: Actor, currency: str, through: date) -> Mapping[UUID, Stays]:
    """By payment whose hold is over by a day and that did not go back, why it stays behind all the same."""
    rows = await sql(CARD_MONEY, actor.agency_id, currency, through)
    if not rows:
        return {}
    clearing = await sql_one(CLEARING, actor.agency_id, currency, await agency_day(actor))
    assert clearing is not None
    asked = {row["payment_id"] for row in rows if row["is_asked"]}
    money = [CardMoney(**{name: row[name] for name in CardMoney.__dataclass_fields__}) for row in rows]
    return {payment_id: why for payment_id, why in staying(money, Clearing(**clearing)).items() if payment_id in asked}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A payment that is not passed on yet, and why."""

    payment_id: UUID
    client_id: UUID
    client_name: str
    case_id: UUID
    case_number: str
    received_on: date
    currency: str
    amount_minor: int
    held_until: date | None
    """The day on which its hold is over, where it is not."""
    stays: Stays | None
    """Why it stays behind where it is."""

    @property
    def stays_text(self) -> str:
        """A msgid; empty for what is held."""
        return STAYS_TEXTS[self.stays] if self.stays else ""


# What is not passed on: held, or card money that stays behind.
WAITING: Final = """
select p.id as payment_id, p.client_id, k.name as client_name, p.case_id, c.number as case_number, p.received_on, p.currency,
       p.amount_minor, case when p.release_on > $3 then p.release_on end as held_until
from payments p
join clients k on k.agency_id = p.agency_id and k.id = p.client_id
join cases c on c.agency_id = p.agency_id and c.id = p.case_id
where p.agency_id = $1 and p.currency = $2 and (p.release_on > $3 or p.id = any($4::uuid[])) and p.received_on <= $3
  and p.received_by = 'agency' and p.reverses is null and p.amount_minor <> 0 and ($5::uuid is null or p.client_id = $5)
  and not exists (select from payments back where back.agency_id = p.agency_id and back.reverses = p.id)
  and not exists (select from statement_lines l where l.agency_id = p.agency_id and l.payment_id = p.id)
order by p.received_on, p.id limit $6
"""
SHOWN: Final = 50
"""So many payments that wait are listed."""


async def waiting(actor: Actor, currency: str, through: date, client_id: UUID | None = None) -> list[Waiting]:
    """What is not passed on of what came by a day, the oldest first: of all clients, or of one. The actor sees all of the
    agency's money."""
    stays = await staying_behind(actor, currency, through)
    rows = await sql(WAITING, actor.agency_id, currency, through, list(stays), client_id, SHOWN)
    return [Waiting(**row, stays=None if row["held_until"] else stays.get(row["payment_id"])) for row in rows]


CURRENCIES: Final = "select distinct currency from payments where agency_id = $1 and client_id = $2 order by currency"


async def waiting_of(actor: Actor, client_id: UUID) -> list[Waiting]:
    """What of a client's money is not passed on by today, in all its few currencies. The actor sees all of the agency's
    money."""
    today = await agency_day(actor)
    currencies = [row["currency"] for row in await sql(CURRENCIES, actor.agency_id, client_id)]
    return [one for currency in currencies for one in await waiting(actor, currency, today, client_id)]
