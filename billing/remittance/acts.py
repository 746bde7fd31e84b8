"""What is done to a run of many clients is done by a job: preparing and approving it. Of few it is done at once, by the same
functions; whoever asked, and what for, stands with the run until it is done.
"""

from enum import StrEnum
from typing import Final

from billing.remittance.run import Run
from billing.spoken import Spoken
from portal import clock
from portal.errors import Refused
from portal.jobs import enqueue
from portal.pages.formats import when
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql

STATEMENTS_AT_ONCE: Final = 50
PAYMENTS_AT_ONCE: Final = 5_000
"""With more of either nobody waits for an answer."""

BEGIN: Final = """
update remittance_runs set act = $3, act_by = $4, act_by_name = $5, act_at = $6, act_refused = ''
where agency_id = $1 and id = $2
"""
END: Final = "update remittance_runs set act = '', act_refused = $3 where agency_id = $1 and id = $2"


class Act(StrEnum):
    """What was asked for."""

    PREPARE = "prepare"
    PREPARE_AGAIN = "prepare_again"
    APPROVE = "approve"


def is_much(statements: int, payments: int) -> bool:
    """Whether so many are for a job."""
    return statements > STATEMENTS_AT_ONCE or payments > PAYMENTS_AT_ONCE


async def begin(actor: Actor, run: Run, act: Act) -> None:
    """Have a job do it, in the actor's name. The caller holds the run."""
    await sql(BEGIN, actor.agency_id, run.id, act, actor.user_id, actor.name, clock.now())
    await enqueue("remittances.act", {"agency_id": actor.agency_id, "run_id": run.id})


async def end(actor: Actor, run: Run, refused: str = "") -> None:
    """It is done, or was refused, which the run then says."""
    await sql(END, actor.agency_id, run.id, refused)


def check_idle(run: Run) -> None:
    """Refuse a step while a job is at the run.

    Raises:
        Refused: one is.
    """
    if run.act:
        raise Refused(
            N_("This run is being worked on, as %(name)s asked on %(when)s. Wait until that is done."),
            code="busy",
            name=run.act_by_name,
            when=Spoken(when, run.act_at),
        )
