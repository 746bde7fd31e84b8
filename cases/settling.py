"""A claim that ends with less than all of it: the rest is written off, as the client agreed."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from cases.account.moves import debt_moves, paid
from cases.casework import CaseFile, load_case, move, tell
from cases.ending import rest_of
from cases.plans.ending import end_plans
from cases.promises.make import withdraw_open
from cases.situation import refresh
from cases.tables import CaseStatus
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.ledger.journal import JournalDraft, post
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql_value

SOURCE = "settlement"


async def write_off_rest(actor: Actor, case_id: UUID, note: str) -> int:
    """Close a case as settled with what was paid, writing off the rest; gives how much that is, in minor units.

    ``note`` says who agreed. Where an offer was agreed, its last payment does this by itself (`cases.plans.follow`).

    Raises:
        NotFound: there is no such case here.
        Refused: the case is closed, nothing was paid on it or nothing is left, or nothing says who agreed.
    """
    actor.require("cases.steal")  # those who lead negotiators; nobody forgives a debt alone on the telephone
    case = await load_case(actor, case_id, lock=True)
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if case.balance_minor == 0 or paid(await debt_moves([case.id])) <= 0:
        raise Refused(N_("Only what is left after a payment can be written off."), code="nothing_to_settle")
    if not note.strip():
        raise Refused(N_("Please fill this in."), field="note", code="missing")
    today = clock.now().astimezone(ZoneInfo(actor.time_zone)).date()
    await post_write_off(actor, case, today)
    await end_plans(actor, [case], "case_closed", clock.now())
    await close_as_settled(actor, case, note)
    return case.balance_minor


async def post_write_off(actor: Actor, case: CaseFile, on: date) -> UUID | None:
    """Post that nothing more is owed on a case; gives the journal, None where nothing was. The caller holds its row."""
    lines = rest_of(case)
    if not lines:
        return None
    return (await post(actor, [JournalDraft(SOURCE, await _known_by(actor, case.id), "write-off", on, lines)]))[0]


async def close_as_settled(actor: Actor, case: CaseFile, note: str) -> None:
    """Close a case whose rest was written off. The caller holds its row, as it was before."""
    await withdraw_open(actor, [case.id], clock.now())
    facts, why = {"amount_minor": case.balance_minor, "currency": case.currency}, {"note": note}
    await tell(actor, case, "case.settled", "money", facts | why)
    await record(
        actor, "case.settled", "case", case.id, client_id=case.client_id, facts=facts, personal=why if note else None
    )
    await move(actor, case, CaseStatus.CLOSED, close_code="settled_in_full")
    await refresh(actor, case.id)


EARLIER = """
select count(*) from journals where agency_id = $1 and source = 'settlement' and external_id between $2 and $2 || '~'
"""


async def _known_by(actor: Actor, case_id: UUID) -> str:
    """What makes this write-off one of its own: a case whose payment went back may be settled again.

    The caller holds the case's row and has seen that it is open, so that no click is carried out twice.
    """
    earlier: int = await sql_value(EARLIER, actor.agency_id, str(case_id))
    return f"{case_id} #{earlier + 1}" if earlier else str(case_id)
