"""A claim that ends with less than all of it: the rest is written off, as the client agreed."""

from uuid import UUID
from zoneinfo import ZoneInfo

from cases.account.moves import debt_moves, paid
from cases.casework import load_case, move, tell
from cases.ending import rest_of
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

    ``note`` says who agreed. Offers and authority come before this; here it is only carried out.

    Raises:
        NotFound: there is no such case here.
        Refused: the case is closed, nothing was paid on it or nothing is left, or nothing says who agreed.
    """
    actor.require("cases.steal")  # those who lead negotiators; nobody forgives a debt alone on the telephone
    case = await load_case(actor, case_id, lock=True)
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    rest = case.balance_minor
    if rest == 0 or paid(await debt_moves([case.id])) <= 0:
        raise Refused(N_("Only what is left after a payment can be written off."), code="nothing_to_settle")
    if not note.strip():
        raise Refused(N_("Please fill this in."), field="note", code="missing")
    lines = rest_of(case)
    today = clock.now().astimezone(ZoneInfo(actor.time_zone)).date()
    await post(actor, [JournalDraft(SOURCE, await _known_by(actor, case.id), "write-off", today, lines)])
    await withdraw_open(actor, [case.id], clock.now())
    facts, why = {"amount_minor": rest, "currency": case.currency}, {"note": note}
    await tell(actor, case, "case.settled", "money", facts | why)
    await record(actor, "case.settled", "case", case.id, client_id=case.client_id, facts=facts, personal=why)
    await move(actor, case, CaseStatus.CLOSED, close_code="settled_in_full")
    await refresh(actor, case.id)
    return rest


EARLIER = """
select count(*) from journals where agency_id = $1 and source = 'settlement' and external_id between $2 and $2 || '~'
"""


async def _known_by(actor: Actor, case_id: UUID) -> str:
    """What makes this write-off one of its own: a case whose payment went back may be settled again.

    The caller holds the case's row and has seen that it is open, so that no click is carried out twice.
    """
    earlier: int = await sql_value(EARLIER, actor.agency_id, str(case_id))
    return f"{case_id} #{earlier + 1}" if earlier else str(case_id)
