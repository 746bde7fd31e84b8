"""What proves opening balances: the closing list of the system before, or the bank's confirmation. Looked at like any other
document and kept with its SHA-256; the one given last counts, and those before it stay in the storage.
"""

import asyncio
import hashlib
from io import BytesIO
from typing import Final
from uuid import UUID

from billing.openings.prepare import change, check_draft
from billing.openings.register import load_opening
from portal.audit.record import record
from portal.errors import NotFound, NotNow, Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.storage import store
from portal.storage.scan import Scan, ScannerAway, scan
from portal.storage.sniff import HEAD_BYTES, check_size, check_whole, file_name, sniff
from portal.tenancy.database import sql, transaction

AWAY: Final = N_("The file could not be stored. Nothing was kept; please try again in a minute.")
KEEP: Final = """
update openings set proof_name = $3, proof_sha256 = $4, proof_bytes = $5, object_key = $6, version_id = $7
where agency_id = $1 and id = $2
"""


async def give_proof(actor: Actor, opening_id: UUID, name: str, content: bytes) -> None:
    """Keep what proves a draft, in place of what was given before. Opens transactions of its own: none may be open.

    Raises:
        NotFound: there is no such draft.
        Refused: it is no draft any more, or the file is not taken.
        NotNow: the storage or the virus scanner does not answer; nothing was kept.
    """
    actor.require("openings.propose")
    async with transaction(actor.scope, read_only=True):
        check_draft(await load_opening(actor, opening_id))
    kept_name = file_name(name)
    try:
        kind = await asyncio.to_thread(_looked_at, kept_name, content)
        found = await scan(BytesIO(content), len(content))
        if found.scan in (Scan.INFECTED, Scan.TOO_MUCH):
            raise Refused(N_("The virus scanner does not let this file pass."), field="proof", code="infected")
        key = store.key_of(actor.agency_id, "openings", new_id())
        stored = await store.put(key, content, kind)
    except (store.StoreAway, ScannerAway):
        raise NotNow(AWAY, field="proof") from None
    digest = hashlib.sha256(content).digest()
    async with transaction(actor.scope):
        opening = await change(actor, opening_id)
        await sql(KEEP, actor.agency_id, opening.id, kept_name, digest, len(content), key, stored.version)
        facts = {"currency": opening.currency, "sha256": digest.hex(), "size_bytes": len(content)}
        await record(actor, "opening.proof_given", "opening", opening.id, facts=facts, personal={"text": kept_name})


async def open_proof(actor: Actor, opening_id: UUID) -> str:
    """A link to the proof, which lives a minute; that it was opened stays in the trail.

    Raises:
        NotFound: there are no such opening balances for the actor, or nothing proves them.
    """
    opening = await load_opening(actor, opening_id)
    if opening.proof_sha256 is None:
        raise NotFound
    await record(actor, "opening.proof_opened", "opening", opening.id)
    return store.presigned_download(opening.object_key, opening.version_id, opening.proof_name)


def _looked_at(name: str, content: bytes) -> str:
    """The type that the whole content tells.

    Raises:
        Refused: it is of no kind that is taken, or not what its name says.
    """
    try:
        check_size(len(content))
        kind = sniff(name, content[:HEAD_BYTES])
        check_whole(kind, BytesIO(content), len(content))
    except Refused as refused:
        raise Refused(refused.message, field="proof", code=refused.code, **refused.params) from None
    return kind.content_type
