"""The cases that the agency has not accepted yet, oldest first: what each lacks, since when, and whose turn it is."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from cases.acceptance.wording import short
from portal import clock
from portal.pages.text import Text
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one, sql_value

PAGE: Final = 50

Place = tuple[date, UUID]
START: Final[Place] = (date.min, UUID(int=0))


@dataclass(frozen=True, slots=True)
class Lack:
    """What a case lacks, in a word or two, and whether the client has answered."""

    text: Text
    answered: bool
    cannot_supply: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A case in the list. ``since`` is when the client was asked last; amounts are minor units of ``currency``."""

    id: UUID
    number: str
    debtor_name: str
    client_name: str
    currency: str
    placed_minor: int
    placed_on: date
    since: datetime
    lacks: Sequence[Lack]
    overdue: bool
    """The day on which somebody should look after it has come, and the client has not said a word."""

    @property
    def answers(self) -> int:
        """How many answers wait for the agency's decision."""
        return sum(lack.answered for lack in self.lacks)


LIST: Final = """
select c.id, c.number, c.debtor_name, k.name as client_name, c.currency, c.placed_minor, c.placed_on, c.next_action_at,
       q.lacks, q.since
from cases c
join clients k on k.agency_id = c.agency_id and k.id = c.client_id
cross join lateral (
    select jsonb_agg(jsonb_build_object('code', code, 'kind', kind, 'answered', answered_at is not null,
                                        'cannot_supply', cannot_supply) order by kind <> '', code, kind) as lacks,
           max(asked_at) as since, bool_or(answered_at is not null) as answered
    from case_requirements where agency_id = c.agency_id and case_id = c.id and met_at is null) q
where c.agency_id = $1 and c.status = 'needs_info' and q.lacks is not null
  and ($2::uuid is null or c.client_id = $2) and (not $3 or q.answered)
  and (c.placed_on, c.id) > ($4, $5)
order by c.placed_on, c.id limit $6
"""


async def list_waiting(
    actor: Actor, *, client_id: UUID | None = None, answered: bool = False, after: Place = START
) -> tuple[list[Line], Place | None]:
    """One page of the list, and where the next begins; of one client, or only with answers to decide on."""
    actor.require("acceptance.read")
    rows = await sql(LIST, actor.agency_id, client_id, answered, *after, PAGE + 1)
    now = clock.now()
    lines = [_line(row, now) for row in rows[:PAGE]]
    return lines, (lines[-1].placed_on, lines[-1].id) if len(rows) > PAGE else None


def _line(row: asyncpg.Record, now: datetime) -> Line:
    lacks = [_lack(each) for each in json.loads(row["lacks"])]
    names = ("id", "number", "debtor_name", "client_name", "currency", "placed_minor", "placed_on", "since")
    return Line(
        **{name: row[name] for name in names},
        lacks=lacks,
        overdue=row["next_action_at"] <= now and not any(lack.answered for lack in lacks),
    )


def _lack(facts: dict[str, Any]) -> Lack:
    return Lack(short(facts["code"], facts["kind"]), facts["answered"], facts["cannot_supply"])


COUNTS: Final = """
select count(*) as cases,
       count(*) filter (where exists (
           select from case_requirements q where q.agency_id = c.agency_id and q.case_id = c.id and q.met_at is null
             and q.answered_at is not null)) as answered
from cases c
where c.agency_id = $1 and c.status = 'needs_info' and ($2::uuid is null or c.client_id = $2) and exists (
    select from case_requirements q where q.agency_id = c.agency_id and q.case_id = c.id and q.met_at is null)
"""


async def counts(actor: Actor, client_id: UUID | None = None) -> asyncpg.Record:
    """How many cases wait (``cases``), and how many of them for a decision of the agency (``answered``)."""
    actor.require("acceptance.read")
    row = await sql_one(COUNTS, actor.agency_id, client_id)
    assert row is not None
    return row


ASKED_OF_CLIENT: Final = """
select count(*) from cases c
where c.agency_id = $1 and c.client_id = $2 and c.status = 'needs_info' and exists (
    select from case_requirements q
    where q.agency_id = c.agency_id and q.case_id = c.id and q.met_at is null and q.answered_at is null)
"""


async def asked_of(actor: Actor) -> int:
    """How many cases wait for the word of the actor's client."""
    asked: int = await sql_value(ASKED_OF_CLIENT, actor.agency_id, actor.client_id)
    return asked
