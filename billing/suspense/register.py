"""Suspended money: one piece of it, and pages of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from billing.payments.register import CHANNEL_TEXTS
from billing.suspense.tables import STILL_HERE, SuspenseStatus
from billing.tables import Channel
from portal.errors import NotFound
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

PAGE: Final = 50
OLDEST: Final = UUID(int=0)

WHY_TEXTS: Final = {
    "unknown": N_("Nobody knows whose it is"),
    "disputed": N_("Part of the claim is disputed"),
    "unbooked": N_("Could not be booked as the case stood"),
    "surplus": N_("Paid too much on another case"),
    "owed_back": N_("Brought over: owed to a debtor, to be sent back"),
}
STATUS_TEXTS: Final = {
    SuspenseStatus.WAITING: N_("Waiting"),
    SuspenseStatus.ASKED: N_("To be sent back: waits for approval"),
    SuspenseStatus.APPROVED: N_("To be sent back"),
    SuspenseStatus.MATCHED: N_("Booked to a case"),
    SuspenseStatus.SENT_BACK: N_("Sent back"),
    SuspenseStatus.GONE: N_("Went back by itself"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended:
    """Money in suspense, or that was. Minor units of ``currency``."""

    id: UUID
    client_id: UUID | None
    case_id: UUID | None
    case_number: str
    debtor_name: str
    payment_id: UUID | None
    why: str
    currency: str
    amount_minor: int
    received_on: date
    channel: Channel
    charge_id: str
    payer: str
    reference: str
    journal_id: UUID
    status: SuspenseStatus
    recorded_by_name: str
    owner_id: UUID | None
    owner_name: str
    """Who looks after it; empty: nobody yet."""
    recorded_at: datetime
    asked_by_name: str
    """Who asked to send it back, while that is under way."""
    ended_by_name: str
    ended_at: datetime | None
    matched_payment_id: UUID | None
    gone_why: str
    is_disputed: bool
    """A dispute on its case waits for an answer."""
    is_unclaimed: bool
    """Two people said that nobody claims it: it is in no list of work."""

    @property
    def is_here(self) -> bool:
        """Whether it is still in suspense."""
        return self.status in STILL_HERE

    @property
    def is_ready(self) -> bool:
        """Whether its case is known and nothing keeps it from being booked there any more."""
        return self.status is SuspenseStatus.WAITING and self.case_id is not None and not self.is_disputed

    @property
    def why_text(self) -> str:
        """A msgid."""
        return WHY_TEXTS[self.why]

    @property
    def status_text(self) -> str:
        """A msgid."""
        return STATUS_TEXTS[self.status]

    @property
    def channel_text(self) -> str:
        """How it came, a msgid."""
        return CHANNEL_TEXTS[self.channel]

    def age(self, today: date) -> int:
        """How many days it has waited."""
        return (today - self.received_on).days


SELECT: Final = """
select s.id, s.client_id, s.case_id, coalesce(c.number, '') as case_number, coalesce(c.debtor_name, '') as debtor_name, s.payment_id,
       s.why, s.currency, s.amount_minor, s.received_on, s.channel, s.charge_id, s.payer, s.reference, s.journal_id,
       s.status, coalesce(u.name, '') as recorded_by_name, s.owner_id, coalesce(o.name, '') as owner_name, s.recorded_at,
       coalesce(r.asked_by_name, '') as asked_by_name, s.ended_by_name, s.ended_at, s.matched_payment_id, s.gone_why,
       exists (select from disputes d
               where d.agency_id = s.agency_id and d.case_id = s.case_id and d.answered_at is null) as is_disputed,
       exists (select from unclaimed_money u
               where u.agency_id = s.agency_id and u.suspense_id = s.id and u.status = 'marked') as is_unclaimed
from suspense s
left join cases c on c.agency_id = s.agency_id and c.id = s.case_id
left join users u on u.id = s.recorded_by
left join users o on o.id = s.owner_id
left join refunds r on r.agency_id = s.agency_id and r.suspense_id = s.id and r.status in ('asked', 'approved')
"""

WORK: Final = """
s.status in ('waiting', 'asked', 'approved') and not exists (
    select from unclaimed_money u where u.agency_id = s.agency_id and u.suspense_id = s.id and u.status = 'marked')
"""
HERE: Final = f"""
{SELECT} where s.agency_id = $1 and {WORK} and s.id > $2 and ($4::uuid is null or s.owner_id = $4) order by s.id limit $3
"""
ENDED: Final = f"""
{SELECT} where s.agency_id = $1 and s.status not in ('waiting', 'asked', 'approved') and s.id < $2 order by s.id desc limit $3
"""
OF_CASE: Final = (
    f"{SELECT} where s.agency_id = $1 and s.case_id = $2 and s.status in ('waiting', 'asked', 'approved') order by s.id"
)

SUMS: Final = f"""
select currency, count(*) as pieces, sum(amount_minor)::bigint as amount_minor, min(received_on) as oldest_on
from suspense s where agency_id = $1 and {WORK} group by currency order by currency
"""  # noqa: S608 - constants


async def load_suspended(actor: Actor, suspense_id: UUID, *, lock: bool = False) -> Suspended:
    """A piece of suspended money. ``lock`` holds it until the transaction ends, and reads it after that; whoever holds a
    case as well takes the case first.

    Raises:
        NotFound: there is none that the actor may see.
    """
    actor.require("payments.read")
    if lock:
        await sql("select from suspense where agency_id = $1 and id = $2 for update", actor.agency_id, suspense_id)
    row = await sql_one(f"{SELECT} where s.agency_id = $1 and s.id = $2", actor.agency_id, suspense_id)
    if row is None:
        raise NotFound
    return _suspended(row)


async def list_suspended(
    actor: Actor, after: UUID | None = None, *, ended: bool = False, of: UUID | None = None, limit: int = PAGE
) -> tuple[list[Suspended], bool]:
    """One page of what is in suspense, the oldest first, or of what is no more, the newest first; whether there is more.
    ``of`` leaves only what this person looks after there.
    """
    actor.require("payments.read")
    begin = after or (UUID(int=2**128 - 1) if ended else OLDEST)
    if ended:
        rows = await sql(ENDED, actor.agency_id, begin, limit + 1)
    else:
        rows = await sql(HERE, actor.agency_id, begin, limit + 1, of)
    return [_suspended(row) for row in rows[:limit]], len(rows) > limit


async def suspended_on(actor: Actor, case_id: UUID) -> list[Suspended]:
    """What waits on a case, the oldest first."""
    return [_suspended(row) for row in await sql(OF_CASE, actor.agency_id, case_id)]


async def sums(actor: Actor) -> list[asyncpg.Record]:
    """What is in suspense by currency: how many pieces, how much, since when."""
    return await sql(SUMS, actor.agency_id)


def _suspended(row: asyncpg.Record) -> Suspended:
    values = {**row, "status": SuspenseStatus(row["status"]), "channel": Channel(row["channel"])}
    return Suspended(**values)
