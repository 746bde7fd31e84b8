"""What ends with a case that is closed for another reason than its negotiator's: what is owed, agreed, promised, disputed, held."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cases.casework import CaseFile, tell_each
from cases.closing import follow_close
from cases.plans.ending import end_plans
from cases.promises.make import withdraw_open
from cases.tables import CaseStatus
from portal import clock
from portal.audit.record import Event, record_each
from portal.errors import Refused
from portal.ledger.journal import Line, by_component, owe_less
from portal.ledger.tables import Component
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql


def owed_by_component(case: CaseFile) -> dict[Component, int]:
    """What is owed on a case, in minor units."""
    return {
        Component.PRINCIPAL: case.principal_minor,
        Component.INTEREST: case.interest_minor,
        Component.COSTS: case.costs_minor,
    }


def rest_of(case: CaseFile) -> tuple[Line, ...]:
    """The lines by which nothing more is owed on a case; none when nothing is."""
    return by_component(owe_less, case.id, owed_by_component(case), case.currency, client=case.client_id)


async def end_open_matters(actor: Actor, cases: Sequence[CaseFile], now: datetime) -> None:
    """Nobody waits any more for a payment or an answer to a dispute, nor holds the cases. The caller holds their rows."""
    ids = [case.id for case in cases]
    await withdraw_open(actor, ids, now)
    await end_plans(actor, cases, "case_closed", now)
    ended = await sql(
        "update disputes set answered_at = $3 where agency_id = $1 and case_id = any($2) and answered_at is null"
        " returning case_id",
        *(actor.agency_id, ids, now),
    )
    disputed = {row["case_id"] for row in ended}
    if disputed:
        await tell_each(actor, [case for case in cases if case.id in disputed], "dispute.ended", "contact")
    await sql(
        "update cases set on_hold_until = null, hold_reason = ''"
        " where agency_id = $1 and id = any($2) and (on_hold_until is not null or hold_reason <> '')",
        *(actor.agency_id, ids),
    )


PROMISES: Final = """
update promises set amount_minor = received_minor + $3
where agency_id = $1 and case_id = $2 and status = 'open' and amount_minor > received_minor + $3
"""
DISPUTES: Final = """
update disputes set amount_minor = $3
where agency_id = $1 and case_id = $2 and answered_at is null and amount_minor > $3
"""


async def keep_within_balance(actor: Actor, case: CaseFile) -> None:
    """Less is owed than before: what is promised and disputed is no more than that. The caller holds the case's row."""
    for statement in (PROMISES, DISPUTES):
        await sql(statement, actor.agency_id, case.id, case.balance_minor)


CLOSE: Final = """
update cases c set status = 'closed', close_code = $4, closed_at = $5, last_activity_at = $5, claimed_by = null,
                   claimed_until = null
from unnest($2::uuid[], $3::text[]) as seen (id, status)
where c.agency_id = $1 and c.id = seen.id and c.status = seen.status and c.status <> 'closed' returning c.id
"""


async def close_each(actor: Actor, cases: Sequence[CaseFile], close_code: str) -> None:
    """Close open cases of one client, whose rows the caller has locked, for one reason.

    Raises:
        Refused: somebody else changed one of them meanwhile.
    """
    ids, before = [case.id for case in cases], [case.status for case in cases]
    if len(await sql(CLOSE, actor.agency_id, ids, before, close_code, clock.now())) < len(cases):
        raise Refused(N_("Somebody else changed this case meanwhile."), code="changed_meanwhile")
    await tell_each(actor, cases, "case.closed", "system", [{"close_code": close_code}] * len(cases))
    after = {"status": CaseStatus.CLOSED, "close_code": close_code}
    events = [Event(case.id, before={"status": case.status}, after=after) for case in cases]
    await record_each(actor, "case.closed", "case", events, client_id=cases[0].client_id)
    await follow_close(actor, cases)
