"""What else a debtor owes, over all clients of the agency and under all names it is known by. For staff only."""

from dataclasses import dataclass
from uuid import UUID

from cases.casework import CaseFile
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

# The debtor with all that it is known to be.
NAMES = """
with oldest as materialized (
    select coalesce(same_as, id) as id from debtors where agency_id = $1 and id = $2
), names as materialized (
    select id from oldest
    union all
    select d.id from oldest o join debtors d on d.agency_id = $1 and d.same_as = o.id
)
"""

OTHERS = f"""{NAMES}
select count(*) as cases, count(*) filter (where c.status <> 'closed') as open_cases,
       count(distinct c.client_id) as clients
from names n join cases c on c.agency_id = $1 and c.debtor_id = n.id
where c.id <> $3
"""  # noqa: S608 - own text

# The links between all its names, and the pairs of its own that wait for a person.
LINKS = f"""{NAMES}, pairs as (
    select m.* from names n join debtor_matches m on m.agency_id = $1 and m.debtor_id = n.id
    where m.decision = 'same' or (m.decision is null and n.id = $2)
    union all
    select m.* from names n join debtor_matches m on m.agency_id = $1 and m.other_id = n.id
    where m.decision is null and n.id = $2
)
select m.id as match_id, case when d.id = $2 then o.name else d.name end as name, m.score, m.decision is null as waits
from pairs m
join debtors d on d.agency_id = $1 and d.id = m.debtor_id
join debtors o on o.agency_id = $1 and o.id = m.other_id
order by m.decision nulls last, m.id limit 20
"""  # noqa: S608 - own text


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
