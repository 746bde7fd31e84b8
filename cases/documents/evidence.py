"""Evidence of a case: announced, sent straight into quarantine, looked at, released or refused.

Storage is called while no row is locked. What is hashed, looked at and copied is one exact version, since the form of
an upload can be used again for as long as it lives: what arrives later never replaces what was looked at.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO
from uuid import UUID

from cases.casework import CaseFile, load_case, tell
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.storage import store
from portal.storage.sniff import HEAD_BYTES, LARGEST_BYTES, check_size, check_whole, file_name, sniff, type_of_name
from portal.tenancy.database import sql, sql_one, sql_value

CLEAR_AFTER = timedelta(minutes=2)
"""By then the form of an upload can be used no more."""


class Kind(StrEnum):
    """What a document is evidence of."""

    CONTRACT = "contract"
    """Why anything is owed."""
    INVOICE = "invoice"
    """What is owed."""
    DELIVERY_PROOF = "delivery_proof"
    """That the goods or services were delivered."""
    ACCOUNT_STATEMENT = "account_statement"
    """The account between the two, item by item."""
    CORRESPONDENCE = "correspondence"
    """Letters and mails about the debt."""
    GUARANTEE = "guarantee"
    """That somebody else answers for it."""
    POWER_OF_ATTORNEY = "power_of_attorney"
    """That the agency may act."""
    OTHER = "other"
    """Anything else."""


KIND_TEXTS = {
    Kind.CONTRACT: N_("Contract"),
    Kind.INVOICE: N_("Invoice"),
    Kind.DELIVERY_PROOF: N_("Delivery proof"),
    Kind.ACCOUNT_STATEMENT: N_("Statement of account"),
    Kind.CORRESPONDENCE: N_("Correspondence"),
    Kind.GUARANTEE: N_("Guarantee"),
    Kind.POWER_OF_ATTORNEY: N_("Power of attorney"),
    Kind.OTHER: N_("Other"),
}

REFUSALS = {
    "empty": N_("The file is empty."),
    "too_large": N_("The file is too large."),
    "size_differs": N_("The file that arrived has another size than was announced."),
    "not_arrived": N_("The file has not arrived."),
    "type_not_accepted": N_("Files of this kind are not accepted."),
    "unsafe": N_("This file could run or be shown as a web page."),
    "content_differs": N_("The content is not what the file's name says."),
    "incomplete": N_("The file is not complete."),
    "too_large_unpacked": N_("The file unpacks to more than is accepted."),
    "macros": N_("The file contains macros."),
}
"""Why a document was refused, by the code that is kept with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFile:
    """A document as the domain functions handle it. ``state`` is awaited, released or refused."""

    id: UUID
    agency_id: UUID
    client_id: UUID
    case_id: UUID
    kind: str
    file_name: str
    content_type: str
    size_bytes: int
    sha256: bytes | None
    object_key: str
    version_id: str | None
    state: str
    scan: str
    refusal: str
    uploaded_by: UUID | None
    uploaded_by_name: str
    created_at: datetime
    released_at: datetime | None


COLUMNS = ", ".join(DocumentFile.__slots__)
ONE = f"select {COLUMNS} from documents where agency_id = $1 and id = $2"  # noqa: S608 - names of columns
OF_CASE = f"""
select {COLUMNS} from documents where agency_id = $1 and case_id = $2 and state <> 'awaited' order by id desc limit 500
"""  # noqa: S608 - names of columns


async def load_document(actor: Actor, document_id: UUID) -> DocumentFile:
    """The document, if the actor may see it.

    Raises:
        NotFound: it never existed, or it is another agency's or another client's.
    """
    actor.require("documents.read")
    row = await sql_one(ONE, actor.agency_id, document_id)
    if row is None:
        raise NotFound
    return DocumentFile(**dict(row))


async def documents_of(actor: Actor, case: CaseFile) -> list[DocumentFile]:
    """The documents of a case that have arrived, newest first."""
    actor.require("documents.read")
    return [DocumentFile(**dict(row)) for row in await sql(OF_CASE, actor.agency_id, case.id)]


ANNOUNCE = """
insert into documents (id, agency_id, client_id, case_id, kind, file_name, content_type, size_bytes, object_key, state,
                       uploaded_by, uploaded_by_name, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'awaited', $10, $11, $12)
"""


async def announce(
    actor: Actor, case_id: UUID, name: str, size_bytes: int, kind: str = Kind.OTHER, *, document_id: UUID | None = None
) -> DocumentFile:
    """Write down that a file will be sent for a case; ``document_id`` when it has been sent already.

    Raises:
        Refused: files of this name or size are not taken; the case is closed.
    """
    actor.require("documents.submit")
    case = await load_case(actor, case_id)
    if not case.is_open:
        raise Refused(N_("The case is closed."), field="file", code="case_closed")
    kept = file_name(name)
    promised = type_of_name(kept)
    check_size(size_bytes)
    document_id = document_id or new_id()
    await sql(
        ANNOUNCE,
        *(document_id, actor.agency_id, case.client_id, case.id, known_kind(kind), kept, promised.content_type),
        *(size_bytes, store.quarantine_key(actor.agency_id, "documents", document_id), actor.user_id, actor.name),
        clock.now(),
    )
    await record(
        actor,
        "document.announced",
        "document",
        document_id,
        client_id=case.client_id,
        facts={"case": case.id, "size_bytes": size_bytes},
        personal={"file_name": kept},
    )
    return await load_document(actor, document_id)


def known_kind(kind: str) -> Kind:
    """The kind of a document. Raises Refused for a word that is none."""
    try:
        return Kind(kind or Kind.OTHER)
    except ValueError:
        raise Refused(N_("Choose a kind of document."), field="kind", code="unknown_kind") from None


def upload_form(document: DocumentFile) -> store.UploadForm:
    """Where and how the announced file is sent: exactly this key, type and size, for a minute."""
    size = document.size_bytes
    return store.presigned_upload(document.object_key, document.content_type, largest=size, smallest=size)


async def send_through(actor: Actor, case_id: UUID, name: str, content: BinaryIO, kind: str) -> DocumentFile:
    """Take a file in that was sent to us instead: for browsers without scripts."""
    actor.require("documents.submit")
    case = await load_case(actor, case_id)
    size = content.seek(0, 2)
    content.seek(0)
    kept = file_name(name)
    promised = type_of_name(kept)
    check_size(size)
    known_kind(kind)
    if not case.is_open:
        raise Refused(N_("The case is closed."), field="file", code="case_closed")
    # Sent before it is written down: nothing is locked while storage takes its time.
    document_id = new_id()
    key = store.quarantine_key(actor.agency_id, "documents", document_id)
    await store.put(key, content, promised.content_type, size_bytes=size)
    await announce(actor, case_id, name, size, kind, document_id=document_id)
    return await complete(actor, document_id)


@dataclass(frozen=True, slots=True)
class _Found:
    """What looking at an upload found: the copy that stays, or why it is refused."""

    sha256: bytes | None
    kept: store.Stored | None
    refusal: str = ""


async def complete(actor: Actor, document_id: UUID, kind: str | None = None) -> DocumentFile:
    """Look at what was sent, and release or refuse it; asked again, it is as it was found first.

    Raises:
        NotFound: there is no such document.
        StoreAway: the storage does not answer; it can be completed later.
    """
    actor.require("documents.submit")
    document = await load_document(actor, document_id)
    if document.state != "awaited":
        return document
    case = await load_case(actor, document.case_id)
    found = await _look(document)
    if not await _settle(actor, document, found, known_kind(kind) if kind else Kind(document.kind)):
        return await load_document(actor, document_id)
    settled = await load_document(actor, document_id)
    facts = {"file_name": settled.file_name, "kind": settled.kind, "document_id": settled.id}
    await tell(actor, case, f"document.{settled.state}", "documents", {**facts, "refusal": settled.refusal})
    await record(
        actor,
        f"document.{settled.state}",
        "document",
        settled.id,
        client_id=settled.client_id,
        facts={
            "case": settled.case_id,
            "kind": settled.kind,
            "size_bytes": settled.size_bytes,
            "sha256": settled.sha256.hex() if settled.sha256 else None,
            "version": settled.version_id,
            "scan": settled.scan,
            "refusal": settled.refusal,
        },
    )
    ids = {"agency_id": actor.agency_id, "document_id": settled.id}
    await enqueue("documents.clear_quarantine", ids, after=CLEAR_AFTER)
    return settled


async def _look(document: DocumentFile) -> _Found:
    """Size, type and digest of one exact version, which is then copied to where it stays."""
    try:
        sent = await store.stat(document.object_key)
    except store.NotStored:
        return _Found(None, None, "not_arrived")
    if sent.size_bytes != document.size_bytes:
        return _Found(None, None, "size_differs")
    content = await store.read(sent.key, sent.version)
    digest = hashlib.sha256(content).digest()
    try:
        check_size(len(content), LARGEST_BYTES)
        kind = sniff(document.file_name, content[:HEAD_BYTES])
        check_whole(kind, content)
    except Refused as refused:
        return _Found(digest, None, refused.code)
    key = store.key_of(document.agency_id, "documents", document.id)
    return _Found(digest, await store.copy(sent.key, sent.version, key, kind.content_type))


SETTLE = """
update documents set state = $3, kind = $4, sha256 = $5, version_id = $6, object_key = coalesce($7, object_key),
                     refusal = $8, released_at = $9
where agency_id = $1 and id = $2 and state = 'awaited' returning id
"""


async def _settle(actor: Actor, document: DocumentFile, found: _Found, kind: Kind) -> bool:
    """Write down what was found; False when somebody else was quicker. What has not arrived may still come."""
    if found.refusal == "not_arrived":
        raise Refused(REFUSALS["not_arrived"], field="file", code="not_arrived")
    kept = found.kept
    settled = await sql_value(
        SETTLE,
        *(actor.agency_id, document.id, "released" if kept else "refused", kind, found.sha256),
        *(kept.version if kept else None, kept.key if kept else None, found.refusal),
        clock.now() if kept else None,
    )
    return settled is not None


async def open_document(actor: Actor, document_id: UUID) -> str:
    """A link to a released document that lives a minute, written into its access log and the audit trail.

    Raises:
        NotFound: there is no such document, or it was not released.
    """
    document = await load_document(actor, document_id)
    if document.state != "released" or document.version_id is None:
        raise NotFound
    await sql(
        "insert into document_accesses (agency_id, client_id, document_id, user_id, user_name, at)"
        " values ($1, $2, $3, $4, $5, $6)",
        *(actor.agency_id, document.client_id, document.id, actor.user_id, actor.name, clock.now()),
    )
    await record(
        actor,
        "document.opened",
        "document",
        document.id,
        client_id=document.client_id,
        facts={"case": document.case_id, "version": document.version_id},
    )
    return store.presigned_download(document.object_key, document.version_id, document.file_name)


OPENED = """
select document_id, count(*) as times from document_accesses where agency_id = $1 and document_id = any($2)
group by document_id
"""


async def times_opened(actor: Actor, documents: Sequence[DocumentFile]) -> dict[UUID, int]:
    """How often each document was opened, by anybody."""
    found = await sql(OPENED, actor.agency_id, [document.id for document in documents])
    return {row["document_id"]: row["times"] for row in found}
