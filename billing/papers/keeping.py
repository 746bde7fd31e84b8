"""A paper is set once for each language, kept in storage with its SHA-256, and is the same bytes ever after.

Storage is called between two transactions. Killed at any moment, whoever makes it begins anew and finds what is done; of two
who make it at once, the bytes that were kept first stay.
"""

import hashlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from billing.papers.kinds import KINDS, Document, Kind
from portal import clock
from portal.audit.record import record
from portal.identity import new_id
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.mail.postbox import Attachment
from portal.people.actor import Actor, system
from portal.storage import store
from portal.tenancy.database import sql, sql_one, transaction

MEDIA_TYPE: Final = "application/pdf"
FIND: Final = """
select language, file_name, object_key, version_id, sha256 from papers
where agency_id = $1 and kind = $2 and subject_id = $3 and ($4::text is null or language = $4) order by id limit 1
"""
KEEP: Final = """
insert into papers (id, agency_id, kind, subject_id, client_id, case_id, language, file_name, object_key, version_id, sha256,
                    made_at)
values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A paper as it is kept."""

    language: str
    file_name: str
    object_key: str
    version_id: str
    sha256: bytes


@job("papers.make")
async def make(payload: Payload) -> None:
    """Set a paper and keep it, unless that was done: of a ``kind``, for an ``id``, in the language of whom it is for."""
    await made(UUID(payload["agency_id"]), payload["kind"], UUID(payload["id"]))


async def kept(actor: Actor, kind: str, subject_id: UUID, language: str | None = None) -> Kept | None:
    """A paper in a language, or else the one that was made first; None where it is not made."""
    row = await sql_one(FIND, actor.agency_id, kind, subject_id, language)
    return Kept(**row) if row is not None else None


async def made(agency_id: UUID, kind: str, subject_id: UUID, language: str | None = None) -> Kept | None:
    """The paper of a subject, made now where it is not made; None where there is nothing to be set, as of a draft.

    Opens transactions of its own: none may be open. Who asks is known to be allowed to see it.

    Raises:
        NotFound: there is no such subject.
        StoreAway: the storage does not answer, or refuses.
    """
    actor, what = system(agency_id), KINDS[kind]
    async with transaction(actor.scope):
        found = await kept(actor, kind, subject_id, language)
        document = None if found else await what.setter(actor, subject_id, language)
    if document is None:
        return found
    key = store.key_of(agency_id, "papers", kind, subject_id, document.language)
    stored = await store.put(key, document.content, MEDIA_TYPE)
    async with transaction(actor.scope):
        await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"paper of {subject_id}")
        found = await kept(actor, kind, subject_id, language)
        return found or await _keep(actor, what, subject_id, document, stored)


async def _keep(actor: Actor, kind: Kind, subject_id: UUID, document: Document, stored: store.Stored) -> Kept:
    digest = hashlib.sha256(document.content).digest()
    paper = Kept(document.language, document.file_name, stored.key, stored.version, digest)
    reader = None if document.case_id else document.client_id
    await sql(
        KEEP, actor.agency_id, new_id(), kind.name, subject_id, reader, document.case_id, paper.language, paper.file_name,
        paper.object_key, paper.version_id, digest, clock.now(),
    )  # fmt: skip
    facts = {
        "number": document.number, "language": paper.language, "sha256": digest.hex(), "version": paper.version_id,
    }  # fmt: skip
    await record(actor, kind.action, kind.subject, document.told_on, client_id=document.client_id, facts=facts)
    for follow in kind.followers:
        await follow(actor, subject_id)
    return paper


def link_to(paper: Kept) -> str:
    """An address of its file that lives a minute."""
    return store.presigned_download(paper.object_key, paper.version_id, paper.file_name)


async def bytes_of(paper: Kept) -> bytes:
    """What is kept. Storage is called: nothing may be locked.

    Raises:
        StoreAway: the storage does not answer.
    """
    return await store.read(paper.object_key, paper.version_id)


async def attached(paper: Kept) -> Attachment:
    """What is kept, to go with a mail. Raises what `bytes_of` raises."""
    return Attachment(paper.file_name, MEDIA_TYPE, await bytes_of(paper))
