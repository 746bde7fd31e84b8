"""Debtors' surplus: what is owed to whom since when."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from billing.refunds.tables import RefundStatus
from billing.surplus.left import ASKED, OUT, STANDING
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

PAGE: Final = 50
OLDEST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surplus:
    """What is owed to a debtor of one payment. Minor units of ``currency``."""

    payment_id: UUID
    case_id: UUID
    case_number: str
    debtor_name: str
    client_name: str
    currency: str
    received_on: date
    charge_id: str
    surplus_minor: int
    here_minor: int
    asked_minor: int
    refund_status: RefundStatus | None
    """Of the refund that is under way, if one is."""
    is_unclaimed: bool
    """Two people said that nobody claims it."""

    @property
    def free_minor(self) -> int:
        """What is there and not spoken for."""
        return self.here_minor - self.asked_minor

    def age(self, today: date) -> int:
        """How many days it is owed."""
        return (today - self.received_on).days


SELECT: Final = f"""
select p.id as payment_id, p.case_id, c.number as case_number, c.debtor_name, k.name as client_name, p.currency,
       p.received_on, p.charge_id, p.surplus_minor, (p.surplus_minor - ({OUT}))::bigint as here_minor,
       ({ASKED})::bigint as asked_minor,
       (select max(r.status) from refunds r
        where r.agency_id = p.agency_id and r.payment_id = p.id and r.status in ('asked', 'approved')) as refund_status,
       exists (select from unclaimed_money u where u.agency_id = p.agency_id and u.payment_id = p.id
                 and u.status = 'marked') as is_unclaimed
from payments p
join cases c on c.agency_id = p.agency_id and c.id = p.case_id
join clients k on k.agency_id = p.agency_id and k.id = p.client_id
where p.agency_id = $1 and p.surplus_minor > 0 and {STANDING}
"""  # noqa: S608 - constants
LIST: Final = f"""
select * from ({SELECT} and p.id > $2 order by p.id) owed
where here_minor > 0 and not is_unclaimed order by payment_id limit $3
"""  # noqa: S608 - constants
SUMS: Final = f"""
select currency, count(*) as pieces, sum(here_minor)::bigint as amount_minor, min(received_on) as oldest_on
from ({SELECT}) owed where here_minor > 0 and not is_unclaimed group by currency order by currency
"""  # noqa: S608 - constants


async def list_surplus(actor: Actor, after: UUID | None = None, limit: int = PAGE) -> tuple[list[Surplus], bool]:
    """One page of what is owed to debtors, the oldest first, and whether there is more."""
    actor.require("payments.read")
    rows = await sql(LIST, actor.agency_id, after or OLDEST, limit + 1)
    return [_surplus(row) for row in rows[:limit]], len(rows) > limit


async def sums(actor: Actor) -> list[asyncpg.Record]:
    """What is owed to debtors by currency: how many pieces, how much, since when."""
    return await sql(SUMS, actor.agency_id)


async def load_surplus(actor: Actor, payment_id: UUID) -> Surplus:
    """The surplus of a payment, also when nothing of it is left.

    Raises:
        NotFound: there is no such payment here, it had none, or went back.
    """
    actor.require("payments.read")
    row = await sql_one(f"{SELECT} and p.id = $2", actor.agency_id, payment_id)
    if row is None:
        raise NotFound
    return _surplus(row)


def _surplus(row: asyncpg.Record) -> Surplus:
    status = RefundStatus(row["refund_status"]) if row["refund_status"] else None
    return Surplus(**{**row, "refund_status": status})
