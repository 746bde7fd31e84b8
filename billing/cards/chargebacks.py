"""Chargebacks: the debtor's bank claims money back. What it moves is booked; what must be answered is work with a deadline."""

from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from billing.cards import processor
from billing.cards.card_payments import after_its_charge
from billing.cards.events import FOLLOWERS
from billing.cards.objects import Dispute, Transaction
from billing.payments.processor import chargeback_won, take_charge_back
from billing.payments.told import ChargedBack, Won
from cases.casework import CaseFile, Next, NextAction, load_case, set_next, tell
from cases.opening import next_working_morning
from cases.situation import refresh
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_zone
from portal.tenancy.database import sql, sql_one

TO_ANSWER: Final = frozenset({"needs_response", "warning_needs_response", "appeal_needs_response"})
"""What the processor says while evidence is waited for."""
DECISIONS: Final = {
    "answered": N_("Evidence was handed in"),
    "accepted": N_("We accept it"),
}


async def follow_chargeback(agency_id: UUID, dispute_id: str) -> bool:
    """Word of a chargeback.

    Raises:
        NotYet: its payment is not in the books yet.
    """
    said = await (await processor.processor_of(agency_id)).fetch_dispute(dispute_id)
    return await after_its_charge(agency_id, said.charge_id, lambda actor: take_over(actor, said))


UPSERT: Final = """
insert into chargebacks (id, agency_id, client_id, case_id, card_payment_id, dispute_id, currency, amount_minor, reason,
                         status, due_by, opened_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (agency_id, dispute_id) do update
set amount_minor = excluded.amount_minor, reason = excluded.reason, status = excluded.status, due_by = excluded.due_by,
    changed_at = excluded.changed_at
returning *, xmax = 0 as is_new
"""


async def take_over(actor: Actor, said: Dispute) -> None:
    """What a chargeback says, brought into the books once; ``actor`` is the portal itself. Its payment is booked."""
    paid = await sql_one(
        "select id, client_id, case_id, payment_id from card_payments where agency_id = $1 and charge_id = $2",
        *(actor.agency_id, said.charge_id),
    )
    assert paid is not None
    case = await load_case(actor, paid["case_id"], lock=True)
    before = await sql_one(
        "select status from chargebacks where agency_id = $1 and dispute_id = $2 for update", actor.agency_id, said.id
    )
    row = await sql_one(
        UPSERT,
        *(new_id(), actor.agency_id, case.client_id, case.id, paid["id"], said.id, said.currency, said.amount_minor),
        *(said.reason, said.status, said.due_by, said.created, clock.now()),
    )
    assert row is not None
    await _book(actor, paid["payment_id"], row, said)
    if before is None or before["status"] != said.status:
        await _tell(actor, case.id, row, said, before["status"] if before else None)


async def _book(actor: Actor, payment_id: UUID, row: asyncpg.Record, said: Dispute) -> None:
    """Book what was withdrawn, and what was given back, each once."""
    out = [one for one in said.transactions if one.amount_minor < 0]
    back = [one for one in said.transactions if one.amount_minor > 0]
    if any(one.currency != said.currency for one in said.transactions):
        await _keep(actor, row["id"], problem="other_currency")
        return
    if out and row["reversal_id"] is None:
        on, fee = await _day(actor, out[0]), sum(one.fee_minor for one in out)
        reversal_id = await take_charge_back(actor, payment_id, ChargedBack(
            chargeback_id=said.id, amount_minor=-sum(one.amount_minor for one in out), fee_minor=fee, on=on,
        ))  # fmt: skip
        await _keep(actor, row["id"], withdrawn_on=on, reversal_id=reversal_id, fee_minor=fee)
    if out and back and row["return_id"] is None:
        on = await _day(actor, back[0])
        return_id = await chargeback_won(actor, payment_id, Won(
            chargeback_id=said.id, amount_minor=sum(one.amount_minor for one in back), on=on,
        ))  # fmt: skip
        await _keep(actor, row["id"], reinstated_on=on, return_id=return_id)


async def _keep(actor: Actor, chargeback_id: UUID, **columns: object) -> None:
    assignments = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, start=3))
    await sql(
        f"update chargebacks set {assignments} where agency_id = $1 and id = $2",  # noqa: S608 - own column names
        *(actor.agency_id, chargeback_id, *columns.values()),
    )


async def _day(actor: Actor, moved: Transaction) -> date:
    return moved.created.astimezone(await agency_zone(actor)).date()


async def _tell(actor: Actor, case_id: UUID, row: asyncpg.Record, said: Dispute, before: str | None) -> None:
    case = await load_case(actor, case_id)
    due_on = said.due_by.astimezone(await agency_zone(actor)).date() if said.due_by else None
    facts = {"amount_minor": said.amount_minor, "currency": said.currency, "because": said.reason, "due_on": due_on}
    kind = "chargeback.opened" if before is None else "chargeback.moved"
    await tell(actor, case, kind, "money", {**facts, "status": said.status}, client_sees=False)
    await record(
        actor, kind, "chargeback", row["id"], client_id=case.client_id, facts={**facts, "case_id": case.id},
        before={"status": before} if before else {}, after={"status": said.status},
    )  # fmt: skip
    if said.status in TO_ANSWER and case.is_open:
        await _have_answered(actor, case, said)
    await refresh(actor, case.id)


async def _have_answered(actor: Actor, case: CaseFile, said: Dispute) -> None:
    """The next working morning, or before the deadline where that is nearer."""
    at = next_working_morning(clock.now(), await agency_zone(actor))
    if said.due_by is not None:
        at = max(clock.now(), min(at, said.due_by))
    whose = (case.next_action_user_id, case.next_action_queue_id)
    await set_next(actor, case, Next(NextAction.REVIEW, at, *whose, "chargeback"))


async def decide(actor: Actor, chargeback_id: UUID, decision: str) -> None:
    """Note what was decided of a chargeback. Evidence is handed in at the processor.

    Raises:
        NotFound: there is no such chargeback here.
        Refused: the decision is unknown, or it is over.
    """
    actor.require("payments.record")
    row = await sql_one(
        "select * from chargebacks where agency_id = $1 and id = $2 for update", actor.agency_id, chargeback_id
    )
    if row is None:
        raise NotFound
    if decision not in DECISIONS:
        raise Refused(N_("Please choose."), field="decision", code="missing")
    if row["status"] in ("won", "lost", "warning_closed", "prevented"):
        raise Refused(N_("This chargeback is over."), code="over")
    await _keep(
        actor, row["id"], decision=decision, decided_by=actor.user_id, decided_by_name=actor.name, decided_at=clock.now()
    )  # fmt: skip
    facts = {"amount_minor": row["amount_minor"], "currency": row["currency"], "case_id": row["case_id"]}
    await record(
        actor, "chargeback.decided", "chargeback", row["id"], client_id=row["client_id"],
        facts={**facts, "decision": decision},
    )  # fmt: skip


FOLLOWERS.extend([("charge.dispute.", follow_chargeback)])
