"""A surplus pays another claim of the same debtor and client: out of T2030 it goes by way of suspense, from which the claim
takes it as it takes any suspended money. Taken back there, it waits in suspense again.
"""

from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from billing.payments.processor_journals import OPEN_SINCE
from billing.payments.register import Payment, load_payment
from billing.spoken import Spoken
from billing.surplus.left import surplus_left
from billing.surplus.refund import SOURCE
from billing.suspense.match import match
from billing.unclaimed.claimed import claimed
from cases.casework import CaseFile, load_case, tell
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.ledger.journal import JournalDraft, cr, dr, post
from portal.ledger.tables import Book
from portal.pages.formats import money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_value

OTHERS: Final = """
select o.id, o.number, o.debtor_name, o.balance_minor, o.currency, o.situation
from cases c
join debtors mine on mine.agency_id = c.agency_id and mine.id = c.debtor_id
join debtors d on d.agency_id = c.agency_id and coalesce(d.same_as, d.id) = coalesce(mine.same_as, mine.id)
join cases o on o.agency_id = c.agency_id and o.debtor_id = d.id and o.id <> c.id
where c.agency_id = $1 and c.id = $2 and o.client_id = c.client_id and o.currency = c.currency and o.status <> 'closed'
  and o.balance_minor > 0
order by o.placed_on, o.id limit 20
"""
BOOKED_BEFORE: Final = """
select matched_payment_id from suspense where agency_id = $1 and id = $2 and payment_id = $3
"""
INSERT: Final = """
insert into suspense (id, agency_id, client_id, payment_id, why, currency, amount_minor, received_on, channel, charge_id,
                      payer, reference, journal_id, recorded_by, recorded_at)
values ($1, $2, $3, $4, 'surplus', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""


async def other_claims(actor: Actor, case_id: UUID) -> list[asyncpg.Record]:
    """Open claims of the same debtor and client in the same currency, the oldest first."""
    return await sql(OTHERS, actor.agency_id, case_id)


async def pay_other_claim(actor: Actor, payment_id: UUID, case_id: UUID, amount_minor: int | None, token: UUID) -> UUID:
    """Use a payment's surplus, or a part of it, on another claim; gives the id of the payment there.

    ``token`` is the form's and becomes the id of what goes by way of suspense, so that the same form sent again books
    nothing more.

    Raises:
        NotFound: there is no such payment, or the case is no other open claim of this debtor and client.
        Refused: so much is not there, or the claim cannot take it.
    """
    actor.require("payments.record")
    payment = await load_payment(actor, payment_id)
    for held in sorted((payment.case_id, case_id)):
        await load_case(actor, held, lock=True)
    case, target = await load_case(actor, payment.case_id), await load_case(actor, case_id)
    before: UUID | None = await sql_value(BOOKED_BEFORE, actor.agency_id, token, payment.id)
    if before is not None:
        return before
    if case_id not in {row["id"] for row in await other_claims(actor, payment.case_id)}:
        raise NotFound
    left = await surplus_left(actor, payment.id)
    if amount_minor is None or not 0 < amount_minor <= left.free_minor:
        raise Refused(
            N_("Of this payment %(left)s is kept for the debtor."),
            field="amount",
            code="over_what_is_left",
            left=Spoken(money, left.free_minor, payment.currency),
        )
    if amount_minor > target.balance_minor:
        raise Refused(
            N_("This claim is %(balance)s: it cannot take more."),
            field="amount",
            code="over_balance",
            balance=Spoken(money, target.balance_minor, target.currency),
        )
    await claimed(actor, payment_id=payment.id)
    suspense_id = await _to_suspense(actor, payment, amount_minor, token)
    paid = await match(actor, suspense_id, target.id)
    await _tell(actor, case, target, payment, amount_minor)
    return paid


async def _to_suspense(actor: Actor, payment: Payment, minor: int, suspense_id: UUID) -> UUID:
    """Dated as the money came, so that it counts from then; where that is closed or refused, today."""
    lines = (dr(Book.TRUST, 2030, minor, payment.currency), cr(Book.TRUST, 2020, minor, payment.currency))
    first = max(payment.received_on, await sql_value(OPEN_SINCE, actor.agency_id) or date.min)
    draft = JournalDraft(SOURCE, f"{suspense_id} to suspense", "surplus to suspense", first, lines)
    try:
        async with savepoint():
            [journal_id] = await post(actor, [draft])
    except Refused:
        async with savepoint():
            [journal_id] = await post(actor, [draft._replace(effective_on=await agency_day(actor))])
    await sql(
        INSERT,
        *(suspense_id, actor.agency_id, payment.client_id, payment.id, payment.currency, minor),
        *(payment.received_on, payment.channel, payment.charge_id, payment.payer, payment.external_reference),
        *(journal_id, actor.user_id, clock.now()),
    )
    return suspense_id


async def _tell(actor: Actor, case: CaseFile, target: CaseFile, payment: Payment, minor: int) -> None:
    facts = {"amount_minor": minor, "currency": case.currency, "case": target.number}
    await tell(actor, case, "surplus.used", "money", facts)
    facts = {"amount_minor": minor, "currency": case.currency, "case_id": target.id}
    await record(actor, "surplus.used", "payment", payment.id, client_id=case.client_id, facts=facts)
