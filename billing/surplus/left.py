"""What of a payment's surplus is still there: not paid back to the debtor, and not moved to another claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one, sql_value


@dataclass(frozen=True, slots=True)
class Left:
    """Of one payment, in minor units. ``asked_minor`` of ``here_minor`` is spoken for by refunds under way."""

    here_minor: int
    asked_minor: int

    @property
    def free_minor(self) -> int:
        """What can still be asked for."""
        return self.here_minor - self.asked_minor


OUT: Final = """
coalesce((select sum(r.amount_minor) from refunds r
          where r.agency_id = p.agency_id and r.payment_id = p.id and r.status = 'paid'), 0)
  + coalesce((select sum(s.amount_minor) from suspense s
              where s.agency_id = p.agency_id and s.payment_id = p.id and s.why = 'surplus'), 0)
"""
"""SQL: what of a payment ``p`` left the surplus."""

ASKED: Final = """
coalesce((select sum(r.amount_minor) from refunds r
          where r.agency_id = p.agency_id and r.payment_id = p.id and r.status in ('asked', 'approved')), 0)
"""
"""SQL: what of a payment ``p`` is spoken for."""

STANDING: Final = "not exists (select from payments b where b.agency_id = p.agency_id and b.reverses = p.id)"
"""SQL: nobody took a payment ``p`` back."""

LEFT: Final = f"""
select (p.surplus_minor - ({OUT}))::bigint as here_minor, ({ASKED})::bigint as asked_minor
from payments p where p.agency_id = $1 and p.id = $2 and p.reverses is null and {STANDING}
"""  # noqa: S608 - constants

WITH_SURPLUS: Final = f"""
select p.id from payments p
where p.agency_id = $1 and p.id = any($2) and p.surplus_minor - ({OUT}) >= $3 order by p.id desc limit 1
"""  # noqa: S608 - constants

GONE: Final = """
update refunds set status = 'gone'
where agency_id = $1 and payment_id = $2 and status in ('asked', 'approved')
"""


async def surplus_left(actor: Actor, payment_id: UUID) -> Left:
    """What of a payment's surplus is there; nothing where the payment went back. Hold its case before you act on it."""
    row = await sql_one(LEFT, actor.agency_id, payment_id)
    return Left(**row) if row is not None else Left(0, 0)


async def with_surplus(actor: Actor, payment_ids: Sequence[UUID], minor: int) -> UUID | None:
    """Of some payments the last one whose surplus covers an amount."""
    found: UUID | None = await sql_value(WITH_SURPLUS, actor.agency_id, payment_ids, minor)
    return found


async def stop_refunds(actor: Actor, payment_id: UUID) -> None:
    """A payment goes back: nothing of its surplus is paid to the debtor any more."""
    await sql(GONE, actor.agency_id, payment_id)
