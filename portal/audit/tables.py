"""The audit trail: events as they happen, and the seals that chain them."""

from piccolo.columns import JSONB, UUID, Array, BigInt, Bytea, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant, TimeOrdered


class AuditEvent(Tenant, Table, tablename="audit_events"):
    """Who did what to which thing, with the facts, in the transaction that did it. Never changed."""

    at = Timestamptz(default=None, null=False)
    actor_kind = Text(default=None, null=False)
    actor_id = UUID(default=None, null=True)
    actor_name = Text(default="")
    action = Text(default=None, null=False)
    subject_kind = Text(default=None, null=False)
    subject_id = UUID(default=None, null=True)
    client_id = UUID(default=None, null=True)
    facts = JSONB(default="{}")
    before = JSONB(default="{}")
    after = JSONB(default="{}")
    request_id = UUID(default=None, null=True)


class AuditPersonal(Tenant, Table, tablename="audit_personal"):
    """A personal value that an event holds only as a salted digest. Erasing it leaves the chain whole."""

    event_id = UUID(default=None, null=False, index=True)
    name = Text(default=None, null=False)
    salt = Bytea(default=None, null=False)
    value = Text(default=None, null=True)


class AuditUnsealed(Table, tablename="audit_unsealed"):
    """The sealer's inbox: what was committed and is not yet in the chain. Written by triggers, emptied by the sealer."""

    id = UUID(primary_key=True, default=TimeOrdered())
    agency_id = UUID(default=None, null=False, index=True)
    kind = Text(default=None, null=False, help_text="event or journal")
    subject_id = UUID(default=None, null=False)
    at = Timestamptz(default=None, null=False)


class AuditSeal(Tenant, Table, tablename="audit_seals"):
    """One link of an agency's chain: the digests of what it covers, and the hash of the link before."""

    sequence = BigInt(default=None, null=False)
    sealed_at = Timestamptz(default=None, null=False)
    kinds = Array(base_column=Text(), default=None, null=False)
    subject_ids = Array(base_column=UUID(default=None), default=None, null=False)
    digests = Array(base_column=Bytea(), default=None, null=False)
    previous_hash = Bytea(default=None, null=False)
    hash = Bytea(default=None, null=False)
