"""What has waited for years: suspended money and debtors' surplus, and whether two people said that nobody claims it."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from billing.surplus.left import OUT, STANDING
from billing.unclaimed.tables import MarkStatus
from portal.people.actor import Actor
from portal.tenancy.database import sql

YEARS: Final = 3
"""Years after which money may be called unclaimed: the shortest that many laws on unclaimed property name. Whoever is
under a longer one asks the report for an earlier day."""

PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """Money that has waited for long. Minor units of ``currency``."""

    id: UUID
    """Of the suspended money, or of the payment whose surplus it is."""
    is_surplus: bool
    since: date
    currency: str
    amount_minor: int
    payer: str
    reference: str
    case_id: UUID | None
    case_number: str
    debtor_name: str
    client_name: str
    mark_id: UUID | None
    status: MarkStatus | None
    asked_by: UUID | None
    asked_by_name: str
    decided_by_name: str

    @property
    def url(self) -> str:
        """Its page."""
        return f"/surplus/{self.id}" if self.is_surplus else f"/suspense/{self.id}"

    def age(self, today: date) -> int:
        """How many days it has waited."""
        return (today - self.since).days


OLD: Final = f"""
with old as (
    select s.id, false as is_surplus, s.received_on as since, s.currency, s.amount_minor, s.payer, s.reference, s.case_id,
           s.client_id
    from suspense s where s.agency_id = $1 and s.status in ('waiting', 'asked', 'approved') and s.received_on <= $2
    union all
    select p.id, true, p.received_on, p.currency, (p.surplus_minor - ({OUT}))::bigint, p.payer, p.external_reference,
           p.case_id, p.client_id
    from payments p
    where p.agency_id = $1 and p.surplus_minor > 0 and p.received_on <= $2 and {STANDING} and p.surplus_minor > ({OUT}))
select old.id, is_surplus, old.since, old.currency, old.amount_minor, old.payer, old.reference, old.case_id,
       coalesce(c.number, '') as case_number, coalesce(c.debtor_name, '') as debtor_name, coalesce(k.name, '') as client_name,
       u.id as mark_id, u.status, u.asked_by, coalesce(u.asked_by_name, '') as asked_by_name,
       coalesce(u.decided_by_name, '') as decided_by_name
from old
left join cases c on c.agency_id = $1 and c.id = old.case_id
left join clients k on k.agency_id = $1 and k.id = old.client_id
left join unclaimed_money u on u.agency_id = $1 and u.status in ('asked', 'marked')
    and case when is_surplus then u.payment_id = old.id else u.suspense_id = old.id end
"""  # noqa: S608 - constants
LIST: Final = f"{OLD} where (old.since, old.id) > ($3, $4) order by old.since, old.id limit $5"
ONE: Final = f"{OLD} where old.id = $3 and is_surplus = $4"
SUMS: Final = f"""
select currency, count(*) as pieces, sum(amount_minor)::bigint as amount_minor,
       coalesce(sum(amount_minor) filter (where status = 'marked'), 0)::bigint as marked_minor
from ({OLD}) found group by currency order by currency
"""  # noqa: S608 - constants

Place = tuple[date, UUID]
FIRST: Final[Place] = (date.min, UUID(int=0))


def limit_day(today: date) -> date:
    """What was received until this day may be called unclaimed."""
    try:
        return today.replace(year=today.year - YEARS)
    except ValueError:  # 29 February
        return today.replace(year=today.year - YEARS, day=28)


async def list_old(
    actor: Actor, through: date, after: Place = FIRST, limit: int = PAGE
) -> tuple[list[Old], Place | None]:
    """One page of what was received until a day and is still here, the oldest first, and where the next one begins."""
    actor.require("payments.read")
    rows = await sql(LIST, actor.agency_id, through, *after, limit + 1)
    found = [_old(row) for row in rows[:limit]]
    return found, (found[-1].since, found[-1].id) if len(rows) > limit else None


async def load_old(actor: Actor, money_id: UUID, *, is_surplus: bool) -> Old | None:
    """One piece, however old; None where there is none, or it is not here any more."""
    rows = await sql(ONE, actor.agency_id, date.max, money_id, is_surplus)
    return _old(rows[0]) if rows else None


async def sums(actor: Actor, through: date) -> list[asyncpg.Record]:
    """By currency: how many pieces, how much of it, and how much of that is marked as unclaimed."""
    return await sql(SUMS, actor.agency_id, through)


def _old(row: asyncpg.Record) -> Old:
    return Old(**{**row, "status": MarkStatus(row["status"]) if row["status"] else None})
