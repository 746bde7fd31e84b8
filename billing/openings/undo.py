"""Opening balances that were wrong leave the books as a whole, as long as nothing was done with any of them; then others are
written down. What is only short of a piece needs no undoing: that is booked here as what it is.
"""

from datetime import date
from typing import Final
from uuid import UUID

from billing.openings.approve import SOURCE
from billing.openings.prepare import write_trail
from billing.openings.register import Opening, load_opening
from billing.openings.tables import OpeningStatus
from billing.remittance.interest import undrawn_interest
from billing.remittance.proof import Proof, prove
from billing.remittance.run import alone
from billing.suspense.renamed import OPENING_UNDONE
from portal import clock
from portal.errors import Refused
from portal.ledger.journal import reverse
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import savepoint, sql, sql_value

# Held until the transaction ends, so that nobody matches or sends back what leaves.
PIECES: Final = """
select i.amount_minor <> s.amount_minor or s.status <> 'waiting' as is_touched
from opening_items i join suspense s on s.agency_id = i.agency_id and s.id = i.suspense_id
where i.agency_id = $1 and i.opening_id = $2 order by s.id for update of s
"""
USED: Final = """
select exists (select from opening_items where agency_id = $1 and opening_id = $2 and statement_id is not null)
    or exists (select from statements s join remittance_runs r on r.agency_id = s.agency_id and r.id = s.run_id
               where s.agency_id = $1 and s.currency = $3 and s.brought_minor <> 0 and r.status in ('draft', 'reviewed'))
"""
UNDO: Final = """
update openings set status = 'undone', undone_by_name = $3, undone_at = $4, undone_journal_id = $5
where agency_id = $1 and id = $2 and status = 'approved'
"""
GONE: Final = """
update suspense s set status = 'gone', gone_why = $3, ended_by = $4, ended_by_name = $5, ended_at = $6, out_journal_id = $7
from opening_items i
where i.agency_id = $1 and i.opening_id = $2 and s.agency_id = i.agency_id and s.id = i.suspense_id
"""


async def undo(actor: Actor, opening_id: UUID, proof: Proof, secret_key: str) -> None:
    """Take opening balances out of the books, on their day, by the mirror of their journal.

    Raises:
        NotFound: there are none.
        Refused: they are not in the books; a remittance has taken what they brought, something of their suspense was
            booked, divided or is to be sent back, or what was ours was drawn; the books are closed; the proof does not fit.
    """
    actor.require("openings.approve")
    seen = await load_opening(actor, opening_id)
    _check(seen)
    await prove(actor, proof, secret_key)
    await alone(actor, seen.currency)
    opening = await load_opening(actor, opening_id, lock=True)
    _check(opening)
    assert opening.journal_id is not None
    touched = [row["is_touched"] for row in await sql(PIECES, actor.agency_id, opening.id)]
    # What was ours is drawn with an approved run, paid or not.
    ours = await undrawn_interest(actor, opening.currency, date.max)
    is_drawn = ours < opening.due_to_operating_minor
    if any(touched) or is_drawn or await sql_value(USED, actor.agency_id, opening.id, opening.currency):
        raise Refused(
            N_(
                "Something of it is used already: on a statement, or out of suspense. It can only be corrected piece by piece."
            ),
            code="used",
        )
    async with savepoint():
        journal_id = await reverse(actor, opening.journal_id, SOURCE, f"{opening.id} undone", opening.effective_on)
    await sql(UNDO, actor.agency_id, opening.id, actor.name, clock.now(), journal_id)
    ended = (OPENING_UNDONE, actor.user_id, actor.name, clock.now(), journal_id)
    await sql(GONE, actor.agency_id, opening.id, *ended)
    await write_trail(actor, opening, "opening.undone", journal_id=journal_id)


def _check(opening: Opening) -> None:
    if opening.status is not OpeningStatus.APPROVED:
        raise Refused(N_("These opening balances are not in the books."), code="not_approved")
