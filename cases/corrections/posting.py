"""A correction in the books, and what follows from it: promises and disputes are of no more than is owed."""

from typing import Final

from cases.account.moves import debt_moves, paid
from cases.casework import CaseFile, load_case, move
from cases.corrections.register import CorrectionFile
from cases.ending import end_open_matters, keep_within_balance
from cases.situation import refresh
from cases.tables import CaseStatus
from portal import clock
from portal.ledger.journal import JournalDraft, owe_less, owe_more, post
from portal.people.actor import Actor
from portal.people.agency_time import agency_day

SOURCE: Final = "correction"


async def post_correction(actor: Actor, portal: Actor, case: CaseFile, correction: CorrectionFile) -> None:
    """Post a correction for who made it; the portal does what follows. The caller holds the case's row.

    Corrections bear no fee.
    """
    moves = owe_more if correction.difference_minor > 0 else owe_less
    lines = moves(case.id, correction.component, abs(correction.difference_minor), case.currency, client=case.client_id)
    draft = JournalDraft(SOURCE, str(correction.id), "claim corrected", await agency_day(actor), lines)
    await post(actor, [draft])
    await _follow(portal, await load_case(portal, case.id))


async def _follow(portal: Actor, case: CaseFile) -> None:
    if case.balance_minor:
        await keep_within_balance(portal, case)
    else:
        await end_open_matters(portal, [case], clock.now())
        was_paid = paid(await debt_moves([case.id])) > 0
        await move(portal, case, CaseStatus.CLOSED, close_code="paid_in_full" if was_paid else "invalid_case_data")
    await refresh(portal, case.id)
