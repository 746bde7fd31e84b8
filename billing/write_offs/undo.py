"""What was written off is owed again: by the word of who leads, or because money that had come before it went back."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from billing.write_offs.decide import SOURCE
from billing.write_offs.propose import say
from billing.write_offs.register import WriteOffFile, closing_write_off, load_write_off
from billing.write_offs.words import Status
from cases.casework import CaseFile, Next, NextAction, load_case, move, set_next
from cases.situation import refresh
from cases.tables import CaseStatus
from portal import clock
from portal.errors import Refused
from portal.ledger.journal import reverse
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql_value

UNDO: Final = """
update write_offs set status = 'undone', undone_journal_id = $3, undone_by = $4, undone_by_name = $5, undone_at = $6,
                      undone_because = $7
where agency_id = $1 and id = $2 and status = 'approved' returning id
"""
POSTED_ON: Final = "select effective_on from journals where agency_id = $1 and id = $2"


async def undo(actor: Actor, write_off_id: UUID, because: str) -> WriteOffFile:
    """Have the debtor owe again what was written off; a case that closed by it is open again.

    Raises:
        NotFound: there is no such write-off here.
        Refused: it is not in the books, its case was closed otherwise since or is being asked back, or no reason is given.
    """
    actor.require("write_offs.approve")
    case = await load_case(actor, (await load_write_off(actor, write_off_id)).case_id, lock=True)
    write_off = await load_write_off(actor, write_off_id)
    if write_off.status is not Status.APPROVED:
        raise Refused(N_("This is not in the books, or not any more."), code="not_posted")
    if not because.strip():
        raise Refused(N_("Please fill this in."), field="because", code="missing")
    if not await undoable(actor, case, [write_off]):
        raise Refused(
            N_("The case was closed otherwise since: what was written off before stays written off."),
            code="case_closed",
        )
    if case.recall_asked_on is not None and case.is_open:
        raise Refused(N_("The client has asked for this case back. Answer that first."), code="recall_pending")
    if not case.is_open:
        await move(actor, case, CaseStatus.ACTIVE)
        case = await load_case(actor, case.id)
        whose = (actor.user_id, case.next_action_queue_id)
        await set_next(actor, case, Next(NextAction.REVIEW, clock.now(), *whose, "write_off_undone"))
    await _post(actor, case, write_off, str(write_off.id), await agency_day(actor), because.strip())
    return await load_write_off(actor, write_off.id)


async def undoable(actor: Actor, case: CaseFile, kept: Sequence[WriteOffFile]) -> list[UUID]:
    """Which of a case's write-offs may be owed again: on an open case all, on a closed one that by which it closed."""
    closing = await closing_write_off(actor, case)
    posted = [one.id for one in kept if one.status is Status.APPROVED]
    return [one for one in posted if case.is_open or (closing is not None and closing.id == one)]


async def owe_again(portal: Actor, case: CaseFile, write_off: WriteOffFile, because: UUID, on: date) -> None:
    """The rest was written off after money that went back ``on`` a day: it is owed again, as after a settlement.

    ``because`` names what went back, once for all. The caller holds the case's row, and has opened it again.
    """
    posted_on: date = await sql_value(POSTED_ON, portal.agency_id, write_off.journal_id)
    await _post(portal, case, write_off, f"{write_off.id} after {because}", max(on, posted_on), "")


async def _post(actor: Actor, case: CaseFile, write_off: WriteOffFile, known_by: str, on: date, because: str) -> None:
    assert write_off.journal_id is not None
    journal_id = await reverse(actor, write_off.journal_id, SOURCE, f"{known_by} owed again", on)
    who = (actor.user_id, actor.name if actor.user_id else "", clock.now(), because)
    if await sql_value(UNDO, actor.agency_id, write_off.id, journal_id, *who) is None:
        raise Refused(N_("This is not in the books, or not any more."), code="not_posted")
    await say(actor, case, write_off, "write_off.undone", because)
    await refresh(actor, case.id)
