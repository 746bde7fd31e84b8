"""What of a payment still waits in suspense, and what becomes of it when the payment goes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from billing.payments.register import Payment
from billing.surplus.left import surplus_left
from portal import clock
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value


@dataclass(frozen=True, slots=True)
class Here:
    """Of a payment, in minor units: what stands apart from the claim and is still there, and what was paid out again.

    ``held_minor`` is what is in suspense, also of the surplus, if it was moved there.
    """

    surplus_minor: int
    held_minor: int
    missing_minor: int = 0


HELD: Final = """
select coalesce(sum(amount_minor), 0)::bigint from suspense
where agency_id = $1 and payment_id = $2 and status in ('waiting', 'asked', 'approved')
"""

MATCHED: Final = """
select s.matched_payment_id from suspense s
where s.agency_id = $1 and s.payment_id = $2 and s.status = 'matched' order by s.id
"""

GONE: Final = """
update suspense set status = 'gone', out_journal_id = $3, ended_at = $4
where agency_id = $1 and payment_id = $2 and status in ('waiting', 'asked', 'approved')
"""

STOP: Final = """
update refunds r set status = 'gone' from suspense s
where r.agency_id = $1 and r.status in ('asked', 'approved') and s.agency_id = r.agency_id and s.id = r.suspense_id
  and (s.id = $2 or s.payment_id = $3)
"""

AGAIN: Final = """
update suspense
set status = 'waiting', out_journal_id = null, matched_payment_id = null, ended_by = null, ended_by_name = '',
    ended_at = null, client_id = case when payment_id is not null then client_id end,
    case_id = case when payment_id is not null and why <> 'surplus' then case_id end
where agency_id = $1 and id = $2 and status = 'matched'
"""


async def held_here(actor: Actor, payment: Payment) -> Here:
    """What of a payment is still there beside its claim."""
    if not payment.surplus_minor and not payment.held_minor:
        return Here(0, 0)
    surplus = (await surplus_left(actor, payment.id)).here_minor
    held = await sql_value(HELD, actor.agency_id, payment.id)
    return Here(surplus, held, payment.surplus_minor + payment.held_minor - surplus - held)


async def matched_from(actor: Actor, payment_id: UUID) -> Sequence[UUID]:
    """The payments that were made of a payment's suspended part meanwhile."""
    return [row["matched_payment_id"] for row in await sql(MATCHED, actor.agency_id, payment_id)]


async def stop_sending_back(actor: Actor, *, suspense_id: UUID | None = None, payment_id: UUID | None = None) -> None:
    """A piece of suspended money, or what waits of a payment, goes back by itself: nothing of it is sent back any more."""
    await sql(STOP, actor.agency_id, suspense_id, payment_id)


async def let_go(actor: Actor, payment_id: UUID, journal_id: UUID) -> None:
    """What waited of a payment went back with it."""
    await stop_sending_back(actor, payment_id=payment_id)
    await sql(GONE, actor.agency_id, payment_id, journal_id, clock.now())


async def wait_again(actor: Actor, suspense_id: UUID) -> None:
    """The payment that suspended money was matched to went back: it waits as before, nobody's if it was."""
    await sql(AGAIN, actor.agency_id, suspense_id)
