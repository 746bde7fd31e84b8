"""A debtor that is itself a client: a conflict of interest that the agency's people see and nobody else.

Clients are compared as debtors are (`cases.matching.conflicts`), and looked up under the keys of debtors: an agency has
few clients, and a placement may have a hundred thousand debtors. Keys come with the comparison after a placement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cases.casework import CaseFile
from cases.debtor_links.compare import profiles
from cases.intake.placement import PlacementFile
from cases.matching.conflicts import Likeness, as_profile, likeliest
from cases.matching.profile import Profile, keys_of
from cases.matching.score import Reason
from portal.people.actor import Actor
from portal.tenancy.database import sql

SHOWN: Final = 20
LOOKED_AT: Final = 200
"""As many debtors of a placement are compared with clients at most: those that share a name or a number with one."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A case against somebody who is a client, or may be: not the one that placed it. The reasons add up to the score."""

    case_id: UUID
    number: str
    debtor_name: str
    client_id: UUID
    client_name: str
    score: int
    reasons: Sequence[Reason]
    certain: bool


CLIENTS: Final = "select id, name, country, vat_number from clients where agency_id = $1 and ended_at is null"
ALIKE: Final = """
select distinct k.debtor_id
from unnest($2::bigint[]) as alike (key)
join debtor_keys k on k.agency_id = $1 and k.key = alike.key
where exists (select from cases c where c.agency_id = $1 and c.debtor_id = k.debtor_id and c.placement_id = $3)
limit $4
"""
CASES: Final = """
select id, number, debtor_name, debtor_id from cases
where agency_id = $1 and placement_id = $2 and debtor_id = any($3) order by id limit $4
"""


async def conflict_of(actor: Actor, case: CaseFile) -> Conflict | None:
    """The client that a case's debtor is or may be, as staff see it; None for everybody else."""
    if not _may_know(actor):
        return None
    clients = await _clients(actor, case.client_id)
    debtor = (await profiles(actor, [case.debtor_id]))[case.debtor_id]
    found = likeliest(debtor, clients)
    return _conflict(case.id, case.number, case.debtor_name, found) if found else None


async def conflicts_of(actor: Actor, placement: PlacementFile) -> list[Conflict]:
    """The first cases of a placement whose debtor is or may be a client, as staff see them; none for everybody else."""
    if not _may_know(actor):
        return []
    clients = await _clients(actor, placement.client_id)
    keys = {key for client in clients for key in keys_of(client)}
    rows = await sql(ALIKE, actor.agency_id, list(keys), placement.id, LOOKED_AT)
    debtors = await profiles(actor, [row["debtor_id"] for row in rows])
    alike = {debtor.id: found for debtor in debtors.values() if (found := likeliest(debtor, clients))}
    return await _cases(actor, placement, alike)


async def _cases(actor: Actor, placement: PlacementFile, alike: Mapping[UUID, Likeness]) -> list[Conflict]:
    if not alike:
        return []
    rows = await sql(CASES, actor.agency_id, placement.id, list(alike), SHOWN)
    return [_conflict(row["id"], row["number"], row["debtor_name"], alike[row["debtor_id"]]) for row in rows]


def _may_know(actor: Actor) -> bool:
    return actor.is_staff and actor.may("debtors.read")


async def _clients(actor: Actor, placed_by: UUID) -> list[Profile]:
    """All clients but the one that placed."""
    rows = await sql(CLIENTS, actor.agency_id)
    return [as_profile(*row.values()) for row in rows if row["id"] != placed_by]


def _conflict(case_id: UUID, number: str, debtor_name: str, found: Likeness) -> Conflict:
    return Conflict(
        *(case_id, number, debtor_name, found.client.id, found.client.name),
        *(found.score.total, found.score.reasons, found.certain),
    )
