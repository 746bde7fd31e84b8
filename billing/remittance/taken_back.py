"""Money that goes back while its payment is on a run: before the approval the run is worked out anew, without it."""

from uuid import UUID

from billing.remittance.draft import rewrite
from billing.remittance.run import Run, load_run, lock_name
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

RUN_OF = """
select s.run_id from statement_lines l join statements s on s.agency_id = l.agency_id and s.id = l.statement_id
where l.agency_id = $1 and l.payment_id = $2
"""


async def run_of(actor: Actor, payment_id: UUID, currency: str) -> Run | None:
    """The run that a payment is on, held; None when it is on none. Until the transaction ends nobody prepares another.

    Raises:
        Refused: the run is approved: the client was told of the payment.
    """
    await sql("select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", lock_name(actor, currency))
    run_id: UUID | None = await sql_value(RUN_OF, actor.agency_id, payment_id)
    if run_id is None:
        return None
    run = await load_run(actor, run_id, lock=True)
    if not run.is_open:
        raise Refused(
            N_(
                "This payment was remitted with %(number)s. Money that goes back after a remittance is taken from the"
                " client's next one; that cannot be recorded here yet."
            ),
            code="remitted",
            number=run.number,
        )
    return run


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
