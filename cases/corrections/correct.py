"""A correction by the client: less than was claimed is posted at once, more waits for a person of the agency."""

from typing import Final
from uuid import UUID

from cases.casework import CaseFile, load_case, tell
from cases.contact.wording import Sum
from cases.corrections.posting import post_correction
from cases.corrections.register import CorrectionFile, figures, load_correction
from cases.corrections.rules import Wanted, check
from cases.corrections.tables import CorrectionStatus
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql, sql_value

INSERT: Final = """
insert into claim_corrections (id, agency_id, client_id, case_id, document_id, kind, component, currency, before_minor,
                               after_minor, reason, "on", status, asked_by, asked_by_name, asked_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
"""
PROPOSED: Final = "select id from claim_corrections where agency_id = $1 and case_id = $2 and status = 'proposed'"
DOCUMENT: Final = "select id from documents where agency_id = $1 and case_id = $2 and id = $3"


async def correct(
    actor: Actor, case_id: UUID, wanted: Wanted, *, document_id: UUID | None = None, shown: str | None = None
) -> CorrectionFile:
    """Correct what is claimed on a case; what was placed stays what was placed.

    ``shown`` is the fingerprint of the figure that a person saw: nothing is corrected that has moved since.

    Raises:
        NotFound: there is no such case or document for the actor.
        Refused: the case is closed, the figure will not do or has moved, or another one waits for an answer.
    """
    actor.require("corrections.make")
    case = await load_case(actor, case_id, lock=True)
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    now = (await figures(case))[wanted.component]
    if shown is not None and shown != now.fingerprint:
        raise Refused(
            N_("Meanwhile %(claimed)s is claimed, and %(open)s of it is open. Please look at your figure again."),
            field="claimed",
            code="changed_meanwhile",
            claimed=Sum(now.claimed_minor, case.currency),
            open=Sum(now.open_minor, case.currency),
        )
    difference = check(wanted, now, case.placed_on, await agency_day(actor))
    if document_id is not None and await sql_value(DOCUMENT, actor.agency_id, case.id, document_id) is None:
        raise NotFound
    status = CorrectionStatus.POSTED if difference < 0 else CorrectionStatus.PROPOSED
    if status is CorrectionStatus.PROPOSED and await sql_value(PROPOSED, actor.agency_id, case.id):
        raise Refused(N_("Another figure waits for the agency's answer."), code="proposed_already")
    correction = await _keep(actor, case, wanted, now.claimed_minor, status, document_id)
    if status is CorrectionStatus.POSTED:
        async with with_the_agencys_eyes(actor) as portal:
            await post_correction(actor, portal, case, correction)
    return correction


async def _keep(
    actor: Actor, case: CaseFile, wanted: Wanted, before_minor: int, status: CorrectionStatus, document_id: UUID | None
) -> CorrectionFile:
    correction_id = new_id()
    await sql(
        INSERT,
        *(correction_id, actor.agency_id, case.client_id, case.id, document_id, wanted.kind, wanted.component),
        *(case.currency, before_minor, wanted.after_minor, wanted.reason.strip(), wanted.on, status),
        *(actor.user_id, actor.name, clock.now()),
    )
    correction = await load_correction(actor, correction_id)
    facts = {
        "kind": correction.kind,
        "component": str(correction.component),
        "before_minor": correction.before_minor,
        "after_minor": correction.after_minor,
        "currency": correction.currency,
    }
    done, why = f"correction.{status}", {"reason": correction.reason}
    await tell(actor, case, done, "client", facts | why)
    await record(actor, done, "case", case.id, client_id=case.client_id, facts=facts, personal=why)
    return correction
