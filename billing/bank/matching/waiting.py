"""A payment that a bank line was booked as was wrong: the money is in the bank all the same, and waits in suspense."""

from datetime import date
from typing import Final
from uuid import UUID

from billing.bank.matching.book import to_suspense
from billing.bank.matching.candidates import load_line
from portal import clock
from portal.pages.text import N_, translate
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

LINE_OF: Final = """
select bank_line_id from bank_matches
where agency_id = $1 and journal_id = $2 and kind in ('payment', 'linked') and undone_at is null
"""
UNDO: Final = """
update bank_matches set undone_by = $3, undone_by_name = $4, undone_at = $5, undone_why = $6
where agency_id = $1 and bank_line_id = $2 and undone_at is null
"""
OPEN: Final = "update bank_lines set status = 'open' where agency_id = $1 and id = $2"
TAKEN_BACK: Final = N_("The payment was taken back.")


async def line_waits(actor: Actor, journal_id: UUID, on: date) -> None:
    """Have the money of a line, booked by a journal that was taken back on a day, wait in suspense from that day on.
    Nothing happens where no line brought it.
    """
    line_id: UUID | None = await sql_value(LINE_OF, actor.agency_id, journal_id)
    if line_id is None:
        return
    line = await load_line(actor, line_id, lock=True)
    await undo_matches(actor, line_id, translate(TAKEN_BACK))
    await to_suspense(actor, line, on)


async def undo_matches(actor: Actor, line_id: UUID, why: str) -> None:
    """Take a held line's matches back; it is open."""
    await sql(UNDO, actor.agency_id, line_id, actor.user_id, actor.name, clock.now(), why)
    await sql(OPEN, actor.agency_id, line_id)
