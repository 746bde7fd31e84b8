"""Suspended money that is several claims': one piece becomes several, which add up to it and go their own ways."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from billing.suspense.register import load_suspended
from billing.suspense.tables import SuspenseStatus
from billing.unclaimed.claimed import claimed
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql

LEAVE: Final = "update suspense set amount_minor = $3 where agency_id = $1 and id = $2"
PARTS: Final = """
insert into suspense (id, agency_id, why, currency, amount_minor, received_on, channel, payer, reference, journal_id,
                      recorded_by, recorded_at)
select t.id, s.agency_id, s.why, s.currency, t.minor, s.received_on, s.channel, s.payer, s.reference, s.journal_id,
       s.recorded_by, s.recorded_at
from suspense s, unnest($3::uuid[], $4::bigint[]) as t (id, minor) where s.agency_id = $1 and s.id = $2
"""


async def divide_piece(actor: Actor, suspense_id: UUID, amounts: Sequence[int]) -> list[UUID]:
    """Divide a piece that waits into parts, in minor units; gives their ids, the first of which is the piece itself.

    Raises:
        NotFound: there is no such money here.
        Refused: it does not wait, is a part of a payment, or the parts do not add up to it.
    """
    actor.require("payments.record")
    piece = await load_suspended(actor, suspense_id, lock=True)
    if piece.status is not SuspenseStatus.WAITING:
        raise Refused(N_("This money is not in suspense any more."), code="not_here")
    if piece.payment_id is not None or piece.charge_id:
        raise Refused(N_("This money is a part of a payment, and stays together."), code="part_of_payment")
    if len(amounts) < 2 or min(amounts) <= 0 or sum(amounts) != piece.amount_minor:
        raise Refused(N_("The parts do not add up to what came."), field="parts", code="not_the_sum")
    first, *others = amounts
    ids = [new_id() for _ in others]
    await sql(LEAVE, actor.agency_id, piece.id, first)
    await sql(PARTS, actor.agency_id, piece.id, ids, others)
    await claimed(actor, suspense_id=piece.id)
    facts = {"amount_minor": piece.amount_minor, "currency": piece.currency, "parts": len(amounts)}
    await record(actor, "suspense.divided", "suspense", piece.id, facts=facts)
    return [piece.id, *ids]
