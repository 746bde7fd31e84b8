"""Money that goes back while its payment is on a run: before the approval the run is worked out anew, without it; after
it the client owes what it was paid (`billing.remittance.clawback`).
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from billing.payments.register import Payment
from billing.remittance.draft import rewrite
from billing.remittance.run import Run, load_run, lock_name
from portal.audit.record import record
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

TAKEN: Final = """
select s.run_id, l.vat_minor from statement_lines l join statements s on s.agency_id = l.agency_id and s.id = l.statement_id
where l.agency_id = $1 and l.payment_id = $2
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """The run that a payment is on, held while it is open, and the VAT on its fee there in minor units; no run when it waits for one."""

    run: Run | None = None
    vat_minor: int = 0

    @property
    def is_final(self) -> bool:
        """Whether the client was told of the payment, and paid or promised its part."""
        return self.run is not None and not self.run.is_open

    def owed_minor(self, payment: Payment) -> int:
        """What the client owes when the payment goes back after that: what it was paid, less fee and VAT."""
        return payment.net_minor - self.vat_minor


async def taken_by(actor: Actor, payment_id: UUID, currency: str) -> Taken:
    """The run that a payment is on. Until the transaction ends nobody prepares or approves another in the currency."""
    await sql("select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", lock_name(actor, currency))
    row = await sql_one(TAKEN, actor.agency_id, payment_id)
    if row is None:
        return Taken()
    run = await load_run(actor, row["run_id"])
    # Only its approval makes it final, which waits for us; several of us may have one open run made anew.
    return Taken(await load_run(actor, run.id, lock=True) if run.is_open else run, row["vat_minor"])


async def return_to_draft(actor: Actor, run: Run, payment_id: UUID) -> None:
    """After a payment on an open run went back: the run is a draft again and holds the payment no more.

    The reversal stands beside its payment when both fall into the run; otherwise neither is in it. Its preparer looks
    at it again.
    """
    await sql(
        "update remittance_runs set status = 'draft', reviewed_at = null where agency_id = $1 and id = $2",
        *(actor.agency_id, run.id),
    )
    await rewrite(actor, run)
    facts = {"number": run.number, "payment_id": payment_id}
    await record(actor, "remittance.returned_to_draft", "remittance_run", run.id, facts=facts)
