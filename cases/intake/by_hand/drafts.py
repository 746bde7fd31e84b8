"""Drafts of cases: what somebody has typed and not handed over. Theirs alone, and never overwritten unseen."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from cases.intake.as_given import Field
from cases.intake.stored import as_kept_json
from cases.intake.written import Written
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one, sql_value

MOST: Final = 50
"""How many drafts a person keeps."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A case as far as it is written. Version 0 was never saved."""

    id: UUID
    written: Written
    version: int = 0
    title: str = ""
    updated_at: datetime | None = None


class DraftChanged(Refused):
    """The draft was saved in another window since this one was opened; ``now`` is what is kept."""

    def __init__(self, now: Draft) -> None:
        super().__init__(N_("This draft was changed in another window."), code="changed_meanwhile")
        self.now = now


class DraftGone(Refused):
    """The draft was handed over or thrown away since the window was opened."""

    def __init__(self) -> None:
        super().__init__(N_("This draft is gone: it was handed over or thrown away."), code="gone")


FIND: Final = """
select id, content, version, title, updated_at from case_drafts where agency_id = $1 and user_id = $2 and id = $3
"""
LIST: Final = f"""
select id, content, version, title, updated_at from case_drafts
where agency_id = $1 and user_id = $2 order by id desc limit {MOST}
"""  # noqa: S608 - a number of ours


async def load_draft(actor: Actor, draft_id: UUID) -> Draft:
    """A draft of the actor's own.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    actor.require("placements.submit")
    found = await sql_one(FIND, actor.agency_id, actor.user_id, draft_id)
    if found is None:
        raise NotFound
    return _draft(found)


async def drafts_of(actor: Actor) -> list[Draft]:
    """The actor's drafts, newest first."""
    actor.require("placements.submit")
    return [_draft(found) for found in await sql(LIST, actor.agency_id, actor.user_id)]


def _draft(found: asyncpg.Record) -> Draft:
    written = Written.from_facts(json.loads(found["content"]))
    return Draft(found["id"], written, found["version"], found["title"], found["updated_at"])


ADD: Final = """
insert into case_drafts (id, agency_id, client_id, user_id, title, content, version, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6::jsonb, 1, $7, $7)
on conflict (id) do nothing
returning version
"""
CHANGE: Final = """
update case_drafts set title = $4, content = $5::jsonb, version = version + 1, updated_at = $6
where agency_id = $1 and user_id = $2 and id = $3 and version = $7
returning version
"""


async def save_draft(actor: Actor, draft_id: UUID, written: Written, version: int) -> Draft:
    """Keep what is written so far. ``version`` is that which the window shows, 0 for one that was never saved.

    The trail tells that a draft was begun and what became of it, not each word: until then it is nobody else's matter.

    Raises:
        DraftChanged: another window saved it meanwhile.
        DraftGone: it was handed over or thrown away meanwhile.
        Refused: the actor has too many drafts.
    """
    actor.require("placements.submit")
    kept = await sql_one(FIND, actor.agency_id, actor.user_id, draft_id)
    if kept is None:
        return await _add(actor, draft_id, written, version)
    now = _draft(kept)
    if now.written.to_facts() == written.to_facts():
        return now
    changed = await sql_value(
        CHANGE,
        *(actor.agency_id, actor.user_id, draft_id, title_of(written), as_kept_json(written.to_facts())),
        *(clock.now(), version),
    )
    if changed is None:
        raise DraftChanged(now)
    return await load_draft(actor, draft_id)


async def _add(actor: Actor, draft_id: UUID, written: Written, version: int) -> Draft:
    if version:
        raise DraftGone
    if len(await drafts_of(actor)) >= MOST:
        raise Refused(N_("You have %(most)s drafts. Throw one away first."), code="too_many", most=MOST)
    added = await sql_value(
        ADD,
        *(draft_id, actor.agency_id, actor.client_id, actor.user_id, title_of(written)),
        *(as_kept_json(written.to_facts()), clock.now()),
    )
    if added is None:
        raise DraftGone
    await record(actor, "case_draft.begun", "case_draft", draft_id, client_id=actor.client_id)
    return await load_draft(actor, draft_id)


def title_of(written: Written) -> str:
    """What a draft is called in the list: the debtor, else the reference, as far as it is typed."""
    names = (written.values.get(known, "").strip() for known in (Field.REFERENCE, Field.NAME))
    return " · ".join(filter(None, names))[:200]


async def drop_draft(actor: Actor, draft_id: UUID) -> None:
    """Throw a draft away; one that is not there stays away."""
    actor.require("placements.submit")
    gone = await sql_value(
        "delete from case_drafts where agency_id = $1 and user_id = $2 and id = $3 returning id",
        *(actor.agency_id, actor.user_id, draft_id),
    )
    if gone is not None:
        await record(actor, "case_draft.dropped", "case_draft", draft_id, client_id=actor.client_id)
