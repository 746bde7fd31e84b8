"""Money given back to the debtor's card or account: asked by one person, approved by another; a job sends it
(`billing.cards.refund_sending`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from billing.cards.tables import RefundStatus
from billing.payments.split import one_line
from billing.remittance.proof import Proof, prove
from billing.spoken import Spoken
from cases.casework import load_case
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.jobs import enqueue
from portal.pages.formats import money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one, sql_value

UNDER_WAY: Final = (RefundStatus.ASKED, RefundStatus.APPROVED, RefundStatus.SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFile:
    """A refund as people deal with it."""

    id: UUID
    case_id: UUID
    client_id: UUID
    card_payment_id: UUID
    currency: str
    amount_minor: int
    reason: str
    status: RefundStatus
    asked_by: UUID | None
    asked_by_name: str
    asked_at: datetime
    decided_by_name: str
    decided_at: datetime | None
    refund_id: str | None
    failure_code: str
    reversal_id: UUID | None


COLUMNS: Final = ", ".join(RefundFile.__dataclass_fields__)
ASKED_BEFORE: Final = """
select exists (select from card_refunds where agency_id = $1 and id = $2 and card_payment_id = $3)
"""
INSERT: Final = """
insert into card_refunds (id, agency_id, client_id, case_id, card_payment_id, currency, amount_minor, reason, status,
                          asked_by, asked_by_name, asked_at, refund_id, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12)
"""


async def load_refund(actor: Actor, refund_id: UUID, *, lock: bool = False) -> RefundFile:
    """A refund; ``lock`` holds its case and its row.

    Raises:
        NotFound: there is no such refund here.
    """
    query = f"select {COLUMNS} from card_refunds where agency_id = $1 and id = $2"  # noqa: S608 - own names
    row = await sql_one(query, actor.agency_id, refund_id)
    if row is not None and lock:
        await load_case(actor, row["case_id"], lock=True)
        row = await sql_one(f"{query} for update", actor.agency_id, refund_id)
    if row is None:
        raise NotFound
    return RefundFile(**{**row, "status": RefundStatus(row["status"])})


async def refunds_of(actor: Actor, card_payment_id: UUID) -> list[RefundFile]:
    """The refunds of a payment, the oldest first."""
    rows = await sql(
        f"select {COLUMNS} from card_refunds where agency_id = $1 and card_payment_id = $2 order by id",  # noqa: S608
        *(actor.agency_id, card_payment_id),
    )
    return [RefundFile(**{**row, "status": RefundStatus(row["status"])}) for row in rows]


async def ask_for_refund(
    actor: Actor, card_payment_id: UUID, amount_minor: int | None, reason: str, token: UUID
) -> UUID:
    """Ask that a payment is given back, whole or in part. Somebody else approves it.

    ``token`` is the form's and becomes the request's id, so that the same form sent again asks for nothing more.

    Raises:
        NotFound: there is no such payment here.
        Refused: it is not booked, was charged back, or so much of it is not left; no reason is given.
    """
    actor.require("payments.record")
    row = await hold_paid(actor, card_payment_id)
    if await sql_value(ASKED_BEFORE, actor.agency_id, token, card_payment_id):
        return token
    if row["payment_id"] is None:
        raise Refused(N_("This payment is not in the books yet. Once it is, it can be given back."), code="not_booked")
    if await _charged_back(actor, card_payment_id):
        raise Refused(N_("The debtor's bank has taken this payment back already."), code="charged_back")
    left = row["amount_minor"] - row["refunded_minor"] - await _under_way(actor, card_payment_id)
    if amount_minor is None or not 0 < amount_minor <= left:
        raise Refused(
            N_("Of this payment %(left)s can be given back."),
            field="amount", code="over_what_is_left", left=Spoken(money, left, row["currency"]),
        )  # fmt: skip
    said = one_line(reason)
    if not said:
        raise Refused(N_("Please fill this in."), field="reason", code="missing")
    who = (RefundStatus.ASKED, actor.user_id, actor.name, clock.now(), None)
    of = (row["client_id"], row["case_id"], card_payment_id, row["currency"], amount_minor, said[:500])
    await sql(INSERT, token, actor.agency_id, *of, *who)
    await record(
        actor, "refund.asked", "card_refund", token, client_id=row["client_id"],
        facts={"amount_minor": amount_minor, "currency": row["currency"], "case_id": row["case_id"]},
        personal={"reason": said[:500]},
    )  # fmt: skip
    return token


async def hold_paid(actor: Actor, card_payment_id: UUID) -> asyncpg.Record:
    """A payment at the processor, its case and row held.

    Raises:
        NotFound: there is no such payment here.
    """
    query = "select * from card_payments where agency_id = $1 and id = $2"
    row = await sql_one(query, actor.agency_id, card_payment_id)
    if row is None:
        raise NotFound
    await load_case(actor, row["case_id"], lock=True)
    held = await sql_one(f"{query} for update", actor.agency_id, card_payment_id)
    assert held is not None
    return held


async def _charged_back(actor: Actor, card_payment_id: UUID) -> bool:
    return bool(
        await sql_value(
            "select exists (select from chargebacks where agency_id = $1 and card_payment_id = $2"
            " and reversal_id is not null and return_id is null)",
            *(actor.agency_id, card_payment_id),
        )
    )


async def _under_way(actor: Actor, card_payment_id: UUID) -> int:
    return int(
        await sql_value(
            "select coalesce(sum(amount_minor), 0)::bigint from card_refunds"
            " where agency_id = $1 and card_payment_id = $2 and status = any($3)",
            *(actor.agency_id, card_payment_id, list(UNDER_WAY)),
        )
    )


async def approve_refund(actor: Actor, refund_id: UUID, proof: Proof, secret_key: str) -> None:
    """Approve what somebody else asked for, with a proof of who one is; a job sends it.

    Raises:
        NotFound: there is no such refund here.
        Refused: the actor asked for it, it was decided already, or the proof does not fit.
    """
    actor.require("remittances.approve")
    _check(actor, await load_refund(actor, refund_id))
    await prove(actor, proof, secret_key)
    refund = await load_refund(actor, refund_id, lock=True)
    _check(actor, refund)
    await _decide(actor, refund, RefundStatus.APPROVED, "refund.approved")
    await enqueue("cards.refund", {"agency_id": actor.agency_id, "refund_id": refund.id})


async def decline_refund(actor: Actor, refund_id: UUID) -> None:
    """Say no to a refund, or take back what one asked for oneself.

    Raises:
        NotFound: there is no such refund here.
        Refused: it was decided already.
    """
    actor.require("payments.record")
    refund = await load_refund(actor, refund_id, lock=True)
    if refund.status is not RefundStatus.ASKED:
        raise Refused(N_("This refund was decided already."), code="decided")
    await _decide(actor, refund, RefundStatus.DECLINED, "refund.declined")


def _check(actor: Actor, refund: RefundFile) -> None:
    if refund.status is not RefundStatus.ASKED:
        raise Refused(N_("This refund was decided already."), code="decided")
    if refund.asked_by == actor.user_id:
        raise Refused(
            N_("You asked for this refund, so that somebody else approves it. No money leaves on one person's word."),
            code="four_eyes",
        )


async def _decide(actor: Actor, refund: RefundFile, status: RefundStatus, action: str) -> None:
    await sql(
        "update card_refunds set status = $3, decided_by = $4, decided_by_name = $5, decided_at = $6, changed_at = $6"
        " where agency_id = $1 and id = $2",
        *(actor.agency_id, refund.id, status, actor.user_id, actor.name, clock.now()),
    )
    await record(actor, action, "card_refund", refund.id, client_id=refund.client_id, facts=facts_of(refund))


def facts_of(refund: RefundFile) -> dict[str, object]:
    """What the trail tells of a refund."""
    return {"amount_minor": refund.amount_minor, "currency": refund.currency, "case_id": refund.case_id}
