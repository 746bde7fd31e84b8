"""A higher claim is accepted or refused by a person of the agency: never by who proposed it."""

from typing import Final
from uuid import UUID

from cases.casework import CaseFile, load_case, tell
from cases.corrections.posting import post_correction
from cases.corrections.register import CorrectionFile, figures, load_correction
from cases.corrections.tables import CorrectionStatus
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql

DECIDE: Final = """
update claim_corrections set status = $3, decided_by = $4, decided_by_name = $5, decided_at = $6, answer = $7
where agency_id = $1 and id = $2
"""


async def accept(actor: Actor, correction_id: UUID) -> CorrectionFile:
    """Accept a higher claim, which posts it.

    Raises:
        NotFound: there is no such correction here.
        Refused: it was decided already, the case is closed, the claim has moved since it was proposed, or the actor
            proposed it.
    """
    case, correction = await _proposed(actor, correction_id)
    if correction.asked_by is not None and correction.asked_by == actor.user_id:
        raise Refused(N_("You proposed this yourself: somebody else has to accept it."), code="own_proposal")
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if (await figures(case))[correction.component].claimed_minor != correction.before_minor:
        raise Refused(
            N_("The claim was corrected since this was proposed. Refuse it, and the client can propose anew."),
            code="changed_meanwhile",
        )
    await _decided(actor, correction, CorrectionStatus.POSTED, "")
    facts: dict[str, object] = {
        "kind": correction.kind,
        "component": str(correction.component),
        "before_minor": correction.before_minor,
        "after_minor": correction.after_minor,
        "currency": correction.currency,
    }
    why = {"reason": correction.reason}
    await tell(actor, case, "correction.posted", "client", facts | why)
    await record(actor, "correction.accepted", "case", case.id, client_id=case.client_id, facts=facts, personal=why)
    await post_correction(actor, actor, case, correction)
    return correction


async def refuse(actor: Actor, correction_id: UUID, answer: str) -> CorrectionFile:
    """Refuse a higher claim, with the reason that the client is told.

    Raises:
        NotFound: there is no such correction here.
        Refused: it was decided already, or no reason is given.
    """
    case, correction = await _proposed(actor, correction_id)
    if not answer.strip():
        raise Refused(N_("Please fill this in."), field="answer", code="missing")
    await _decided(actor, correction, CorrectionStatus.REFUSED, answer.strip())
    await tell(actor, case, "correction.refused", "client", {"answer": answer.strip()})
    await record(
        actor, "correction.refused", "case", case.id, client_id=case.client_id,
        facts={"component": str(correction.component), "after_minor": correction.after_minor,
               "currency": correction.currency},
        personal={"text": answer.strip()},
    )  # fmt: skip
    return correction


async def _proposed(actor: Actor, correction_id: UUID) -> tuple[CaseFile, CorrectionFile]:
    actor.require("corrections.decide")
    case = await load_case(actor, (await load_correction(actor, correction_id)).case_id, lock=True)
    correction = await load_correction(actor, correction_id)
    if correction.status is not CorrectionStatus.PROPOSED:
        raise Refused(N_("This was decided already."), code="decided")
    return case, correction


async def _decided(actor: Actor, correction: CorrectionFile, status: CorrectionStatus, answer: str) -> None:
    await sql(
        DECIDE,
        *(actor.agency_id, correction.id, status, actor.user_id, actor.name, clock.now(), answer),
    )
