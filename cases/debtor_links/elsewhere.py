"""What else a debtor owes, over all clients of the agency and under all names it is known by. For staff only."""

from dataclasses import dataclass
from uuid import UUID

from cases.casework import CaseFile
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

OTHERS = """
select count(*) as cases, count(*) filter (where c.status <> 'closed') as open_cases,
       count(distinct c.client_id) as clients
from cases c
where c.agency_id = $1 and c.id <> $3 and c.debtor_id in (
    select m.id from debtors d
    join debtors m on m.agency_id = $1
        and (m.id = coalesce(d.same_as, d.id) or m.same_as = coalesce(d.same_as, d.id))
    where d.agency_id = $1 and d.id = $2)
"""

# The links between all its names, and the pairs of its own that wait for a person.
LINKS = """
with names as materialized (
    select m.id, m.id = d.id as own
    from debtors d
    join debtors m on m.agency_id = $1
        and (m.id = coalesce(d.same_as, d.id) or m.same_as = coalesce(d.same_as, d.id))
    where d.agency_id = $1 and d.id = $2
), pairs as (
    select m.* from names n join debtor_matches m on m.agency_id = $1 and m.debtor_id = n.id
    where m.decision = 'same' or (m.decision is null and n.own)
    union all
    select m.* from names n join debtor_matches m on m.agency_id = $1 and m.other_id = n.id
    where m.decision is null and n.own
)
select m.id as match_id, case when d.id = $2 then o.name else d.name end as name, m.score, m.decision is null as waits
from pairs m
join debtors d on d.agency_id = $1 and d.id = m.debtor_id
join debtors o on o.agency_id = $1 and o.id = m.other_id
order by m.decision nulls last, m.id limit 20
"""


@dataclass(frozen=True, slots=True)
class Link:
    """Another name of the debtor with the score of the pair; ``waits`` until a person has said that they are one."""

    match_id: UUID
    name: str
    score: int
    waits: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """How many other cases a debtor has, of how many clients, and the names under which it is known, or may be."""

    cases: int
    open_cases: int
    clients: int
    links: tuple[Link, ...]


async def elsewhere(actor: Actor, case: CaseFile) -> Elsewhere:
    """The debtor of a case over all of the agency's clients."""
    actor.require("debtors.read")
    others = await sql_one(OTHERS, actor.agency_id, case.debtor_id, case.id)
    assert others is not None
    links = await sql(LINKS, actor.agency_id, case.debtor_id)
    return Elsewhere(**dict(others), links=tuple(Link(**dict(row)) for row in links))
