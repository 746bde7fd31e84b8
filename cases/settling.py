"""A settlement that was kept: what was agreed is written off, and where nothing is left its case closes."""

from datetime import date
from uuid import UUID

from cases.casework import CaseFile, move, tell
from cases.ending import owed_by_component
from cases.promises.make import withdraw_open
from cases.situation import refresh
from cases.tables import CaseStatus
from portal import clock
from portal.audit.record import record
from portal.ledger.journal import JournalDraft, by_component, owe_less, post
from portal.ledger.tables import Component
from portal.people.actor import Actor
from portal.tenancy.database import sql_value

SOURCE = "settlement"


def forgiven(case: CaseFile, agreed_minor: int) -> dict[Component, int]:
    """What of each part of a claim a settlement forgives: no more than was agreed, and the principal first, so that
    interest and costs which came on top since stay owed."""
    found: dict[Component, int] = {}
    for component, owed_minor in owed_by_component(case).items():
        found[component] = min(owed_minor, agreed_minor - sum(found.values()))
    return found


async def post_write_off(actor: Actor, case: CaseFile, on: date, agreed_minor: int) -> UUID:
    """Post that a settlement forgives as much as was agreed of what is still owed; gives the journal. The caller holds the
    case's row, and has seen that it owes something."""
    lines = by_component(owe_less, case.id, forgiven(case, agreed_minor), case.currency, client=case.client_id)
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
