"""The payments that were recorded: one, a page of them, all of a case."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

import asyncpg

from billing.fees.sentence import Explanation, explain
from billing.fees.terms import Payee
from billing.parts import Parts
from billing.short.words import short_text
from billing.tables import Channel
from portal.errors import NotFound
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

PAGE: Final = 50
NEWEST: Final = UUID(int=2**128 - 1)

CHANNEL_TEXTS: Final = {
    Channel.BANK: N_("Bank transfer"),
    Channel.CARD: N_("Card"),
    Channel.DIRECT_DEBIT: N_("Direct debit"),
    Channel.CHEQUE: N_("Cheque"),
    Channel.CASH: N_("Cash"),
    Channel.DIRECT: N_("Paid to the client"),
    Channel.GOODS: N_("Goods returned"),
    Channel.SET_OFF: N_("Set-off"),
    Channel.AT_CLOSE: N_("Minimum fee at close"),
    Channel.BANKS: N_("Kept by banks"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment as it was recorded. ``amount_minor`` is what it took off the case; negative when money went back."""

    id: UUID
    case_id: UUID
    case_number: str
    debtor_name: str
    client_id: UUID
    client_name: str
    journal_id: UUID
    received_on: date
    release_on: date
    channel: Channel
    received_by: Payee
    external_reference: str
    payer: str
    currency: str
    amount_minor: int
    principal_minor: int
    interest_minor: int
    costs_minor: int
    costs_kept_minor: int
    surplus_minor: int
    fee_minor: int
    fee_rate: Decimal
    fee_facts: str
    held_minor: int
    charge_id: str
    processor_fee_minor: int
    sent_minor: int | None
    """What was sent, where it arrived short."""
    banks_kept_minor: int
    """What banks kept of it and the agency bears."""
    kept_of: UUID | None
    """Banks kept it of this payment, and the client bears it."""
    suspense_id: UUID | None
    reverses: UUID | None
    reversed_by: UUID | None
    reversed_on: date | None
    recorded_by_name: str
    recorded_at: datetime

    @property
    def is_fee_alone(self) -> bool:
        """Whether it is no payment, but the rest of a minimum fee (`billing.payments.at_close`)."""
        return self.channel is Channel.AT_CLOSE

    @property
    def parts(self) -> Parts:
        """What it paid, by component."""
        return Parts(self.principal_minor, self.interest_minor, self.costs_minor)

    @property
    def total_minor(self) -> int:
        """All that was received, what was too much and what waits in suspense as well."""
        return self.amount_minor + self.surplus_minor + self.held_minor

    @property
    def short_text(self) -> str:
        """What became of it where it arrived short; empty where it did not."""
        facts = json.loads(self.fee_facts) if self.sent_minor is not None else {}
        return short_text(facts["short"], self.currency) if "short" in facts else ""

    @property
    def cash(self) -> int:
        """The trust account that it came into, as in `billing.payments.split.Split.cash`."""
        if self.suspense_id is not None:
            return 2020
        return 1010 if self.charge_id else 1000

    @property
    def net_minor(self) -> int:
        """What the client has of it, before VAT on the fee."""
        return self.had_minor - self.fee_minor

    @property
    def had_minor(self) -> int:
        """What the client has of it through us, before the fee: without what repays costs that the agency advanced, which
        the client itself gives of what it received directly.
        """
        return (self.amount_minor if self.received_by is Payee.AGENCY else 0) - self.costs_kept_minor

    @property
    def channel_text(self) -> str:
        """How it came, a msgid."""
        return CHANNEL_TEXTS[self.channel]

    @property
    def explanation(self) -> Explanation:
        """Its fee in words."""
        return explain(json.loads(self.fee_facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list is narrowed to; every one of them is in the URL."""

    client_id: UUID | None = None
    channel: str = ""
    since: date | None = None
    until: date | None = None
    case_id: UUID | None = None


SELECT = """
select p.id, p.case_id, c.number as case_number, c.debtor_name, p.client_id, k.name as client_name, p.journal_id,
       p.received_on, p.release_on, p.channel, p.received_by, p.external_reference, p.payer, p.currency, p.amount_minor,
       p.principal_minor, p.interest_minor, p.costs_minor, p.costs_kept_minor, p.surplus_minor, p.fee_minor, p.fee_rate, p.fee_facts,
       p.held_minor, p.charge_id, p.processor_fee_minor, p.sent_minor, p.banks_kept_minor, p.kept_of, p.suspense_id, p.reverses, r.id as reversed_by, r.received_on as reversed_on, coalesce(u.name, '') as recorded_by_name,
       p.recorded_at
from payments p
join cases c on c.agency_id = p.agency_id and c.id = p.case_id
join clients k on k.agency_id = p.agency_id and k.id = p.client_id
left join payments r on r.agency_id = p.agency_id and r.reverses = p.id
left join users u on u.id = p.recorded_by
"""

LIST = f"""
{SELECT} where p.agency_id = $1 and p.id < $2
  and ($3::uuid is null or p.client_id = $3) and ($4 = '' or p.channel = $4)
  and ($5::date is null or p.received_on >= $5) and ($6::date is null or p.received_on <= $6)
  and ($7::uuid is null or p.case_id = $7)
order by p.id desc limit $8
"""


async def load_payment(actor: Actor, payment_id: UUID) -> Payment:
    """A payment that the actor may see.

    Raises:
        NotFound: there is none.
    """
    row = await sql_one(f"{SELECT} where p.agency_id = $1 and p.id = $2", actor.agency_id, payment_id)
    if row is None:
        raise NotFound
    return _payment(row)


async def list_payments(
    actor: Actor, filters: Filters, before: UUID | None = None, limit: int = PAGE
) -> tuple[list[Payment], bool]:
    """One page of payments, the last recorded first, and whether there are more behind it."""
    rows = await sql(
        LIST,
        *(actor.agency_id, before or NEWEST, filters.client_id, filters.channel, filters.since, filters.until),
        *(filters.case_id, limit + 1),
    )
    return [_payment(row) for row in rows[:limit]], len(rows) > limit


async def payments_of_case(actor: Actor, case_id: UUID) -> list[Payment]:
    """A case's payments, the last received first."""
    rows = await sql(
        f"{SELECT} where p.agency_id = $1 and p.case_id = $2 order by p.received_on desc, p.id desc limit 200",
        *(actor.agency_id, case_id),
    )
    return [_payment(row) for row in rows]


def _payment(row: asyncpg.Record) -> Payment:
    values = dict(row)
    return Payment(**{**values, "channel": Channel(values["channel"]), "received_by": Payee(values["received_by"])})
