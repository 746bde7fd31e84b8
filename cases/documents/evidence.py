"""Evidence of a case: announced, sent straight into quarantine, looked at, released or refused.

Storage is called while no row is locked. What is hashed, looked at and copied is one exact version, since the form of
an upload can be used again for as long as it lives: what arrives later never replaces what was looked at.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

import asyncpg

from cases.acceptance.requirements import document_released
from cases.casework import CaseFile, load_case, tell
from cases.documents.examine import AT_ONCE_BYTES, Found, Upload, examine
from cases.documents.sent_before import sent_before
from cases.documents.tables import DocumentState
from cases.documents.versions import newest_of
from cases.documents.words import REFUSALS, Kind, known_kind
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.storage import store
from portal.storage.scan import Scan, ScannerAway
from portal.storage.sniff import check_size, file_name, type_of_name
from portal.tenancy.database import sql, sql_one, sql_value, without_connection

CLEAR_AFTER = timedelta(minutes=2)
"""By then the form of an upload can be used no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFile:
    """A document as the domain functions handle it."""

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
    state: DocumentState
    scan: str
    signature: str
    refusal: str
    replaces_id: UUID | None
    version_number: int
    picture: str
    kept_until: datetime | None
    held_at: datetime | None
    held_by_name: str
    hold_reason: str
    uploaded_by: UUID | None
    uploaded_by_name: str
    from_debtor: bool
    created_at: datetime
    released_at: datetime | None
    removed_at: datetime | None

    @property
    def upload(self) -> Upload:
        """What is looked at of it."""
        return Upload(self.agency_id, self.id, self.object_key, self.file_name, self.size_bytes)


COLUMNS = ", ".join(DocumentFile.__slots__)
ONE = f"select {COLUMNS} from documents where agency_id = $1 and id = $2"  # noqa: S608 - names of columns
# Only the newest of its versions.
OF_CASE = f"""
select {COLUMNS} from documents d where agency_id = $1 and case_id = $2 and state <> 'awaited' and not exists (
    select from documents n where n.agency_id = $1 and n.replaces_id = d.id and n.state in ('released', 'removed'))
order by id desc limit 500
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
    return document_file(row)


def document_file(row: asyncpg.Record) -> DocumentFile:
    """A document from a row that has all of :data:`COLUMNS`."""
    return DocumentFile(**{**dict(row), "state": DocumentState(row["state"])})


async def documents_of(actor: Actor, case: CaseFile) -> list[DocumentFile]:
    """The documents of a case that have arrived, newest first, each in its newest version."""
    actor.require("documents.read")
    return [document_file(row) for row in await sql(OF_CASE, actor.agency_id, case.id)]


ANNOUNCE = """
insert into documents (id, agency_id, client_id, case_id, kind, file_name, content_type, size_bytes, object_key, state,
                       uploaded_by, uploaded_by_name, from_debtor, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'awaited', $10, $11, $12, $13)
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
        actor.kind == "debtor",
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


def upload_form(document: DocumentFile) -> store.UploadForm:
    """Where and how the announced file is sent: exactly this key, type and size, for a minute."""
    size = document.size_bytes
    return store.presigned_upload(document.object_key, document.content_type, largest=size, smallest=size)


async def send_through(
    actor: Actor, case_id: UUID, name: str, content: BinaryIO, kind: str, replaces: UUID | None = None
) -> DocumentFile:
    """Take a file in that was sent to us instead: for browsers without scripts. Sent twice it is one document."""
    actor.require("documents.submit")
    case = await load_case(actor, case_id)
    size = content.seek(0, 2)
    content.seek(0)
    kept = file_name(name)
    promised = type_of_name(kept)
    check_size(size)
    chosen = known_kind(kind)
    if not case.is_open:
        raise Refused(N_("The case is closed."), field="file", code="case_closed")
    if (known := await sent_before(actor, case.id, kept, chosen, content, replaces)) is not None:
        return await load_document(actor, known)
    # Sent before it is written down: nothing is locked while storage takes its time.
    document_id = new_id()
    key = store.quarantine_key(actor.agency_id, "documents", document_id)
    async with without_connection():
        await store.put(key, content, promised.content_type, size_bytes=size)
    await announce(actor, case_id, name, size, kind, document_id=document_id)
    return await complete(actor, document_id, replaces=replaces)


async def complete(
    actor: Actor, document_id: UUID, kind: str | None = None, *, replaces: UUID | None = None
) -> DocumentFile:
    """Look at what was sent, and release or refuse it; asked again, it is as it was found first.

    A large file, and any while the virus scanner is away, has ``arrived`` for now, and a job looks at it.
    ``replaces`` names a document of the same case of which this is a newer version.

    Raises:
        NotFound: there is no such document, or none that it could replace.
        Refused: it has not arrived.
        StoreAway: the storage does not answer; it can be completed later.
    """
    actor.require("documents.submit")
    document = await load_document(actor, document_id)
    if document.state is not DocumentState.AWAITED:
        return document
    if replaces:
        replaced = await load_document(actor, replaces)
        if replaced.case_id != document.case_id or replaced.state is not DocumentState.RELEASED:
            raise NotFound
    chosen = known_kind(kind or document.kind)
    try:
        async with without_connection():
            found = await _at_once(document)
    except store.NotStored:
        raise Refused(REFUSALS["not_arrived"], field="file", code="not_arrived") from None
    except ScannerAway:
        return await _arrive(actor, document, chosen, replaces, Scan.AWAY)
    if found is None:
        return await _arrive(actor, document, chosen, replaces, Scan.NOT_SCANNED)
    return await settle(actor, document, found, chosen, replaces)


async def _at_once(document: DocumentFile) -> Found | None:
    """What is found of a file that somebody waits for; None of a large one, of which a job finds it. Raises as `examine`."""
    if document.size_bytes <= AT_ONCE_BYTES:
        return await examine(document.upload)
    await store.stat(document.object_key)
    return None


ARRIVE = """
update documents set state = 'arrived', kind = $3, replaces_id = $4, scan = $5
where agency_id = $1 and id = $2 and state = 'awaited' returning id
"""


async def _arrive(actor: Actor, document: DocumentFile, kind: Kind, replaces: UUID | None, scan: Scan) -> DocumentFile:
    """Write down that the file is here, and have a job look at it."""
    if await sql_value(ARRIVE, actor.agency_id, document.id, kind, replaces, scan):
        facts = {"case": document.case_id, "kind": kind, "scan": scan}
        await record(actor, "document.arrived", "document", document.id, client_id=document.client_id, facts=facts)
        await enqueue("documents.examine", {"agency_id": actor.agency_id, "document_id": document.id})
    return await load_document(actor, document.id)


SETTLE = """
update documents set state = $3, kind = $4, sha256 = $5, version_id = $6, object_key = coalesce($7, object_key),
                     refusal = $8, scan = $9, signature = $10, replaces_id = $11, version_number = $12, released_at = $13
where agency_id = $1 and id = $2 and state in ('awaited', 'arrived') returning id
"""


async def settle(actor: Actor, document: DocumentFile, found: Found, kind: Kind, replaces: UUID | None) -> DocumentFile:
    """Write down what was found; when somebody else was quicker, it is as they found it.

    Raises:
        NotFound: there is no document that it could replace.
    """
    kept = found.kept
    number = 1
    if replaces and kept:
        newest, before = await newest_of(actor, replaces)
        replaces, number = newest, before + 1
    settled = await sql_value(
        SETTLE,
        *(actor.agency_id, document.id, "released" if kept else "refused", kind, found.sha256),
        *(kept.version if kept else None, kept.key if kept else None, found.refusal, found.scan, found.signature),
        *(replaces, number, clock.now() if kept else None),
    )
    after = await load_document(actor, document.id)
    if settled is not None:
        await _tell(actor, after)
        ids = {"agency_id": actor.agency_id, "document_id": document.id}
        await enqueue("documents.clear_quarantine", ids, after=CLEAR_AFTER)
        if kept:
            await enqueue("documents.keep", ids)
            await enqueue("documents.draw", ids)
    return after


async def _tell(actor: Actor, document: DocumentFile) -> None:
    """The timeline and the trail learn that a document was released or refused."""
    case = await load_case(actor, document.case_id)
    shown = {"file_name": document.file_name, "kind": document.kind, "document_id": document.id}
    shown |= {"version_number": document.version_number, "refusal": document.refusal}
    await tell(actor, case, f"document.{document.state}", "documents", shown)
    if document.state is DocumentState.RELEASED:
        await document_released(actor, case, document.kind, document.id)
    await record(
        actor,
        f"document.{document.state}",
        "document",
        document.id,
        client_id=document.client_id,
        facts={
            "case": document.case_id,
            "kind": document.kind,
            "size_bytes": document.size_bytes,
            "sha256": document.sha256.hex() if document.sha256 else None,
            "version": document.version_id,
            "scan": document.scan,
            "refusal": document.refusal,
            "replaces": document.replaces_id,
        },
    )
