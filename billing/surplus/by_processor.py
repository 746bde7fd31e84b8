"""What a refund at the processor pays back out of a surplus: no payment goes back by it, and no claim is owed again."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from billing.payments.processor_journals import not_before, post_once
from billing.payments.told import Refunded
from billing.surplus.left import with_surplus
from cases.casework import CaseFile, tell
from portal import clock
from portal.audit.record import record
from portal.identity import new_id
from portal.ledger.journal import cr, dr
from portal.ledger.tables import Book
from portal.people.actor import Actor
from portal.tenancy.database import sql

INSERT: Final = """
insert into refunds (id, agency_id, client_id, case_id, payment_id, currency, amount_minor, way, status, asked_at,
                             paid_on, paid_reference, paid_at, journal_id)
values ($1, $2, $3, $4, $5, $6, $7, 'card', 'paid', $8, $9, $10, $8, $11)
"""


async def refund_surplus(actor: Actor, case: CaseFile, payment_ids: Sequence[UUID], refunded: Refunded) -> bool:
    """Take a refund of the processor's out of the surplus of one of a charge's payments; whether one covers it.

    What is given back comes out of what was too much first. The caller holds the case, and knows that the refund was
    not booked before.
    """
    payment_id = await with_surplus(actor, payment_ids, refunded.amount_minor)
    if payment_id is None:
        return False
    minor, currency = refunded.amount_minor, case.currency
    day = await not_before(actor, case, refunded.on)
    lines = [dr(Book.TRUST, 2030, minor, currency), cr(Book.TRUST, 1010, minor, currency)]
    journal_id, _ = await post_once(actor, f"{refunded.refund_id} surplus", "surplus refund", day, lines)
    refund_id = new_id()
    await sql(
        INSERT,
        *(refund_id, actor.agency_id, case.client_id, case.id, payment_id, currency, minor),
        *(clock.now(), day, refunded.refund_id, journal_id),
    )
    facts = {"amount_minor": minor, "currency": currency, "paid_on": day}
    await record(
        actor, "surplus.refund_paid", "surplus_refund", refund_id,
        facts={**facts, "case_id": case.id, "journal_id": journal_id},
    )  # fmt: skip
    await tell(actor, case, "surplus.refund_paid", "money", facts)
    return True
