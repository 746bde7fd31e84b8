"""Reading the trail: who did what to which thing, the latest first."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from portal.audit import words
from portal.audit.words import action_word, fact_text, fact_word, subject_page, subject_word
from portal.errors import NotFound
from portal.pages.text import Text, say
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

PAGE = 50
_OPAQUE = re.compile(r"sha256:|[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32}")
CHECKED = "audit.checked"
"""The event that a proof of the chain leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What the list is narrowed to. Days are the reader's own."""

    actor: str = ""
    """Id of a person or key, ``system``, or empty for anybody."""
    action: str = ""
    subject_kind: str = ""
    subject_id: UUID | None = None
    since: date | None = None
    until: date | None = None

    @property
    def any(self) -> bool:
        """Whether the list is narrowed at all."""
        return self != Narrowing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event of the trail."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    action: str
    subject_kind: str
    subject_id: UUID | None
    client_id: UUID | None
    facts: Mapping[str, object]
    before: Mapping[str, object]
    after: Mapping[str, object]
    request_id: UUID | None
    client_name: str = ""

    @property
    def what(self) -> str:
        """What was done, in the reader's language."""
        return action_word(self.action)

    @property
    def subject(self) -> str:
        """What it was done to."""
        return subject_word(self.subject_kind)

    @property
    def page(self) -> str | None:
        """Where the subject is shown."""
        return subject_page(self.subject_kind, self.subject_id)

    @property
    def brief(self) -> str:
        """The first facts in a line; ids, and what stands apart as a personal value, are left out."""
        told = {**self.after, **self.facts}
        shown = [
            f"{fact_word(name)} {self.told(name, value)}"
            for name, value in told.items()
            if value not in (None, "", []) and name != "currency" and not _OPAQUE.match(str(value))
        ]
        return " · ".join(shown)[:160]

    def told(self, name: str, value: object) -> str:
        """A fact's value as the reader sees it."""
        currency = str(self.facts.get("currency") or self.after.get("currency") or "")
        return fact_text(name, value, currency, (self.action, self.subject_kind))


COLUMNS = """
e.id, e.at, e.actor_kind, e.actor_id, e.actor_name, e.action, e.subject_kind, e.subject_id, e.client_id,
e.facts, e.before, e.after, e.request_id
"""

LOAD = f"""
select {COLUMNS}, c.name as client_name from audit_events e
left join clients c on c.agency_id = e.agency_id and c.id = e.client_id
where e.agency_id = $1 and e.id = $2
"""  # noqa: S608

PERSONAL = "select name, value from audit_personal where agency_id = $1 and event_id = $2 and value is not null"

# The distinct values of a column by hopping through the index, not through the trail.
ACTIONS = """
with recursive hop as (
    (select action from audit_events where agency_id = $1 order by action limit 1)
    union all
    select (select e.action from audit_events e where e.agency_id = $1 and e.action > hop.action order by e.action limit 1)
    from hop where hop.action is not null
)
select action from hop where action is not null
"""

PEOPLE = """
select u.id, u.name from users u
where u.id in (select user_id from memberships where agency_id = $1) order by lower(u.name), u.id
"""

# Ids carry the moment they were made: the seal over an event came after it, or a moment before by another clock.
SEALED_BY = """
select sequence, sealed_at from audit_seals
where agency_id = $1 and id >= $3 and $2 = any (subject_ids) order by id limit 1
"""
SKEW_MILLISECONDS = 60_000


async def find(actor: Actor, narrowing: Narrowing, before: tuple[datetime, UUID] | None = None) -> list[Entry]:
    """A page of the trail and one entry more, if there is more."""
    values: list[object] = [actor.agency_id]
    conditions = ["e.agency_id = $1"]
    for condition, value in _conditions(narrowing, ZoneInfo(actor.time_zone), before):
        # Only what is asked for stands in the query, so that each page is read from an index.
        values += value
        places = iter(range(len(values) - len(value) + 1, len(values) + 1))
        conditions.append("".join(f"${next(places)}" if part == "?" else part for part in condition))
    query = f"select {COLUMNS} from audit_events e where {' and '.join(conditions)} order by e.at desc, e.id desc limit {PAGE + 1}"  # noqa: S608
    return [_entry(row) for row in await sql(query, *values)]


def _conditions(
    narrowing: Narrowing, zone: ZoneInfo, before: tuple[datetime, UUID] | None
) -> Iterator[tuple[str, list[object]]]:
    """The conditions that are asked for, a question mark for each value."""
    if narrowing.actor == "system":
        yield "e.actor_kind = ?", ["system"]
    elif narrowing.actor:
        yield "e.actor_id = ?", [_id(narrowing.actor)]
    if narrowing.action:
        yield "e.action = ?", [narrowing.action]
    if narrowing.subject_kind:
        yield "e.subject_kind = ?", [narrowing.subject_kind]
    if narrowing.subject_id:
        yield "e.subject_id = ?", [narrowing.subject_id]
    if narrowing.since:
        yield "e.at >= ?", [datetime.combine(narrowing.since, time(), zone)]
    if narrowing.until and narrowing.until < date.max:
        yield "e.at < ?", [datetime.combine(narrowing.until + timedelta(days=1), time(), zone)]
    if before:
        yield "(e.at, e.id) < (?, ?)", list(before)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def load(actor: Actor, event_id: UUID) -> tuple[Entry, dict[str, str], asyncpg.Record | None]:
    """An event, the personal values that remain of it, and the seal that covers it.

    Raises:
        NotFound: the agency has no such event.
    """
    row = await sql_one(LOAD, actor.agency_id, event_id)
    if row is None:
        raise NotFound
    personal = {one["name"]: one["value"] for one in await sql(PERSONAL, actor.agency_id, event_id)}
    earliest = UUID(int=max(event_id.int - (SKEW_MILLISECONDS << 80), 0))
    seal = await sql_one(SEALED_BY, actor.agency_id, event_id, earliest)
    return _entry(row), personal, seal


async def actions(actor: Actor) -> dict[str, Text]:
    """Every action there is an event of, and its words."""
    codes = [row["action"] for row in await sql(ACTIONS, actor.agency_id)]
    return {code: say(words.ACTIONS[code]) for code in codes}


async def people(actor: Actor) -> Sequence[asyncpg.Record]:
    """Everybody who belongs or belonged to the agency or its clients: id and name."""
    return await sql(PEOPLE, actor.agency_id)


async def last_check(actor: Actor) -> Entry | None:
    """The latest proof of the chain."""
    found = await find(actor, Narrowing(action=CHECKED))
    return found[0] if found else None


def _entry(row: asyncpg.Record) -> Entry:
    told = {name: json.loads(row[name]) for name in ("facts", "before", "after")}
    return Entry(**{**dict(row), **told, "client_name": dict(row).get("client_name") or ""})
