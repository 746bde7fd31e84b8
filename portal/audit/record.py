"""The audit trail is written in the transaction of what it tells: both are there, or neither."""

import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Final
from uuid import UUID

from portal import clock
from portal.audit.words import ACTIONS, CODES, PERSONAL, SUBJECTS
from portal.identity import new_id
from portal.people.actor import Actor
from portal.tenancy.database import sql

INSERT = """
insert into audit_events (id, agency_id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id,
                          client_id, facts, before, after, request_id)
select id, $2, $3, $4, $5, $6, $7, $8, subject_id, client_id, facts::jsonb, before::jsonb, after::jsonb, $14
from unnest($1::uuid[], $9::uuid[], $10::uuid[], $11::text[], $12::text[], $13::text[])
     as told (id, subject_id, client_id, facts, before, after)
"""

INSERT_PERSONAL = """
insert into audit_personal (agency_id, event_id, name, salt, value)
select $1, * from unnest($2::uuid[], $3::text[], $4::bytea[], $5::text[])
"""

NAMED: Final = ("user", "api_key")
"""Whose names an event keeps. The portal has none, and a debtor's stands with the case, where it can be erased."""

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Event:
    """What was done to one of many subjects."""

    subject_id: UUID | None
    facts: Facts = field(default_factory=dict)
    before: Facts = field(default_factory=dict)
    after: Facts = field(default_factory=dict)
    client_id: UUID | None = None
    """The client whose people see it, where the subjects are those of several."""


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

    ``personal`` values (names, addresses, numbers, and whatever a person typed) lie apart, and the event holds their
    salted digests: erasing the values leaves the chain of seals whole. ``client_id`` shows the event to that client's
    people as well.

    Raises:
        LookupError: nobody has put the action or the kind into words, or a fact that lies apart is given in clear.
    """
    event = Event(subject_id, facts or {}, before or {}, after or {})
    [event_id] = await record_each(actor, action, subject_kind, [event], client_id=client_id, personal=personal)
    return event_id


async def record_each(
    actor: Actor,
    action: str,
    subject_kind: str,
    events: Sequence[Event],
    *,
    client_id: UUID | None = None,
    personal: Mapping[str, str] | None = None,
) -> list[UUID]:
    """Write that ``actor`` did one thing to many subjects, an event for each; gives their ids.

    ``personal`` values are the same for all of them, and lie apart for each.

    Raises:
        LookupError: nobody has put the action or the kind into words, or a fact that lies apart is given in clear.
    """
    if action not in ACTIONS or subject_kind not in SUBJECTS:
        raise LookupError(f"portal.audit.words does not tell of {action} on {subject_kind}")
    named = {name for event in events for facts in (event.facts, event.before, event.after) for name in facts}
    if in_clear := sorted(name for name in named if name in PERSONAL and (action, name) not in CODES):
        raise LookupError(f"{action} tells in clear what lies apart: {', '.join(in_clear)}")
    ids = [new_id() for _ in events]
    apart = [_Apart(event_id, name, value) for event_id in ids for name, value in (personal or {}).items()]
    digests = defaultdict[UUID, dict[str, str]](dict)
    for one in apart:
        digests[one.event_id][one.name] = one.digest
    who = (actor.kind, actor.user_id, actor.name if actor.kind in NAMED else "")
    await sql(
        INSERT,
        *(ids, actor.agency_id, clock.now(), *who, action, subject_kind),
        [event.subject_id for event in events],
        [event.client_id or client_id or actor.client_id for event in events],
        [as_json({**event.facts, **digests[event_id]}) for event_id, event in zip(ids, events, strict=True)],
        [as_json(event.before) for event in events],
        [as_json(event.after) for event in events],
        actor.request_id,
    )
    if apart:
        columns = ([getattr(one, name) for one in apart] for name in ("event_id", "name", "salt", "value"))
        await sql(INSERT_PERSONAL, actor.agency_id, *columns)
    return ids


class _Apart:
    """A personal value of an event, and the salted digest that stands in the event for it."""

    def __init__(self, event_id: UUID, name: str, value: str) -> None:
        self.event_id, self.name, self.value, self.salt = event_id, name, value, os.urandom(16)
        self.digest = "sha256:" + sha256(self.salt + value.encode()).hexdigest()


def as_json(facts: Facts) -> str:
    """Facts as JSON with sorted keys; money and ids as text, so that nothing is rounded."""
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong in the audit trail")
