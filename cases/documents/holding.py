"""Legal hold: a document that is needed, whatever its time, until somebody says that it is needed no more."""

from uuid import UUID

from cases.documents.evidence import DocumentFile, load_document
from cases.documents.tables import DocumentState
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.storage import locks
from portal.tenancy.database import sql_value, transaction

HOLD = """
update documents set held_at = $3, held_by_name = $4, hold_reason = $5
where agency_id = $1 and id = $2 and state = 'released' and held_at is null returning id
"""
LIFT = """
update documents set held_at = null, held_by_name = '', hold_reason = ''
where agency_id = $1 and id = $2 and held_at is not null returning id
"""


async def hold(actor: Actor, document_id: UUID, reason: str) -> None:
    """Keep a document beyond its time.

    Raises:
        NotFound: there is no such document here.
        Refused: no reason, or it is held already, or it is not kept.
    """
    actor.require("documents.hold")
    document = await load_document(actor, document_id)
    _need(reason)
    held = await sql_value(HOLD, actor.agency_id, document_id, clock.now(), actor.name, reason.strip())
    if held is None:
        raise Refused(N_("This document is on hold already, or kept no more."), code="not_to_hold")
    await _follow(actor, document, "document.held", reason)


async def lift(actor: Actor, document_id: UUID, reason: str) -> None:
    """End a legal hold; from then on the document's time decides again.

    Raises:
        NotFound: there is no such document here.
        Refused: no reason, or there is no hold.
    """
    actor.require("documents.hold")
    document = await load_document(actor, document_id)
    _need(reason)
    if await sql_value(LIFT, actor.agency_id, document_id) is None:
        raise Refused(N_("This document is not on hold."), code="not_held")
    await _follow(actor, document, "document.hold_lifted", reason)


def _need(reason: str) -> None:
    if not reason.strip():
        raise Refused(N_("Please say why."), field="reason", code="missing")


async def _follow(actor: Actor, document: DocumentFile, action: str, reason: str) -> None:
    # Without the client: why something is held is the agency's matter.
    why = {"reason": reason.strip()}
    await record(actor, action, "document", document.id, facts={"case": document.case_id}, personal=why)
    await enqueue("documents.follow_hold", {"agency_id": actor.agency_id, "document_id": document.id})


@job("documents.follow_hold")
async def follow_hold(payload: Payload) -> None:
    """Let the storage hold what the row says is held, and nothing else.

    Of two that run at once either may reach the storage last: each ends only once the row says what it told.
    """
    actor, told = system(UUID(payload["agency_id"])), None
    while True:
        async with transaction(actor.scope, read_only=True):
            document = await load_document(actor, UUID(payload["document_id"]))
        held = document.held_at is not None
        if held is told or document.state is not DocumentState.RELEASED or document.version_id is None:
            return
        await locks.hold(document.object_key, document.version_id, on=held)
        told = held
