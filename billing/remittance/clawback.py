"""What a client owes us because money that it was paid went back: kept with its reason, taken from its next money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from billing.payments.register import Payment
from billing.remittance.run import load_run, open_run
from billing.remittance.taken_back import Taken, return_to_draft
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Clawback:
    """One of them, in minor units; ``owed_minor`` is gross less fee less VAT, below nought where the client gets back."""

    statement_id: UUID | None
    """Which tells of it first, if one does."""
    case_id: UUID
    case_number: str
    debtor_name: str
    payment_id: UUID
    on_day: date
    why: str
    gross_minor: int
    fee_minor: int
    vat_minor: int
    owed_minor: int
    paid_on: date
    """The day of the payment that went back."""
    credit_note: str
    """The number of the credit note that gives its fee back; empty before there is one."""


INSERT: Final = """
insert into clawbacks (agency_id, client_id, case_id, case_number, debtor_name, payment_id, currency, on_day, why,
                       gross_minor, fee_minor, vat_minor, owed_minor)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""

IN_OPEN_RUN: Final = "select true from statements where agency_id = $1 and run_id = $2 and client_id = $3"

OF_STATEMENTS: Final = """
select s.id as statement_id, b.case_id, b.case_number, b.debtor_name, b.payment_id, b.on_day, b.why, b.gross_minor, b.fee_minor,
       b.vat_minor, b.owed_minor, paid.received_on as paid_on, coalesce(n.number, '') as credit_note
from statements s
join clawbacks b on b.agency_id = s.agency_id and b.client_id = s.client_id and b.currency = s.currency
                and (b.statement_id = s.id or s.status = 'draft' and not s.deferred and b.statement_id is null and b.invoice_id is null)
join payments back on back.agency_id = b.agency_id and back.id = b.payment_id
join payments paid on paid.agency_id = back.agency_id and paid.id = back.reverses
left join credit_notes n on n.agency_id = b.agency_id and n.id = b.credit_note_id
where s.agency_id = $1 and s.id = any($2) order by s.id, b.id
"""

OF_INVOICE: Final = """
select b.statement_id, b.case_id, b.case_number, b.debtor_name, b.payment_id, b.on_day, b.why, b.gross_minor, b.fee_minor,
       b.vat_minor, b.owed_minor, paid.received_on as paid_on, coalesce(n.number, '') as credit_note
from clawbacks b
join payments back on back.agency_id = b.agency_id and back.id = b.payment_id
join payments paid on paid.agency_id = back.agency_id and paid.id = back.reverses
left join credit_notes n on n.agency_id = b.agency_id and n.id = b.credit_note_id
where b.agency_id = $1 and b.invoice_id = $2 order by b.on_day, b.id
"""

TOLD: Final = """
update clawbacks b set statement_id = s.id from statements s
where s.agency_id = $1 and s.run_id = $2 and s.status = 'approved' and not s.deferred
  and b.agency_id = s.agency_id and b.client_id = s.client_id and b.currency = s.currency and b.statement_id is null
  and b.invoice_id is null
"""


async def claw_back(actor: Actor, payment: Payment, reversal_id: UUID, taken: Taken, on: date, why: str) -> None:
    """Keep what a client owes for a payment that went back after its remittance; its statement in an open run is worked
    out anew. The caller has posted it, and holds the currency's runs (`billing.remittance.taken_back.taken_by`).
    """
    await sql(
        INSERT,
        *(actor.agency_id, payment.client_id, payment.case_id, payment.case_number, payment.debtor_name, reversal_id),
        *(payment.currency, on, why, payment.had_minor),
        *(payment.fee_minor, taken.vat_minor, taken.owed_minor(payment)),
    )
    run = await open_run(actor, payment.currency)
    if run is not None and await sql_value(IN_OPEN_RUN, actor.agency_id, run.id, payment.client_id):
        await return_to_draft(actor, await load_run(actor, run.id, lock=True), payment.id)


async def clawbacks_on(actor: Actor, statement_id: UUID) -> Sequence[Clawback]:
    """The claw-backs that a statement tells of for the first time."""
    return await clawbacks_on_each(actor, [statement_id])


async def clawbacks_on_each(actor: Actor, statement_ids: Sequence[UUID]) -> Sequence[Clawback]:
    """The claw-backs that each of some statements tells of for the first time, one statement after the other."""
    return [Clawback(**row) for row in await sql(OF_STATEMENTS, actor.agency_id, statement_ids)]


async def clawbacks_asked_by(actor: Actor, invoice_id: UUID) -> Sequence[Clawback]:
    """The claw-backs that an invoice asks for; a statement may have taken a part of them before."""
    return [Clawback(**row) for row in await sql(OF_INVOICE, actor.agency_id, invoice_id)]


async def tell_clawbacks(actor: Actor, run_id: UUID) -> None:
    """With the approval of a run its clients are told of every claw-back so far."""
    await sql(TOLD, actor.agency_id, run_id)
