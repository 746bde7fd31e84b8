"""Receipts as they are kept."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from billing.fees.terms import Payee
from billing.payments.register import CHANNEL_TEXTS
from billing.tables import Channel
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt with the payment it is for. Amounts in minor units of ``currency``."""

    id: UUID
    client_id: UUID
    case_id: UUID
    payment_id: UUID
    currency: str
    received_on: date
    channel: Channel
    received_by: Payee
    principal_minor: int
    interest_minor: int
    costs_minor: int
    surplus_minor: int
    held_minor: int
    sent_minor: int | None
    """What was sent, where it arrived short."""
    fee_facts: str
    left_minor: int
    taken_back_on: date | None
    number: str | None
    language: str
    issued_at: datetime | None
    is_made: bool
    """Whether there is a file of it."""
    mail: str
    mailed_to: str
    mailed_at: datetime | None

    @property
    def total_minor(self) -> int:
        """All that was paid."""
        return self.principal_minor + self.interest_minor + self.costs_minor + self.surplus_minor + self.held_minor

    @property
    def short(self) -> dict[str, Any] | None:
        """What arrived of what was sent, and who bears the difference; none where nothing was missing."""
        found: dict[str, Any] | None = json.loads(self.fee_facts).get("short") if self.sent_minor is not None else None
        return found

    @property
    def channel_text(self) -> str:
        """How the money came, a msgid."""
        return CHANNEL_TEXTS[self.channel]


SELECT: Final = """
select r.id, r.client_id, r.case_id, r.payment_id, p.currency, p.received_on, p.channel, p.received_by,
       p.principal_minor + coalesce(kept.principal_minor, 0) as principal_minor,
       p.interest_minor + coalesce(kept.interest_minor, 0) as interest_minor,
       p.costs_minor + coalesce(kept.costs_minor, 0) as costs_minor, p.sent_minor, p.fee_facts, p.surplus_minor, p.held_minor, r.left_minor, b.received_on as taken_back_on, r.number, r.language,
       r.issued_at, f.id is not null as is_made, r.mail, r.mailed_to, r.mailed_at
from payment_receipts r
join payments p on p.agency_id = r.agency_id and p.id = r.payment_id
left join payments kept on kept.agency_id = r.agency_id and kept.kept_of = r.payment_id
left join payments b on b.agency_id = r.agency_id and b.reverses = r.payment_id
left join papers f on f.agency_id = r.agency_id and f.kind = 'receipt' and f.subject_id = r.id
where r.agency_id = $1
"""


def _receipt(row: asyncpg.Record) -> Receipt:
    values = dict(row)
    return Receipt(**{**values, "channel": Channel(values["channel"]), "received_by": Payee(values["received_by"])})


async def load_receipt(actor: Actor, receipt_id: UUID) -> Receipt:
    """One receipt.

    Raises:
        NotFound: there is none for the actor.
    """
    row = await sql_one(f"{SELECT} and r.id = $2", actor.agency_id, receipt_id)
    if row is None:
        raise NotFound
    return _receipt(row)


async def receipt_of(actor: Actor, payment_id: UUID) -> Receipt | None:
    """The receipt of a payment; None where none is owed, as for money that went back."""
    row = await sql_one(f"{SELECT} and r.payment_id = $2", actor.agency_id, payment_id)
    return _receipt(row) if row is not None else None


async def receipts_of(actor: Actor, case_id: UUID) -> list[Receipt]:
    """The receipts of a case, the latest payment first."""
    rows = await sql(f"{SELECT} and r.case_id = $2 order by p.received_on desc, r.id desc limit $3",
                     *(actor.agency_id, case_id, MOST))  # fmt: skip
    return [_receipt(row) for row in rows]
