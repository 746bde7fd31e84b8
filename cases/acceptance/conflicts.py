"""A debtor that is itself a client of the agency: a conflict of interest that the agency's people see and nobody else.

Names are compared as debtors are matched. A client whose country nobody entered is matched by its name alone.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from cases.casework import CaseFile
from cases.debtors import match_name
from cases.intake.placement import PlacementFile
from portal.people.actor import Actor
from portal.tenancy.database import sql

SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Conflict:
    """A case against somebody who is a client. ``client_id`` is that client's, not the one that placed the case."""

    case_id: UUID
    number: str
    debtor_name: str
    client_id: UUID


CLIENTS: Final = "select id, name, country from clients where agency_id = $1 and ended_at is null"

# From the few debtors of these names to their cases: a placement may have a hundred thousand others.
CONFLICTS: Final = """
select c.id as case_id, c.number, c.debtor_name, k.client_id
from unnest($2::uuid[], $3::text[], $4::text[]) as k (client_id, match_name, country)
join debtors d on d.agency_id = $1 and d.match_name = k.match_name and (k.country = '' or d.country = k.country)
join cases c on c.agency_id = d.agency_id and c.debtor_id = d.id and c.client_id <> k.client_id
where ($5::uuid is null or c.id = $5) and ($6::uuid is null or c.placement_id = $6)
order by c.id limit $7
"""


async def conflict_of(actor: Actor, case: CaseFile) -> Conflict | None:
    """The client that a case's debtor is, as staff see it; None for everybody else."""
    found = await _conflicts(actor, case_id=case.id)
    return found[0] if found else None


async def conflicts_of(actor: Actor, placement: PlacementFile) -> list[Conflict]:
    """The first cases of a placement whose debtor is a client, as staff see them; none for everybody else."""
    return await _conflicts(actor, placement_id=placement.id)


async def _conflicts(actor: Actor, *, case_id: UUID | None = None, placement_id: UUID | None = None) -> list[Conflict]:
    if not (actor.is_staff and actor.may("debtors.read")):
        return []
    clients = await sql(CLIENTS, actor.agency_id)
    ids, names, countries = [], [], []
    for client in clients:
        ids.append(client["id"])
        names.append(_matched(client["name"]))
        countries.append(client["country"])
    rows = await sql(CONFLICTS, actor.agency_id, ids, names, countries, case_id, placement_id, SHOWN)
    return [Conflict(**dict(row)) for row in rows]


@lru_cache(maxsize=4096)
def _matched(name: str) -> str:
    """As `match_name`, remembered: the page of every case asks for the same few names."""
    return match_name(name)
