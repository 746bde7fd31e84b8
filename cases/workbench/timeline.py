"""The timeline of a case: stored facts, put into words when they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from json import loads
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from cases.casework import CaseFile
from cases.workbench.words import WORDS
from portal.errors import NotFound
from portal.pages.text import N_, Text
from portal.people.actor import Actor
from portal.tenancy.database import sql

PAGE = 40

TOPICS = {
    "": N_("All"),
    "contact": N_("Contact"),
    "money": N_("Money"),
    "documents": N_("Documents"),
    "client": N_("Client"),
    "system": N_("System"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, ready to be shown: every text speaks the viewer's language when printed."""

    id: UUID
    at: datetime
    icon: str
    tone: str
    head: Text
    lines: tuple[Text, ...]
    actor: str
    client_sees: bool


LIST = """
select id, at, kind, actor_name, client_sees, facts from case_events
where agency_id = $1 and case_id = $2 and ($3 = '' or topic = $3) and (at, id) < ($4, $5)
order by at desc, id desc limit $6
"""

COUNTS = "select topic, count(*) as entries from case_events where agency_id = $1 and case_id = $2 group by topic"

LATEST = (datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))


def place_before(text: str | None) -> tuple[datetime, UUID]:
    """Where a page of the timeline begins, as the page before wrote it into its link; the latest without one.

    Raises:
        NotFound: it cannot be read.
    """
    if not text:
        return LATEST
    try:
        at, _, event_id = text.rpartition("_")
        moment = datetime.fromisoformat(at.replace(" ", "+"))
        if moment.tzinfo is None:
            raise NotFound
        return moment, UUID(event_id)
    except ValueError:
        raise NotFound from None


async def timeline(
    actor: Actor, case: CaseFile, topic: str = "", before: tuple[datetime, UUID] = LATEST
) -> tuple[list[Entry], bool]:
    """A page of the case's timeline, newest first, and whether there is more. Clients get what is meant for them."""
    rows = await sql(LIST, actor.agency_id, case.id, topic, *before, PAGE + 1)
    return [entry(row) for row in rows[:PAGE]], len(rows) > PAGE


async def topic_counts(actor: Actor, case: CaseFile) -> dict[str, int]:
    """How many entries each filter of the timeline would show."""
    found = {row["topic"]: row["entries"] for row in await sql(COUNTS, actor.agency_id, case.id)}
    return {"": sum(found.values()), **found}


def entry(row: asyncpg.Record) -> Entry:
    """An entry from a row of ``case_events``."""
    icon, tone, head, lines = WORDS[row["kind"]](loads(row["facts"]))
    return Entry(row["id"], row["at"], icon, tone, head, lines, row["actor_name"], row["client_sees"])


def by_day(entries: Sequence[Entry], time_zone: str) -> list[tuple[date, list[Entry]]]:
    """Entries grouped by the day they fell on in a time zone, in the order given."""
    zone = ZoneInfo(time_zone)
    return [(day, list(group)) for day, group in groupby(entries, key=lambda each: each.at.astimezone(zone).date())]
