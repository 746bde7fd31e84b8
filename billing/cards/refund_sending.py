"""Sending approved refunds, and what became of a refund: brought into the books once, whoever tells of it."""

from uuid import UUID

import asyncpg

from billing.cards import processor
from billing.cards.booking import have_looked_at
from billing.cards.card_payments import after_its_charge
from billing.cards.events import FOLLOWERS
from billing.cards.objects import Refund, Rejected
from billing.cards.refunds import INSERT, RefundFile, facts_of, hold_paid, load_refund
from billing.cards.tables import RefundStatus
from billing.payments.processor import refund_failed, take_refund
from billing.payments.told import Refunded
from portal import clock
from portal.audit.record import record
from portal.identity import new_id
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.people.agency_time import agency_zone
from portal.tenancy.database import sql, sql_one, sql_value, transaction


@job("cards.refund")
async def send_refund(payload: Payload) -> None:
    """Send an approved refund. Killed at any point it is not sent twice: first it is marked, and looked for afterwards."""
    actor, refund_id = system(UUID(payload["agency_id"])), UUID(payload["refund_id"])
    async with transaction(actor.scope):
        refund = await load_refund(actor, refund_id, lock=True)
        if refund.status not in (RefundStatus.APPROVED, RefundStatus.SENT):
            return
        charge_id = await sql_value(
            "select charge_id from card_payments where agency_id = $1 and id = $2",
            *(actor.agency_id, refund.card_payment_id),
        )
        await sql(
            "update card_refunds set status = 'sent', changed_at = $3 where agency_id = $1 and id = $2",
            *(actor.agency_id, refund.id, clock.now()),
        )
    there = await processor.processor_of(actor.agency_id)
    said: Refund | None = None
    if refund.status is RefundStatus.SENT:
        # Marked before, and we do not know whether it was sent: the processor forgets idempotency keys, not refunds.
        said = next((one for one in await there.list_refunds(charge_id) if one.ours == str(refund.id)), None)
    try:
        said = said or await there.refund(refund.id, charge_id, refund.amount_minor, refund.currency)
    except Rejected as error:
        async with transaction(actor.scope):
            await _failed(actor, await load_refund(actor, refund.id, lock=True), error.code)
        return
    async with transaction(actor.scope):
        await take_over(actor, said)


async def follow_refund(agency_id: UUID, refund_id: str) -> bool:
    """Word of a refund, ours or one that was begun at the processor itself.

    Raises:
        NotYet: its payment is not in the books yet.
    """
    said = await (await processor.processor_of(agency_id)).fetch_refund(refund_id)
    return await after_its_charge(agency_id, said.charge_id, lambda actor: take_over(actor, said))


async def take_over(actor: Actor, said: Refund) -> None:
    """What a refund says, brought into the books once; ``actor`` is the portal itself. Its payment is booked."""
    paid = await sql_one(
        "select id from card_payments where agency_id = $1 and charge_id = $2", actor.agency_id, said.charge_id
    )
    assert paid is not None
    row = await hold_paid(actor, paid["id"])
    refund = await _ours(actor, row, said)
    if said.status == "succeeded" and refund.reversal_id is None:
        on = said.created.astimezone(await agency_zone(actor)).date()
        reversal_id = await take_refund(actor, row["payment_id"], Refunded(
            refund_id=said.id, amount_minor=said.amount_minor, on=on,
        ))  # fmt: skip
        await _move(actor, refund, RefundStatus.SUCCEEDED, said.id, reversal_id)
        await _count(actor, row, said.amount_minor)
        await record(
            actor, "refund.paid", "card_refund", refund.id, client_id=refund.client_id, facts=facts_of(refund)
        )  # fmt: skip
    elif said.status in ("failed", "canceled") and refund.status is not RefundStatus.FAILED:
        if refund.status is RefundStatus.SUCCEEDED:
            on = clock.now().astimezone(await agency_zone(actor)).date()
            await refund_failed(actor, row["payment_id"], Refunded(
                refund_id=said.id, amount_minor=said.amount_minor, on=on,
            ))  # fmt: skip
            await _count(actor, row, -said.amount_minor)
        await _move(actor, refund, RefundStatus.FAILED, said.id, refund.reversal_id)
        await _failed(actor, refund, said.failure_code or said.status)
    elif refund.refund_id is None:
        await _move(actor, refund, RefundStatus.SENT, said.id, None)


async def _ours(actor: Actor, row: asyncpg.Record, said: Refund) -> RefundFile:
    """Our row of a refund; one is made for what was begun at the processor itself."""
    found = await sql_value(
        "select id from card_refunds where agency_id = $1 and (refund_id = $2 or id::text = $3)",
        *(actor.agency_id, said.id, said.ours),
    )
    if found is None:
        found = new_id()
        of = (row["client_id"], row["case_id"], row["id"], said.currency, said.amount_minor, "")
        await sql(INSERT, found, actor.agency_id, *of, RefundStatus.SENT, None, "", said.created, said.id)
    return await load_refund(actor, found, lock=True)


async def _move(actor: Actor, refund: RefundFile, status: RefundStatus, said_id: str, reversal_id: UUID | None) -> None:
    await sql(
        "update card_refunds set status = $3, refund_id = $4, reversal_id = $5, changed_at = $6"
        " where agency_id = $1 and id = $2",
        *(actor.agency_id, refund.id, status, said_id, reversal_id, clock.now()),
    )


async def _count(actor: Actor, row: asyncpg.Record, minor: int) -> None:
    await sql(
        "update card_payments set refunded_minor = greatest(0, least(amount_minor, refunded_minor + $3)), changed_at = $4"
        " where agency_id = $1 and id = $2",
        *(actor.agency_id, row["id"], minor, clock.now()),
    )


async def _failed(actor: Actor, refund: RefundFile, code: str) -> None:
    """Keep why a refund failed, and have somebody look: the debtor waits for the money."""
    await sql(
        "update card_refunds set status = 'failed', failure_code = $3, changed_at = $4 where agency_id = $1 and id = $2",
        *(actor.agency_id, refund.id, code, clock.now()),
    )
    facts = {**facts_of(refund), "failure_code": code}
    await record(actor, "refund.failed", "card_refund", refund.id, client_id=refund.client_id, facts=facts)
    await have_looked_at(actor, refund.case_id, "refund_failed")


FOLLOWERS.extend([("refund.", follow_refund), ("charge.refund.", follow_refund)])
