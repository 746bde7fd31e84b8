"""Pairs of debtors as a person reads them: both sides with what the agency knows, and the reasons of the score."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from json import loads
from typing import Final
from uuid import UUID

import asyncpg

from cases.debtor_links.decide import Decision
from cases.matching.score import Reason, reasons_from
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

PAGE: Final = 10
COUNTED: Final = 999
"""Nobody reads on when more wait; nobody counts them either."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two debtors. ``points`` have kind, value and source: the client that told us, or nothing.

    ``balances`` are what it owes on open cases, by currency in minor units.
    """

    id: UUID
    kind: str
    name: str
    registration_numbers: tuple[str, ...]
    tax_ids: tuple[str, ...]
    streets: tuple[str, ...]
    place: str
    country: str
    points: tuple[tuple[str, str, str], ...]
    cases: int
    open_cases: int
    clients: int
    balances: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a pair, when and by whom: nobody, when the score decided by itself."""

    decision: Decision
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Match:
    """A pair, the older debtor first."""

    id: UUID
    score: int
    reasons: tuple[Reason, ...]
    decision: Decision | None
    found_at: datetime
    older: Side
    later: Side
    said: tuple[Said, ...]


LIST = """
select id, debtor_id, other_id, score, reasons, decision, found_at from debtor_matches
where agency_id = $1 and decision {decided} and ($2::uuid is null or id {beyond} $2) order by id {order} limit $3
"""
WAITING = LIST.format(decided="is null", beyond=">", order="asc")
DECIDED = LIST.format(decided="= $4", beyond="<", order="desc")
COUNT = """
select count(*) from (select from debtor_matches where agency_id = $1 and decision is null limit $2) as waiting
"""


async def list_matches(
    actor: Actor, decision: Decision | None, after: UUID | None = None
) -> tuple[list[Match], UUID | None]:
    """A page of the pairs that wait, oldest first, or of those decided so, latest first; and where the next begins."""
    actor.require("debtors.read")
    if decision is None:
        rows = await sql(WAITING, actor.agency_id, after, PAGE + 1)
    else:
        rows = await sql(DECIDED, actor.agency_id, after, PAGE + 1, decision)
    found = await _matches(actor, rows[:PAGE])
    return found, found[-1].id if len(rows) > PAGE else None


ONE = """
select id, debtor_id, other_id, score, reasons, decision, found_at from debtor_matches where agency_id = $1 and id = $2
"""


async def find_match(actor: Actor, match_id: UUID) -> Match:
    """One pair.

    Raises:
        NotFound: there is no such pair in the actor's agency.
    """
    actor.require("debtors.read")
    rows = await sql(ONE, actor.agency_id, match_id)
    if not rows:
        raise NotFound
    return (await _matches(actor, rows))[0]


async def count_waiting(actor: Actor) -> int:
    """How many pairs wait for a person, up to :data:`COUNTED` + 1."""
    counted: int = await sql_value(COUNT, actor.agency_id, COUNTED + 1)
    return counted


SAID = """
select match_id, decision, reason, decided_by_name, decided_at from debtor_decisions
where agency_id = $1 and match_id = any($2) order by decided_at, id
"""


async def _matches(actor: Actor, rows: Sequence[asyncpg.Record]) -> list[Match]:
    sides = await _sides(actor, {row[column] for row in rows for column in ("debtor_id", "other_id")})
    said: defaultdict[UUID, list[Said]] = defaultdict(list)
    for row in await sql(SAID, actor.agency_id, [row["id"] for row in rows]):
        said[row["match_id"]].append(
            Said(Decision(row["decision"]), row["reason"], row["decided_by_name"], row["decided_at"])
        )
    return [
        Match(
            id=row["id"],
            score=row["score"],
            reasons=reasons_from(loads(row["reasons"])),
            decision=Decision(row["decision"]) if row["decision"] else None,
            found_at=row["found_at"],
            older=sides[row["other_id"]],
            later=sides[row["debtor_id"]],
            said=tuple(said[row["id"]]),
        )
        for row in rows
    ]


SIDES = """
select d.id, d.kind, d.name, d.postal_code, d.city, d.country, c.*
from debtors d
cross join lateral (
    select coalesce(array_agg(distinct debtor_street) filter (where debtor_street <> ''), '{}') as streets,
           coalesce(array_agg(distinct debtor_registration_number) filter (where debtor_registration_number <> ''),
                    '{}') as registration_numbers,
           coalesce(array_agg(distinct debtor_tax_id) filter (where debtor_tax_id <> ''), '{}') as tax_ids,
           count(*) as cases, count(*) filter (where status <> 'closed') as open_cases,
           count(distinct client_id) as clients
    from cases where agency_id = $1 and debtor_id = d.id) as c
where d.agency_id = $1 and d.id = any($2)
"""
POINTS = """
select distinct p.debtor_id, p.kind, p.value, coalesce(k.name, '') as source
from contact_points p left join clients k on k.agency_id = $1 and k.id = p.client_id
where p.agency_id = $1 and p.debtor_id = any($2) order by p.kind desc, p.value, source
"""
BALANCES = """
select debtor_id, currency, sum(balance_minor)::bigint as minor from cases
where agency_id = $1 and debtor_id = any($2) and status <> 'closed' group by debtor_id, currency order by currency
"""


async def _sides(actor: Actor, debtor_ids: Iterable[UUID]) -> dict[UUID, Side]:
    ids = list(debtor_ids)
    points: defaultdict[UUID, list[tuple[str, str, str]]] = defaultdict(list)
    for row in await sql(POINTS, actor.agency_id, ids):
        points[row["debtor_id"]].append((row["kind"], row["value"], row["source"]))
    balances: defaultdict[UUID, list[tuple[str, int]]] = defaultdict(list)
    for row in await sql(BALANCES, actor.agency_id, ids):
        balances[row["debtor_id"]].append((row["currency"], row["minor"]))
    return {
        row["id"]: Side(
            **{name: row[name] for name in ("id", "kind", "name", "country", "cases", "open_cases", "clients")},
            registration_numbers=tuple(row["registration_numbers"]),
            tax_ids=tuple(row["tax_ids"]),
            streets=tuple(row["streets"]),
            place=f"{row['postal_code']} {row['city']}".strip(),
            points=tuple(points[row["id"]]),
            balances=tuple(balances[row["id"]]),
        )
        for row in await sql(SIDES, actor.agency_id, ids)
    }
