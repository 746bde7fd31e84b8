"""The audit trail is written in the transaction of what it tells: both are there, or neither."""

import json
import os
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from portal import clock
from portal.audit.words import ACTIONS, SUBJECTS
from portal.identity import new_id
from portal.people.actor import Actor
from portal.tenancy.database import sql

INSERT = """
insert into audit_events (id, agency_id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id,
                          client_id, facts, before, after, request_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""

INSERT_PERSONAL = """
insert into audit_personal (agency_id, event_id, name, salt, value)
select $1, $2, * from unnest($3::text[], $4::bytea[], $5::text[])
"""

Facts = Mapping[str, object]


async def record(
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_id: UUID | None,
    *,
    client_id: UUID | None = None,
    facts: Facts | None = None,
    before: Facts | None = None,
    after: Facts | None = None,
    personal: Mapping[str, str] | None = None,
) -> UUID:
    """Write that ``actor`` did ``action`` (a verb such as ``promise.made``) to a subject; gives the event's id.

    ``personal`` values (names, addresses, numbers) lie apart, and the event holds their salted digests: erasing the
    values leaves the chain of seals whole. ``client_id`` shows the event to that client's people as well.

    Raises:
        LookupError: nobody has put the action or the kind into words.
    """
    if action not in ACTIONS or subject_kind not in SUBJECTS:
        raise LookupError(f"portal.audit.words does not tell of {action} on {subject_kind}")
    event_id = new_id()
    told = dict(facts or {})
    salts = {name: os.urandom(16) for name in personal or {}}
    for name, value in (personal or {}).items():
        told[name] = "sha256:" + sha256(salts[name] + value.encode()).hexdigest()
    await sql(
        INSERT,
        event_id,
        actor.agency_id,
        clock.now(),
        actor.kind,
        actor.user_id,
        "" if actor.kind == "system" else actor.name,
        action,
        subject_kind,
        subject_id,
        client_id or actor.client_id,
        as_json(told),
        as_json(before or {}),
        as_json(after or {}),
        actor.request_id,
    )
    if personal:
        await sql(
            INSERT_PERSONAL, actor.agency_id, event_id, list(salts), list(salts.values()), list(personal.values())
        )
    return event_id


def as_json(facts: Facts) -> str:
    """Facts as JSON with sorted keys; money and ids as text, so that nothing is rounded."""
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong in the audit trail")
