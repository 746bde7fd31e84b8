"""Evidence in the object storage, who opened it, and many documents sent at once."""

from enum import StrEnum

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class DocumentState(StrEnum):
    """The life of a document."""

    AWAITED = "awaited"
    """Announced; the file has not come yet."""
    ARRIVED = "arrived"
    """The file has come and waits to be looked at."""
    RELEASED = "released"
    """Looked at and kept: it can be opened."""
    REFUSED = "refused"
    """Not taken, with the reason."""
    REMOVED = "removed"
    """Its time was over: the file is gone, the row tells that there was one."""


class Document(Tenant, Table, tablename="documents"):
    """Evidence of a case in object storage."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    kind = Text(default="other")
    file_name = Text(default=None, null=False)
    content_type = Text(default="")
    size_bytes = BigInt(default=None, null=False)
    sha256 = Bytea(default=None, null=True)
    object_key = Text(default=None, null=False)
    version_id = Text(default=None, null=True)
    state = Text(default="awaited", help_text="awaited, arrived, released, refused or removed.")
    scan = Text(default="not_scanned", help_text="not_scanned, away, clean, infected or too_much.")
    signature = Text(default="", help_text="What the virus scanner called it; for staff.")
    refusal = Text(default="")
    replaces_id = UUID(default=None, null=True, help_text="The document this is a newer version of.")
    version_number = Integer(default=1)
    picture = Text(default="", help_text="Version of the picture of its first page; empty: there is none.")
    kept_until = Timestamptz(default=None, null=True, help_text="The storage was told to keep it so long.")
    held_at = Timestamptz(default=None, null=True, help_text="Since then a legal hold keeps it, whatever its time.")
    held_by_name = Text(default="")
    hold_reason = Text(default="")
    uploaded_by = UUID(default=None, null=True)
    uploaded_by_name = Text(default="")
    from_debtor = Boolean(default=False, help_text="The debtor sent it on the page of the claim.")
    created_at = Timestamptz(default=None, null=False)
    released_at = Timestamptz(default=None, null=True)
    removed_at = Timestamptz(default=None, null=True)


class DocumentAccess(Tenant, Table, tablename="document_accesses"):
    """Who asked for the link to a document, and when."""

    client_id = UUID(default=None, null=False)
    document_id = UUID(default=None, null=False)
    user_id = UUID(default=None, null=True)
    user_name = Text(default="")
    by_agency = Boolean(default=True, help_text="By the agency's own people, whose names the client does not learn.")
    at = Timestamptz(default=None, null=False)


class DocumentBatch(Tenant, Table, tablename="document_batches"):
    """Many documents sent at once, of one client: they are matched to its cases, decided on and filed."""

    client_id = UUID(default=None, null=False)
    placement_id = UUID(default=None, null=True, help_text="The placement from whose page they were sent.")
    created_by = UUID(default=None, null=True)
    created_by_name = Text(default="")
    created_at = Timestamptz(default=None, null=False)
    filed_by = UUID(default=None, null=True, help_text="Who had it filed last; the job files in that name.")
    filed_by_name = Text(default="")
    filed_as = Text(default="", help_text="The role they had then.")
    filed_at = Timestamptz(default=None, null=True)


class BatchFile(Tenant, Table, tablename="batch_files"):
    """A file of a batch. Filed, it becomes the document of the same id."""

    client_id = UUID(default=None, null=False)
    batch_id = UUID(default=None, null=False)
    path = Text(default=None, null=False, help_text="Folders and name as they were given, cleaned.")
    size_bytes = BigInt(default=None, null=False)
    fingerprint = Text(default="", help_text="Size and time of change, by which a file chosen again is known.")
    upload_id = Text(default=None, null=True, help_text="Of an upload in parts that is under way.")
    state = Text(default="awaited", help_text="How far it is: cases.documents.folder.batch.State.")
    refusal = Text(default="")
    case_id = UUID(default=None, null=True)
    kind = Text(default="other")
    match = JSONB(default="{}", help_text="By which word of its name the case was found, or which could be meant.")
    unpacked_from = UUID(default=None, null=True, help_text="The archive it lay in.")
    created_at = Timestamptz(default=None, null=False)
