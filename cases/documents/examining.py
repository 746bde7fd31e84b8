"""The job that looks at what arrived and could not be looked at while its sender waited."""

import asyncio
import logging
from datetime import timedelta
from uuid import UUID

from cases.documents.evidence import load_document, settle
from cases.documents.examine import Found, examine
from cases.documents.tables import DocumentState
from cases.documents.words import Kind
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.people.actor import system
from portal.storage.scan import Scan, ScannerAway
from portal.storage.store import NotStored, StoreAway
from portal.tenancy.database import sql, transaction

LOG = logging.getLogger("cases.documents")
AGAIN = timedelta(minutes=5)
"""While scanner or storage are away it is tried so often, for as long as it takes."""
_slots = asyncio.Semaphore(2)
"""A worker looks at so many at once: each lies whole in the temporary folder meanwhile."""


@job("documents.examine")
async def examine_arrived(payload: Payload) -> None:
    """Look at a document, and release or refuse it. Done twice it is released once: who settles first has settled."""
    actor, document_id = system(UUID(payload["agency_id"])), UUID(payload["document_id"])
    async with transaction(actor.scope, read_only=True):
        document = await load_document(actor, document_id)
    if document.state is not DocumentState.ARRIVED:
        return
    try:
        async with _slots:
            found = await examine(document.upload, patient=True)
    except NotStored:
        found = Found(refusal="not_arrived")
    except (ScannerAway, StoreAway) as error:
        LOG.warning("a document waits to be looked at: %s (%s)", type(error).__name__, error)
        async with transaction(actor.scope):
            if isinstance(error, ScannerAway):
                away = "update documents set scan = $3 where agency_id = $1 and id = $2 and state = 'arrived'"
                await sql(away, actor.agency_id, document_id, Scan.AWAY)
            await enqueue("documents.examine", payload, after=AGAIN)
        return
    async with transaction(actor.scope):
        await settle(actor, document, found, Kind(document.kind), document.replaces_id)
