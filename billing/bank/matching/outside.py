"""Lines on the agency's own accounts that are not of the collection business: they are said to be, and are in no book here.

The reconciliation of that account names them, so that it is even without them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from billing.bank.matching.keep import hold_open
from billing.payments.split import one_line
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

LONGEST: Final = 200
EXPLAIN: Final = """
update bank_lines set status = 'explained', explained_as = $3, explained_by_name = $4, explained_at = $5
where agency_id = $1 and id = $2
"""
OPEN_AGAIN: Final = """
update bank_lines set status = 'open', explained_as = '', explained_by_name = '', explained_at = null
where agency_id = $1 and id = $2 and status = 'explained'
"""


@dataclass(frozen=True, slots=True)
class Explained:
    """What somebody said that a line is."""

    explained_as: str
    explained_by_name: str
    explained_at: datetime


async def explain(actor: Actor, line_id: UUID, what: str) -> None:
    """Say what an open line on an account of the agency's own is, which these books do not keep.

    Raises:
        NotFound: there is no such line here.
        Refused: somebody said meanwhile what it is, it is clients' money, or nothing is said of it.
    """
    held, said = await hold_open(actor, line_id), one_line(what)[:LONGEST]
    if held.book == "trust":
        raise Refused(N_("What moves on a trust account is always in the books."), code="trust")
    if not said:
        raise Refused(N_("Please say what it is."), field="note", code="missing")
    await sql(EXPLAIN, actor.agency_id, held.id, said, actor.name, clock.now())
    facts = {"amount_minor": held.amount_minor, "currency": held.currency}
    await record(actor, "bank_line.explained", "bank_line", held.id, facts=facts, personal={"note": said})


async def open_again(actor: Actor, line_id: UUID) -> None:
    """Take back what was said of an explained line, which the caller holds; it is open."""
    await sql(OPEN_AGAIN, actor.agency_id, line_id)


async def explained_of(actor: Actor, line_id: UUID) -> Explained | None:
    """What was said of a line, if it is explained."""
    query = (
        "select explained_as, explained_by_name, explained_at from bank_lines"
        " where agency_id = $1 and id = $2 and status = 'explained'"
    )
    row = await sql_one(query, actor.agency_id, line_id)
    return Explained(**row) if row is not None else None
